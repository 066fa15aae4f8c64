-- Owns where a view that was in no window stands when it is shown again. Neovim moves the cursor with
-- the last line only in a window (0.10), and only from the very last line.

local M = {}

---Whether somebody types there, or the cursor is on the last line or among the blank ones below it.
---@param buf integer
---@param win integer
---@return boolean
local function is_at_end(buf, win)
  if win == vim.api.nvim_get_current_win() and vim.api.nvim_get_mode().mode == "t" then
    return true
  end
  local line = vim.api.nvim_win_get_cursor(win)[1]
  return not table.concat(vim.api.nvim_buf_get_lines(buf, line, -1, false)):find("%S")
end

---Has whoever leaves the buffer at its end find its end.
---@param buf integer
function M.keep(buf)
  local was_at_end = false
  vim.api.nvim_create_autocmd("BufWinLeave", {
    buffer = buf,
    callback = function()
      local win = vim.fn.win_findbuf(buf)[1]
      was_at_end = win ~= nil and is_at_end(buf, win)
    end,
  })
  vim.api.nvim_create_autocmd("BufWinEnter", {
    buffer = buf,
    callback = function()
      for _, win in ipairs(was_at_end and vim.fn.win_findbuf(buf) or {}) do
        vim.api.nvim_win_set_cursor(win, { vim.api.nvim_buf_line_count(buf), 0 })
      end
      was_at_end = false
    end,
  })
end

return M
