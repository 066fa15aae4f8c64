-- Owns the board: who is chosen, marked and filtered, and that nothing is painted while
-- nobody sees it.

local M = {}

local layout = require("orchflow.board.layout")
local windows = require("orchflow.board.windows")

---@class orchflow.Board
---@field rows orchflow.Rows
---@field preview orchflow.Preview
---@field painting orchflow.Painting
---@field filter string
---@field marked orchflow.board.Row[] As they were when they were marked: a filter may hide them.
---@field place? "float"|"split"|"tab" Where it is; none while it is hidden.
---@field win integer
---@field beside? integer The window of the preview.
---@field before? integer Where the person was.
---@field closing? integer The autocommand that waits for its window to be closed.
local Board = {}
Board.__index = Board

local board ---@type orchflow.Board|nil

local group = vim.api.nvim_create_augroup("orchflow.board", {})

---@return orchflow.Board
local function create()
  local config = require("orchflow.config").get()
  local self = setmetatable({ filter = "", marked = {}, win = -1 }, Board)
  self.rows = require("orchflow.board.rows").new()
  self.preview = require("orchflow.board.preview").new()
  local list = layout.float()
  self.painting = require("orchflow.board.painting").open({
    kind = "list",
    cols = list.width,
    rows = list.height,
    icons = config.icons,
    motion = config.motion,
    edits = true,
  }, function(painted, fresh)
    self.rows:apply(painted, fresh)
    self:moved()
    if vim.api.nvim_get_mode().mode == "c" then -- Its filter is being typed.
      vim.cmd.redraw()
    end
  end)
  require("orchflow.board.keys").map(self)
  vim.api.nvim_create_autocmd("CursorMoved", {
    group = group,
    buffer = self.rows.buf,
    callback = function()
      self.rows:moved(vim.api.nvim_win_get_cursor(0)[1])
      self:moved()
    end,
  })
  return self
end

---Shows the one that is chosen now.
function Board:moved()
  if self.place then
    self.preview:show(self.beside and self.rows.chosen or nil)
  end
end

---Whether its window is on the screen.
---@return boolean
function Board:is_seen()
  return self.place ~= nil and layout.is_seen(self.win)
end

---Tells the daemon what can be seen.
function Board:measure()
  if not self:is_seen() then
    return
  end
  local info = assert(vim.fn.getwininfo(self.win)[1])
  self.painting:update({
    hidden = false,
    cols = math.min(math.max(info.width - info.textoff, 1), 1000),
    rows = math.min(math.max(info.height, 1), 1000),
    first = info.topline - 1,
  })
  if self.beside and vim.api.nvim_win_is_valid(self.beside) then
    local width = vim.api.nvim_win_get_width(self.beside)
    self.preview:resize(vim.api.nvim_win_get_height(self.beside), width)
  end
end

---@param place "float"|"split"|"tab"
function Board:show(place)
  self.before = vim.api.nvim_get_current_win()
  vim.cmd.stopinsert()
  if place == "float" then
    windows.open_float(self)
  else
    windows.open_split(self, place == "tab")
  end
  self.place = place
  windows.plain(self.win)
  vim.wo[self.win].cursorline = true
  vim.wo[self.win].winhighlight = layout.LOOK .. ",CursorLine:OrchflowChosen"
  self.closing = vim.api.nvim_create_autocmd("WinClosed", {
    group = group,
    pattern = tostring(self.win),
    callback = function()
      self:hide()
    end,
  })
  self:measure()
  self:moved()
end

---@param stay? boolean The person is elsewhere.
function Board:hide(stay)
  if not self.place then
    return
  end
  self.place = nil
  -- Its window may go on with another buffer.
  vim.api.nvim_del_autocmd(self.closing --[[@as integer]])
  self.painting:update({ hidden = true })
  self.preview:show(nil)
  for _, win in ipairs({ self.beside or -1, self.win }) do
    windows.close(win)
  end
  self.win, self.beside = -1, nil
  if not stay and self.before and vim.api.nvim_win_is_valid(self.before) then
    vim.api.nvim_set_current_win(self.before)
  end
end

---Makes room for what was chosen in it.
function Board:leave()
  if self.place == "split" then
    local before = self.before
    if before and vim.api.nvim_win_is_valid(before) then
      return vim.api.nvim_set_current_win(before)
    end
  end
  self:hide()
end

---@param filter string
function Board:set_filter(filter)
  filter = vim.fn.strcharpart(filter, 0, 200)
  if filter ~= self.filter then
    self.filter, self.rows.filtered, self.rows.gone = filter, true, nil
    self.painting:update({ filter = filter })
    windows.retitle(self)
  end
end

---Marks one, or marks it no more.
---@param row orchflow.board.Row|nil Without one, nothing is marked any more.
function Board:mark(row)
  local kept = vim.tbl_filter(function(one)
    return row ~= nil and one.terminal ~= row.terminal
  end, self.marked)
  if row and #kept == #self.marked then
    table.insert(kept, row)
  end
  self.marked = kept
  local terminals = vim.tbl_map(function(one)
    return one.terminal
  end, kept)
  self.painting:update({ marked = terminals })
end

vim.api.nvim_create_autocmd("VimResized", {
  group = group,
  callback = function()
    if board and board.place then
      windows.relayout(board)
      board:measure()
      board:moved()
    end
  end,
})

vim.api.nvim_create_autocmd({ "WinScrolled", "WinResized" }, {
  group = group,
  callback = function()
    if board and board.place then
      board:measure()
    end
  end,
})

vim.api.nvim_create_autocmd({ "TabEnter" }, {
  group = group,
  callback = function()
    if board and board.place then
      local here = board:is_seen()
      board.painting:update({ hidden = not here })
      board.preview:show(here and board.beside and board.rows.chosen or nil)
    end
  end,
})

---@return orchflow.Board|nil
function M.get()
  return board
end

---Makes room for what is to be shown in a window, where the person is in a board or has one above all windows.
function M.make_room()
  local seen = board and board:is_seen() and board
  if seen and (seen.place == "float" or seen.win == vim.api.nvim_get_current_win()) then
    seen:leave()
  end
end

---Shows the board there, or hides it where it is shown there already.
---@param place? "float"|"split"|"tab"
---@return orchflow.Fault|nil
function M.toggle(place)
  local fault = require("orchflow.client").connect(true)
  if fault then
    return fault
  end
  require("orchflow.highlights")
  if board and not vim.api.nvim_buf_is_valid(board.rows.buf) then
    board.painting:close()
    board.preview:close()
    board = nil
  end
  local was, seen = board and board.place, board and board:is_seen()
  if board and was then
    board:hide(not seen)
    if seen and (not place or place == was) then
      return
    end
  end
  board = board or create()
  board:show(place or "float")
end

return M
