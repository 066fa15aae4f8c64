-- Owns the names of a board's buffers. By them those are known that a session was kept with: what it brings back is an
-- empty buffer of that name.

local M = {}

---@param buf integer
---@param kind "board"|"preview"
function M.give(buf, kind)
  local wanted = ("orchflow-%s://%d"):format(kind, buf)
  local stale = vim.fn.bufnr("^" .. wanted .. "$")
  if stale > 0 and stale ~= buf then
    vim.api.nvim_buf_delete(stale, { force = true })
  end
  vim.api.nvim_buf_set_name(buf, wanted)
end

---Closes the windows of what a session has brought back.
function M.forget()
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    local name = vim.api.nvim_buf_get_name(buf)
    local ours = name:find("^orchflow%-board://") or name:find("^orchflow%-preview://")
    if ours and vim.bo[buf].buftype == "" then
      vim.api.nvim_buf_delete(buf, { force = true })
    end
  end
end

return M
