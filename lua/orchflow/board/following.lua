-- Owns that a board is alive wherever it is shown, and costs nothing where nobody sees it: a person may split its
-- window, move it to another tab, close its preview, and it follows.

local M = {}

local layout = require("orchflow.board.layout")
local windows = require("orchflow.board.windows")

local group = vim.api.nvim_create_augroup("orchflow.board", {})

---Which of its windows is the board's: the one that the person is in, otherwise one that they see.
---@param board orchflow.Board
---@param closed integer|nil
---@return integer|nil
local function choose(board, closed)
  local wins = windows.showing(board.rows.buf, closed)
  local ranks = {
    function(win)
      return win == vim.api.nvim_get_current_win()
    end,
    function(win)
      return win == board.win and layout.is_seen(win)
    end,
    layout.is_seen,
    function(win)
      return win == board.win
    end,
  }
  for _, fits in ipairs(ranks) do
    local found = vim.tbl_filter(fits, wins)[1]
    if found then
      return found
    end
  end
  return wins[1]
end

---Its windows may be others now.
---@param board orchflow.Board
function M.settle(board)
  local win = choose(board)
  if board.busy then
    return
  elseif not win then
    return board:hide(true)
  end
  local is_other = win ~= board.win
  if is_other then
    board.win, board.place = win, windows.place(board, win)
    windows.list(win)
  end
  if is_other or board.place ~= "float" then
    board:arrange(windows.relayout)
  end
  board:look()
end

---@param board orchflow.Board
---@param closed integer
local function lose(board, closed)
  if board.busy then
    return
  elseif closed == board.beside then -- By hand: whatever else shows it takes its place.
    board.beside = windows.showing(board.preview.buf, closed)[1]
    board.alone = board.beside == nil
    board:look()
  elseif closed == board.win and not choose(board, closed) then
    board:hide()
  end
end

---@param board orchflow.Board
function M.follow(board)
  vim.api.nvim_clear_autocmds({ group = group })
  ---@param events vim.api.keyset.events[]
  ---@param more table
  ---@param callback fun(event: table)
  local function on(events, more, callback)
    more.group, more.callback = group, callback
    vim.api.nvim_create_autocmd(events, more)
  end
  local buf = board.rows.buf
  on({ "CursorMoved" }, { buffer = buf }, function()
    board.rows:moved(vim.api.nvim_win_get_cursor(0)[1])
    board:moved()
  end)
  -- One command may go through several windows and tabs: only where that ends counts.
  local function soon()
    vim.schedule(function()
      M.settle(board)
    end)
  end
  on({ "WinEnter", "BufWinEnter", "BufWinLeave" }, { buffer = buf }, soon)
  on({ "TabEnter" }, {}, soon)
  on({ "WinClosed" }, {}, function(event)
    local closed = tonumber(event.match) --[[@as integer]]
    if closed == board.win or closed == board.beside then
      lose(board, closed)
      soon()
    end
  end)
  on({ "WinScrolled", "WinResized" }, {}, function()
    board:measure()
  end)
  on({ "VimResized" }, {}, function()
    if board.place then
      board:arrange(windows.relayout)
      board:look()
    end
  end)
end

return M
