-- Owns which release these Lua files belong to, which protocol they speak, and what runs them.

local M = {}

M.plugin = "0.1.0"
M.protocol = { major = 1, minor = 0 } ---@type orchflow.Version

---@return string
function M.neovim()
  ---@diagnostic disable-next-line: call-non-callable -- It can be called: see |vim.version()|.
  return tostring(vim.version())
end

return M
