-- Owns the way to a daemon: the one that listens, or else one that is started.

local M = {}

local Link = require("orchflow.link")

---The daemon is up within some 10 ms. Whatever takes so long hangs.
local PATIENCE_MS = 15000

local starting = false

---@param message string
---@param hint string
---@return orchflow.Fault
local function unavailable(message, hint)
  return { kind = "unavailable", message = message, hint = hint }
end

---The daemon's own words, if it has said any.
---@param binary string
---@param done vim.SystemCompleted
---@return orchflow.Fault
local function failure(binary, done)
  local fine, said = pcall(vim.json.decode, done.stderr or "")
  if fine and type(said) == "table" and said.message then
    return said
  end
  local last = vim.trim(done.stderr or "")
  local why = last ~= "" and last or ("exit code %d, signal %d"):format(done.code, done.signal)
  return unavailable(("%s cannot start a daemon: %s"):format(binary, why), ":checkhealth orchflow")
end

---@param callback fun(fault: orchflow.Fault|nil, socket: string|nil)
---@return orchflow.Fault|nil
local function start(callback)
  local binary, missing = require("orchflow.binary").find()
  if not binary then
    return missing
  end
  ---@param done vim.SystemCompleted
  local function ended(done)
    if done.code == 0 then
      callback(nil, vim.trim(done.stdout or ""))
    else
      callback(failure(binary, done))
    end
  end
  local opts = { text = true, timeout = PATIENCE_MS }
  local spawned, problem = pcall(vim.system, { binary, "daemon" }, opts, vim.schedule_wrap(ended))
  if not spawned then
    local why = tostring(problem):gsub("^.-:%d+: ", "") -- Not where in Neovim's own Lua.
    return failure(binary, { code = 0, signal = 0, stderr = why })
  end
  starting = true
end

---Connects to a daemon.
---@param may_start boolean Whether to start one where there is none.
---@param on_end fun(link: orchflow.Link) The connection has ended.
---@param callback fun(fault: orchflow.Fault|nil, link: orchflow.Link|nil)
---@return orchflow.Fault|nil fault Why it cannot be, where that is known at once: then `callback`
---is not called.
function M.reach(may_start, on_end, callback)
  if starting then
    return
  end
  local link = Link.open(require("orchflow.socket").path(), on_end)
  if link then
    callback(nil, link)
    return
  elseif not may_start then
    return unavailable("there is no daemon", "to start one: :Orchflow list")
  end
  return start(function(fault, socket)
    starting = false
    link = socket and Link.open(socket, on_end)
    if link then
      return callback(nil, link)
    end
    local deaf = ("no daemon listens on %s"):format(socket)
    callback(fault or unavailable(deaf, ":checkhealth orchflow"))
  end)
end

return M
