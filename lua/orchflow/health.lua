-- Owns `:checkhealth orchflow`. It is a report that is waited for, so here, and only here, the
-- program may be waited for too: for a few seconds at most.

local M = {}

local version = require("orchflow.version")

local PATIENCE_MS = 5000

---@param binary string
---@param ... string
---@return table|nil answer What the program prints, decoded where it is JSON.
---@return string|nil problem
---@return string|nil hint
local function ask(binary, ...)
  local opts = { text = true, timeout = PATIENCE_MS }
  local spawned, job = pcall(vim.system, { binary, ... }, opts)
  if not spawned then
    return nil, ("%s cannot be run: %s"):format(binary, job)
  end
  local done = job:wait()
  local said = (done.code == 0 and done.stdout or done.stderr) or ""
  local is_json, value = pcall(vim.json.decode, said, { luanil = { object = true } })
  value = is_json and type(value) == "table" and value or { text = vim.trim(said) }
  if done.code == 0 then
    return value
  end
  local silent = ("it ended with code %d, signal %d"):format(done.code, done.signal)
  return nil, value.message or (value.text ~= "" and value.text) or silent, value.hint
end

local function check_neovim()
  vim.health.start("orchflow: Neovim")
  local found = version.neovim()
  if vim.fn.has("nvim-0.10") == 1 then
    vim.health.ok(("Neovim %s"):format(found))
  else
    vim.health.error(("Neovim %s is too old"):format(found), "install Neovim 0.10 or newer")
  end
end

---@return string|nil binary
local function check_binary()
  vim.health.start("orchflow: program")
  local binary = require("orchflow.binary")
  local path, fault = binary.find()
  if not path or fault then
    vim.health.error(fault and fault.message or "", fault and fault.hint or "")
    return
  end
  local answer, problem = ask(path, "--version")
  local found = answer and answer.text and answer.text:match("^orchflow (%S+)")
  local advice = "type: " .. binary.BUILD
  if not found then
    vim.health.error(("%s does not tell its version: %s"):format(path, problem or "?"), advice)
  elseif vim.version.lt(found, version.plugin) then
    local old = "%s is version %s, older than this plugin (%s)"
    vim.health.warn(old:format(path, found, version.plugin), advice)
  else
    vim.health.ok(("%s is version %s"):format(path, found))
  end
  return path
end

local function check_folder()
  local folder = require("orchflow.socket").folder()
  local problem = require("orchflow.socket").distrust(folder)
  if not problem then
    vim.health.ok(("the socket's folder %s is yours alone"):format(folder))
  elseif vim.uv.fs_lstat(folder) then
    vim.health.error(("the socket's folder %s %s"):format(folder, problem), "chmod 700 " .. folder)
  else
    vim.health.info(("the socket's folder %s is made with the first daemon"):format(folder))
  end
end

---@param info orchflow.daemon.Info
local function check_keeper(info)
  local keeper = info.keeper
  if not keeper then
    return vim.health.info("no keeper yet: it is started with the first terminal")
  end
  local text = "the keeper holds the programs: version %s, pid %d"
  vim.health.ok(text:format(keeper.version, keeper.pid))
  if keeper.restarts > 0 or keeper.braked then
    local when = os.date("%Y-%m-%d %H:%M:%S", keeper.last_crash or 0)
    local often = ("it has started a lost daemon again: %d time(s), last lost %s"):format(
      keeper.restarts,
      when
    )
    local gave_up = keeper.braked and "; then it gave up, as there were 5 in a minute" or ""
    local advice = ("look why: :Orchflow log, and :view %s/keeper.log"):format(info.state_dir)
    vim.health.warn(often .. gave_up, advice)
  end
end

---@param info orchflow.daemon.Info
local function check_database(info)
  local database = info.database
  -- An older daemon has none.
  if not database then
    return
  end
  local lost, trouble = database.lost, database.trouble
  if lost then
    local when = os.date("%Y-%m-%d %H:%M:%S", lost.at)
    local text = "a database could not be used (%s); all documents until %s are in it alone"
    local advice = ("it was set aside: %s. Once you have seen to it, delete it"):format(lost.kept)
    vim.health.warn(text:format(lost.why, when), advice)
  end
  if trouble then
    vim.health.error(trouble.message, trouble.hint or ":Orchflow log")
  elseif not lost then
    vim.health.ok(("documents are kept in %s"):format(database.path))
  end
end

---@param binary string
local function check_daemon(binary)
  local status, problem, hint = ask(binary, "status", "--json")
  if status and not status.running then
    -- Only a start shows whether one is possible: its configuration may be refused.
    status, problem, hint = ask(binary, "daemon")
    status = status and ask(binary, "status", "--json")
  end
  local info = status and status.info ---@type orchflow.daemon.Info|nil
  if not info then
    return vim.health.error(problem or "no daemon can be reached", hint or ":Orchflow log")
  end
  vim.health.ok(
    ("the daemon answers: version %s, pid %d, %s"):format(info.version, info.pid, info.socket)
  )
  local theirs, ours = info.protocol.major, version.protocol.major
  if theirs == ours then
    vim.health.ok(("it speaks protocol %d.%d"):format(theirs, info.protocol.minor))
  else
    local text = ("it speaks protocol %d, this plugin %d"):format(theirs, ours)
    vim.health.error(text, ":Orchflow restart")
  end
  if vim.version.lt(info.version, version.plugin) then
    vim.health.warn(
      ("it is older than this plugin (%s)"):format(version.plugin),
      ":Orchflow restart"
    )
  end
  check_keeper(info)
  check_database(info)
end

local function check_settings()
  vim.health.start("orchflow: settings")
  local _, problems = require("orchflow.config").read()
  for _, problem in ipairs(problems) do
    vim.health.error(problem, ":help orchflow-config")
  end
  if #problems == 0 then
    vim.health.ok("`vim.g.orchflow` and setup() say nothing unknown")
  end
end

function M.check()
  check_neovim()
  local binary = check_binary()
  vim.health.start("orchflow: daemon")
  check_folder()
  if binary then
    check_daemon(binary)
  end
  check_settings()
end

return M
