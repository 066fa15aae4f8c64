-- Owns the start of a daemon where there is none.

local M = {}

---The daemon is up within some 10 ms. Whatever takes so long hangs.
local PATIENCE_MS = 15000

---The daemon's own words, if it has said any.
---@param done vim.SystemCompleted
---@param binary string
---@return orchflow.Fault
local function fault(done, binary)
  local fine, said = pcall(vim.json.decode, done.stderr)
  if fine and type(said) == "table" and said.message then
    return said
  end
  local last = vim.trim(done.stderr or "")
  local why = last ~= "" and last or ("exit code %d, signal %d"):format(done.code, done.signal)
  return {
    kind = "unavailable",
    message = ("%s cannot start a daemon: %s"):format(binary, why),
    hint = ":checkhealth orchflow",
  }
end

---@param callback fun(fault: orchflow.Fault|nil, socket: string|nil)
---@return orchflow.Fault|nil fault Where it is known at once; `callback` is not called then.
function M.start(callback)
  local binary, missing = require("orchflow.binary").find()
  if not binary then
    return missing
  end
  local opts = { text = true, timeout = PATIENCE_MS }
  local ended = vim.schedule_wrap(function(done) ---@param done vim.SystemCompleted
    if done.code == 0 then
      callback(nil, vim.trim(done.stdout))
    else
      callback(fault(done, binary))
    end
  end)
  local spawned, problem = pcall(vim.system, { binary, "daemon" }, opts, ended)
  if not spawned then
    return fault({ code = 0, signal = 0, stderr = tostring(problem) }, binary)
  end
end

return M
