-- Owns the check of what the Lua interface is given: a wrong argument is a fault like any other, told
-- in one message.

local M = {}

---@param given table<string, any> Arguments by name.
---@param wanted table<string, string> Their types by name, several with bars between them.
---@return orchflow.Fault|nil
function M.fault(given, wanted)
  for name, types in vim.spairs(wanted) do
    local is = type(given[name])
    if not vim.list_contains(vim.split(types, "|"), is) then
      return {
        kind = "invalid_params",
        message = ("`%s` must be a %s, not a %s"):format(name, types:gsub("|", " or "), is),
        hint = ":help orchflow-lua",
      }
    end
  end
end

---Shows what is wrong with the arguments.
---@param given table<string, any>
---@param wanted table<string, string>
---@return boolean fine
function M.check(given, wanted)
  local fault = M.fault(given, wanted)
  if fault then
    require("orchflow.message").fault(fault)
  end
  return fault == nil
end

return M
