-- Owns which agent or terminal a verb is about: the one that is named, or the one in this window.

---@param name? string
---@return string|nil id
---@return orchflow.Fault|nil
---@return string|nil name What a person calls it.
return function(name)
  local here = require("orchflow.view").of(vim.api.nvim_get_current_buf())
  local id = name or here and here.id
  if not id then
    return nil, { kind = "invalid_params", message = "there is no agent in this window" }
  end
  return id, nil, name or here and here.name or id
end
