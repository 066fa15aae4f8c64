-- Owns the window behind all tiles of a grid: it has the keys, hides what is below, and says what no tile does.

local M = {}

local layout = require("orchflow.board.layout")

---@return integer win
---@return integer buf
function M.open()
  local buf = vim.api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = "wipe"
  vim.cmd.stopinsert()
  local win = vim.api.nvim_open_win(buf, true, {
    relative = "editor",
    row = 0,
    col = 0,
    width = vim.o.columns,
    height = vim.o.lines - vim.o.cmdheight,
    style = "minimal",
    zindex = 40,
  })
  require("orchflow.board.plain")(win)
  vim.wo[win].winhighlight = layout.LOOK
  return win, buf
end

---The editor has another size.
---@param win integer
function M.fit(win)
  local height = vim.o.lines - vim.o.cmdheight
  vim.api.nvim_win_set_config(win, { width = vim.o.columns, height = height })
end

---@param win integer
---@param text string
function M.say(win, text)
  local buf = vim.api.nvim_win_get_buf(win)
  vim.bo[buf].modifiable = true
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, { text })
  vim.bo[buf].modifiable = false
end

return M
