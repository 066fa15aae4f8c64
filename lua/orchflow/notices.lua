-- Owns who is told what happens: notices of the daemon, and what becomes of the connection to it.

local M = {}

local listeners = {} ---@type table<string, function[]>

---@param name orchflow.Notice|"connected"|"lost"
---@param listener fun(payload: any)
function M.on(name, listener)
  listeners[name] = listeners[name] or {}
  table.insert(listeners[name], listener)
end

---@param name orchflow.Notice|"connected"|"lost"
---@param payload? any
function M.tell(name, payload)
  for _, listener in ipairs(listeners[name] or {}) do
    require("orchflow.message").guard(listener, payload)
  end
end

return M
