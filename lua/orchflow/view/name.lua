-- Owns the names of the buffers that show terminals: `orchflow://NAME`, one buffer each.

local M = {}

local SCHEME = "orchflow://"

---@param name string
---@return string
function M.uri(name)
  return SCHEME .. name
end

---@param uri string
---@return string
function M.of(uri)
  return (uri:gsub("^" .. SCHEME, ""))
end

---@param uri string
---@return integer|nil buf bufnr() would take the name for a pattern.
local function holder(uri)
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_get_name(buf) == uri then
      return buf
    end
  end
end

---@param buf integer
---@param uri string
local function set(buf, uri)
  local old = vim.api.nvim_buf_get_name(buf)
  vim.api.nvim_buf_set_name(buf, uri)
  -- Neovim keeps the old name in a buffer without text; attaching by accident is all it is good for.
  local left = old ~= "" and holder(old)
  if left and not vim.api.nvim_buf_is_loaded(left) then
    vim.api.nvim_buf_delete(left, { force = true })
  end
end

---Frees a name: who has it gets another, unless it has no text worth keeping.
---@param uri string
function M.free(uri)
  local buf = holder(uri)
  if buf and vim.api.nvim_buf_is_loaded(buf) then
    set(buf, ("%s~%d"):format(uri, buf))
  elseif buf then
    vim.api.nvim_buf_delete(buf, { force = true })
  end
end

---@param buf integer
---@param name string
function M.give(buf, name)
  local uri = M.uri(name)
  if vim.api.nvim_buf_get_name(buf) ~= uri then
    M.free(uri)
    set(buf, uri)
  end
end

return M
