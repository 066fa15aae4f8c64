-- Owns the windows of a board: the list, and its preview where there is room for one.

local M = {}

local layout = require("orchflow.board.layout")

---@param win integer
function M.plain(win)
  for option, value in pairs({
    number = false,
    relativenumber = false,
    signcolumn = "no",
    foldcolumn = "0",
    statuscolumn = "",
    list = false,
    wrap = false,
    spell = false,
    cursorline = false,
    winfixbuf = true,
    sidescrolloff = 0,
  }) do
    vim.api.nvim_set_option_value(option, value, { scope = "local", win = win })
  end
  -- Nobody writes here: what others do after each change of text (matchparen does) would be done sixty times a second.
  if vim.fn.exists("+eventignorewin") == 1 then
    vim.wo[win].eventignorewin = "TextChanged"
  end
end

---Closes one. The last window of all cannot be closed: it gets what was in it before, or an empty buffer.
---@param win integer
function M.close(win)
  if not vim.api.nvim_win_is_valid(win) or pcall(vim.api.nvim_win_close, win, true) then
    return
  end
  vim.api.nvim_win_call(win, function()
    vim.wo.winfixbuf = false
    local other = vim.fn.bufnr("#")
    if other < 1 or not vim.bo[other].buflisted then
      return vim.cmd.enew()
    end
    vim.cmd.buffer(other)
  end)
end

---@param board orchflow.Board
---@param area orchflow.Area
---@return vim.api.keyset.win_config
local function configured(board, area)
  local config = layout.config(area)
  if config.border ~= "none" then
    config.title = { { " orchflow ", "OrchflowTitle" } }
    local filter = board.filter ~= "" and (" /%s "):format(board.filter)
      or " ? keys  / filter  g grid  q hide "
    config.footer = { { filter, board.filter ~= "" and "OrchflowMark" or "OrchflowDim" } }
    config.footer_pos = "right"
  end
  return config
end

---@param board orchflow.Board
---@param area orchflow.Area
local function open_preview(board, area)
  local config = layout.config(area)
  config.focusable = false
  board.beside = vim.api.nvim_open_win(board.preview.buf, false, config)
  M.plain(board.beside)
  vim.wo[board.beside].winhighlight = layout.LOOK
end

---@param board orchflow.Board
function M.open_float(board)
  local list, preview = layout.float()
  board.win = vim.api.nvim_open_win(board.rows.buf, true, configured(board, list))
  if preview then
    open_preview(board, preview)
  end
end

---@param board orchflow.Board
local function open_beside(board)
  vim.api.nvim_win_call(board.win, function()
    local vertical = { split = "belowright", vertical = true }
    vim.cmd({ cmd = "sbuffer", args = { tostring(board.preview.buf) }, mods = vertical })
    board.beside = vim.api.nvim_get_current_win()
    M.plain(board.beside)
  end)
end

---@param board orchflow.Board
---@param tab boolean
function M.open_split(board, tab)
  local mods = tab and { tab = vim.fn.tabpagenr() } or { split = "botright" }
  vim.cmd({ cmd = "sbuffer", args = { tostring(board.rows.buf) }, mods = mods })
  board.win = vim.api.nvim_get_current_win()
  if not tab then
    vim.api.nvim_win_set_height(board.win, math.min(15, math.floor(vim.o.lines * 0.4)))
  end
  if vim.o.columns >= layout.BESIDE then
    open_beside(board)
  end
end

---Whether the preview has a window.
---@param board orchflow.Board
---@return boolean
local function has_beside(board)
  return board.beside ~= nil and vim.api.nvim_win_is_valid(board.beside)
end

---@param board orchflow.Board
local function close_beside(board)
  if has_beside(board) then
    vim.api.nvim_win_close(board.beside --[[@as integer]], true)
  end
  board.beside = nil
end

---@param board orchflow.Board
local function relayout_float(board)
  local list, preview = layout.float()
  vim.api.nvim_win_set_config(board.win, configured(board, list))
  if not preview then
    close_beside(board)
  elseif has_beside(board) then
    vim.api.nvim_win_set_config(board.beside --[[@as integer]], layout.config(preview))
  else
    open_preview(board, preview)
  end
end

---The editor has another size.
---@param board orchflow.Board
function M.relayout(board)
  if not vim.api.nvim_win_is_valid(board.win) then
    return
  elseif board.place == "float" then
    relayout_float(board)
  elseif vim.o.columns < layout.BESIDE then
    close_beside(board)
  elseif not has_beside(board) then
    open_beside(board)
  end
end

---Says what it is filtered by.
---@param board orchflow.Board
function M.retitle(board)
  if board.place == "float" then
    local list = layout.float()
    vim.api.nvim_win_set_config(board.win, configured(board, list))
  end
end

return M
