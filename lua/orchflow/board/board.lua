-- Owns what a board is: its rows, its preview, who is marked and filtered, and that nothing is painted while nobody
-- sees it.

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
---@field alone boolean The person has closed its preview.
---@field busy boolean Its windows are being opened or closed, by us.
---@field before? integer Where the person was.
local Board = {}
Board.__index = Board

---@return orchflow.Board
function M.new()
  local config = require("orchflow.config").get()
  local blank = { filter = "", marked = {}, win = -1, alone = false, busy = false }
  local self = setmetatable(blank, Board)
  self.rows = require("orchflow.board.rows").new()
  self.preview = require("orchflow.board.preview").new()
  require("orchflow.board.names").give(self.preview.buf, "preview")
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
  require("orchflow.board.following").follow(self)
  return self
end

---Shows the one that is chosen now, where that can be seen.
function Board:moved()
  local sees = self:is_seen() and windows.has_beside(self)
  self.preview:show(sees and self.rows.chosen or nil)
end

---Whether its window is on the screen.
---@return boolean
function Board:is_seen()
  return self.place ~= nil
    and layout.is_seen(self.win)
    and vim.api.nvim_win_get_buf(self.win) == self.rows.buf
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
  if windows.has_beside(self) then
    local beside = self.beside --[[@as integer]]
    self.preview:resize(vim.api.nvim_win_get_height(beside), vim.api.nvim_win_get_width(beside))
  end
end

---What can be seen of it may be other now.
function Board:look()
  if self:is_seen() then
    self:measure()
  else
    self.painting:update({ hidden = true })
  end
  self:moved()
end

---Opens or closes its windows. What they tell of that meanwhile is no news.
---@param act fun(board: orchflow.Board)
function Board:arrange(act)
  self.busy = true
  local fine, problem = pcall(act, self)
  self.busy = false
  if not fine then
    error(problem, 0)
  end
end

---@param place "float"|"split"|"tab"
function Board:show(place)
  self.before, self.alone = vim.api.nvim_get_current_win(), false
  vim.cmd.stopinsert()
  self:arrange(function()
    if place == "float" then
      windows.open_float(self)
    else
      windows.open_split(self, place == "tab")
    end
  end)
  self.place = place
  windows.list(self.win)
  self.rows:begin()
  self:look()
end

---@param stay? boolean The person is elsewhere.
function Board:hide(stay)
  if not self.place and #windows.showing(self.rows.buf) == 0 then
    return
  end
  self.place = nil
  self:look()
  self:arrange(windows.close)
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
    self.filter = filter
    self.rows.filtered, self.rows.gone, self.rows.aside = true, nil, false
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

return M
