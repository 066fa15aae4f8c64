-- Owns which agent or terminal a verb is about: the one that is named, or the one in this window.

local M = {}

---@param name? string
---@return string|nil id
---@return orchflow.Fault|nil
---@return string|nil name What a person calls it.
function M.find(name)
  local here = require("orchflow.view").of(vim.api.nvim_get_current_buf())
  local id = name or here and here.id
  if not id then
    return nil, { kind = "invalid_params", message = "there is no agent in this window" }
  end
  return id, nil, name or here and here.name or id
end

---Calls a method that takes nothing but an id. A failure is shown.
---@param method orchflow.Method
---@param name? string
---@param callback fun(result: any, name: string)
---@return orchflow.Fault|nil fault Where it is not known which one is meant.
function M.call(method, name, callback)
  local id, fault, called = M.find(name)
  if not id then
    return fault
  end
  require("orchflow.client").request(method, { id = id }, function(refused, result)
    if refused then
      return require("orchflow.message").fault(refused)
    end
    callback(result, called or id)
  end)
end

return M
