-- Owns the windows of a board: the list, and its preview where there is room for one.

local M = {}

local layout = require("orchflow.board.layout")
local plain = require("orchflow.board.plain")

---The window of a list: the chosen row looks chosen.
---@param win integer
function M.list(win)
  plain(win)
  vim.wo[win].cursorline = true
  vim.wo[win].winhighlight = layout.LOOK .. ",CursorLine:OrchflowChosen"
end

---The windows that show a buffer, in all tabs.
---@param buf integer
---@param closed integer|nil One that is being closed.
---@return integer[]
function M.showing(buf, closed)
  return vim.tbl_filter(function(win)
    return win ~= closed
  end, vim.fn.win_findbuf(buf))
end

---@param win integer
---@return boolean
local function floats(win)
  local relative = vim.api.nvim_win_get_config(win).relative ---@type string?
  return relative ~= nil and relative ~= ""
end

---Whether the window is the only one of its tab, but for what floats and for the preview.
---@param board orchflow.Board
---@param win integer
---@return boolean
local function is_alone(board, win)
  for _, other in ipairs(vim.api.nvim_tabpage_list_wins(vim.api.nvim_win_get_tabpage(win))) do
    if other ~= win and other ~= board.beside and not floats(other) then
      return false
    end
  end
  return true
end

---What a board in this window is.
---@param board orchflow.Board
---@param win integer
---@return "float"|"split"|"tab"
function M.place(board, win)
  if floats(win) then
    return "float"
  end
  return #vim.api.nvim_list_tabpages() > 1 and is_alone(board, win) and "tab" or "split"
end

---Closes one. The last window of all cannot be closed: it gets what was in it before, or an empty buffer.
---@param win integer
local function close(win)
  if pcall(vim.api.nvim_win_close, win, true) then
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

---Leaves every window of a board: one that was left over would be a picture of it.
---@param board orchflow.Board
function M.close(board)
  for _, buf in ipairs({ board.preview.buf, board.rows.buf }) do
    for _, win in ipairs(M.showing(buf)) do
      if vim.api.nvim_win_is_valid(win) then
        close(win)
      end
    end
  end
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
  plain(board.beside)
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
    plain(board.beside)
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
function M.has_beside(board)
  return board.beside ~= nil and vim.api.nvim_win_is_valid(board.beside)
end

---@param board orchflow.Board
local function close_beside(board)
  local win = M.has_beside(board) and board.beside
  board.beside = nil -- That it is closed is no word of the person's.
  if win then
    vim.api.nvim_win_close(win, true)
  end
end

---@param board orchflow.Board
local function relayout_float(board)
  local list, preview = layout.float()
  vim.api.nvim_win_set_config(board.win, configured(board, list))
  if not preview then
    close_beside(board)
  elseif M.has_beside(board) then
    vim.api.nvim_win_set_config(board.beside --[[@as integer]], layout.config(preview))
  elseif not board.alone then
    open_preview(board, preview)
  end
end

---The editor has another size, or the board another window.
---@param board orchflow.Board
function M.relayout(board)
  if not vim.api.nvim_win_is_valid(board.win) then
    return
  elseif board.place == "float" then
    return relayout_float(board)
  end
  local tab = vim.api.nvim_win_get_tabpage(board.win)
  local there = M.has_beside(board)
    and vim.api.nvim_win_get_tabpage(board.beside --[[@as integer]]) == tab
  if not there or vim.o.columns < layout.BESIDE then
    close_beside(board)
  end
  local width = vim.api.nvim_win_get_width(board.win)
  if not there and not board.alone and width >= layout.BESIDE then
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
