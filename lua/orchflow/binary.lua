-- Owns where the orchflow program is.

local M = {}

---The plugin's own folder, three above this file.
local ROOT = vim.fn.fnamemodify(assert(debug.getinfo(1, "S")).source:sub(2), ":p:h:h:h")

---What to type to get a program that fits these Lua files.
M.BUILD = ("cd %s && cargo build --release"):format(vim.fn.shellescape(ROOT))

---@param message string
---@param hint string
---@return nil
---@return orchflow.Fault
local function missing(message, hint)
  return nil, { kind = "unavailable", message = message, hint = hint }
end

---The program: the configured one, else the one in $PATH, else the one built in the plugin's folder.
---@return string|nil path
---@return orchflow.Fault|nil
function M.find()
  local configured = require("orchflow.config").get().binary
  if configured then
    local path = vim.fn.exepath(vim.fs.normalize(configured))
    if path == "" then
      local message = ("the configured `binary`, %s, is not a program"):format(configured)
      return missing(message, ":help orchflow-config-binary")
    end
    return path
  end
  for _, name in ipairs({ "orchflow", ROOT .. "/target/release/orchflow" }) do
    local path = vim.fn.exepath(name)
    if path ~= "" then
      return path
    end
  end
  return missing("the orchflow program is missing", "to build it, type: " .. M.BUILD)
end

---@param path string
---@param callback fun(version: string|nil) Gets nil where the program does not tell.
function M.version(path, callback)
  ---@param done vim.SystemCompleted
  local tell = vim.schedule_wrap(function(done)
    callback(done.code == 0 and (done.stdout or ""):match("^orchflow (%S+)") or nil)
  end)
  local spawned = pcall(vim.system, { path, "--version" }, { text = true, timeout = 5000 }, tell)
  if not spawned then
    callback(nil) -- A file that cannot be run tells no version; who asks says so.
  end
end

return M
