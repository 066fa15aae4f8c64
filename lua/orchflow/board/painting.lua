-- Owns what the daemon paints for this editor: asks for it, hears what looks different, and asks again
-- when there is another daemon.

local M = {}

local client = require("orchflow.client")
local notices = require("orchflow.notices")

---@class orchflow.Painting
---@field package params orchflow.board.OpenParams
---@field package board? string The daemon's name for it; none while there is no daemon.
---@field package opening boolean
---@field package closed boolean
---@field package fresh boolean Nothing of it was painted yet.
---@field package passive boolean No daemon is started for it.
---@field package wanted table<string, any> What was asked for since it was opened.
---@field package paint fun(painted: orchflow.board.Painted, fresh: boolean)
local Painting = {}
Painting.__index = Painting

local all = {} ---@type table<orchflow.Painting, true>
local by_board = {} ---@type table<string, orchflow.Painting>

---@param board string
local function close(board)
  by_board[board] = nil
  client.notify("board.close", { board = board })
end

---@package
function Painting:connect()
  if self.opening or self.board or (self.passive and not client.is_connected()) then
    return
  end
  self.opening = true
  client.request("board.open", self.params, function(fault, opened)
    self.opening = false
    if fault then
      -- An older daemon paints nothing, which concerns only those who have asked to see it.
      if not self.passive and fault.kind ~= "unavailable" then
        require("orchflow.message").fault(fault)
      end
    elseif self.closed then
      close(opened.board)
    else
      self.board, self.fresh = opened.board, true
      by_board[opened.board] = self
      self:update({})
    end
  end)
end

---@param params orchflow.board.OpenParams
---@param paint fun(painted: orchflow.board.Painted, fresh: boolean) `fresh` where all rows are new.
---@param passive? boolean Only while there is a daemon anyway.
---@return orchflow.Painting
function M.open(params, paint, passive)
  local self = setmetatable({
    params = params,
    paint = paint,
    passive = passive or false,
    opening = false,
    closed = false,
    fresh = true,
    wanted = {},
  }, Painting)
  all[self] = true
  self:connect()
  return self
end

---Has it painted differently from now on.
---@param changes table What `board.update` takes.
function Painting:update(changes)
  self.wanted = vim.tbl_extend("force", self.wanted, changes)
  if self.board and next(self.wanted) then
    local sent = self.fresh and self.wanted or changes
    client.notify("board.update", vim.tbl_extend("force", { board = self.board }, sent))
  end
end

function Painting:close()
  self.closed, all[self] = true, nil
  if self.board then
    close(self.board)
    self.board = nil
  end
end

---@param painted orchflow.board.Painted
notices.on("board.painted", function(painted)
  local painting = by_board[painted.board] ---@type orchflow.Painting|nil
  if painting then
    local fresh = painting.fresh
    painting.fresh = false
    painting.paint(painted, fresh)
  end
end)

notices.on("lost", function()
  by_board = {}
  for painting in pairs(all) do
    painting.board = nil
    if painting.passive then
      local counts = { blocked = 0, working = 0, done = 0, idle = 0, unknown = 0, exited = 0 }
      painting.paint({ board = "", count = 0, pieces = {}, counts = counts }, true)
    end
  end
end)

notices.on("connected", function()
  for painting in pairs(all) do
    painting:connect()
  end
end)

return M
