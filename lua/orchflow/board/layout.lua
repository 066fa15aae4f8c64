-- Owns where a board's windows stand: a list, and beside or below it a preview where there is room.

local M = {}

---@class orchflow.Area
---@field row integer
---@field col integer
---@field width integer
---@field height integer

---Widths and heights from which on there is room for a preview.
M.BESIDE = 100
local BELOW = 20

---A list is read from its left to its right end: wider is not better.
local LIST_MOST = 110

---The ground of a terminal's screen, and the one that the colours of most schemes are made for, is the editor's:
---that of floats can be the opposite.
M.LOOK = "NormalFloat:Normal,FloatBorder:WinSeparator"

---On a small screen a board takes all of it.
local COLUMNS, LINES = 132, 30

---Whether a window is in the tab that is on the screen.
---@param win integer
---@return boolean
function M.is_seen(win)
  return vim.api.nvim_win_is_valid(win)
    and vim.api.nvim_win_get_tabpage(win) == vim.api.nvim_get_current_tabpage()
end

---@return string|table
function M.border()
  return require("orchflow.config").get().float.border
end

---How many cells a border takes.
---@return integer
function M.edge()
  return M.border() == "none" and 0 or 2
end

---@param wanted number
---@param room integer
---@return integer
local function cells(wanted, room)
  local size = wanted <= 1 and math.floor(wanted * room) or math.floor(wanted)
  return math.max(1, math.min(size, room))
end

---The whole of it, with its borders.
---@return orchflow.Area
local function outer()
  local wanted = require("orchflow.config").get().float
  local lines, columns = vim.o.lines - vim.o.cmdheight, vim.o.columns
  -- Below that, a share of the editor would be too little for list and preview.
  local width = math.max(cells(wanted.width, columns), math.min(columns, COLUMNS))
  local height = math.max(cells(wanted.height, lines), math.min(lines, LINES))
  return {
    row = math.floor((lines - height) / 2),
    col = math.floor((columns - width) / 2),
    width = width,
    height = height,
  }
end

---@return orchflow.Area list
---@return orchflow.Area|nil preview
function M.float()
  local edge, all = M.edge(), outer()
  local list = vim.deepcopy(all)
  list.width, list.height = all.width - edge, all.height - edge
  local preview
  if all.width >= M.BESIDE then
    list.width = math.min(math.floor(all.width * 0.52), LIST_MOST) - edge
    local col = all.col + list.width + edge
    preview =
      { row = all.row, col = col, width = all.width - list.width - 2 * edge, height = list.height }
  elseif all.height >= BELOW then
    list.height = math.floor(all.height * 0.5) - edge
    local row = all.row + list.height + edge
    preview =
      { row = row, col = all.col, width = list.width, height = all.height - list.height - 2 * edge }
  end
  list.width, list.height = math.max(list.width, 1), math.max(list.height, 1)
  return list, preview
end

---Tiles for so many screens, as many as there is room for: the largest that have about the shape of a
---terminal.
---@param count integer
---@return orchflow.Area[]
function M.tiles(count)
  local edge = M.edge()
  local lines, columns = vim.o.lines - vim.o.cmdheight, vim.o.columns
  local least_width, least_height = 26 + edge, 5 + edge
  local best, across = nil, 1
  local best_scale = -1 ---@type number
  for wide = 1, math.max(1, math.min(count, math.floor(columns / least_width))) do
    local high = math.ceil(count / wide)
    high = math.min(high, math.max(1, math.floor(lines / least_height)))
    local width, height = math.floor(columns / wide), math.floor(lines / high)
    local scale = math.min(width / 80, height / 24) * math.min(1, wide * high / count)
    if scale > best_scale then
      best, best_scale, across = high, scale, wide
    end
  end
  local tiles = {}
  local width, height = math.floor(columns / across), math.floor(lines / (best or 1))
  for index = 0, math.min(count, across * (best or 1)) - 1 do
    local row, col = math.floor(index / across), index % across
    table.insert(tiles, {
      row = row * height,
      col = col * width,
      width = math.max(width - edge, 1),
      height = math.max(height - edge, 1),
    })
  end
  return tiles
end

---@param area orchflow.Area
---@return vim.api.keyset.win_config
function M.config(area)
  return {
    relative = "editor",
    row = area.row,
    col = area.col,
    width = area.width,
    height = area.height,
    border = M.border() --[[@as "rounded"]],
    style = "minimal",
  }
end

return M
