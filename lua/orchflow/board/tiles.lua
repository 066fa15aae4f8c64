-- Owns the windows of a grid: live screens beside each other, each with a title, one of them chosen.

local M = {}

local layout = require("orchflow.board.layout")

---@class orchflow.Tile
---@field terminal string
---@field preview orchflow.Preview
---@field win integer

---@class orchflow.Tiles
---@field all orchflow.Tile[]
---@field chosen? string The terminal of the chosen one; none where that one is gone.
local Tiles = {}
Tiles.__index = Tiles

---@param area orchflow.Area
---@return vim.api.keyset.win_config
local function configured(area)
  local config = layout.config(area)
  config.focusable, config.zindex = false, 45
  return config
end

---@param terminal string
---@param area orchflow.Area
---@return orchflow.Tile
local function open_tile(terminal, area)
  local preview = require("orchflow.board.preview").new()
  local win = vim.api.nvim_open_win(preview.buf, false, configured(area))
  require("orchflow.board.plain")(win)
  return { terminal = terminal, preview = preview, win = win }
end

---@param tile orchflow.Tile
local function close_tile(tile)
  if vim.api.nvim_win_is_valid(tile.win) then
    vim.api.nvim_win_close(tile.win, true)
  end
  tile.preview:close()
end

---None.
---@return orchflow.Tiles
function M.none()
  return setmetatable({ all = {} }, Tiles)
end

---Has screens of these terminals in these areas, as far as there are both. Those that are there already only move.
---@param terminals string[]
---@param areas orchflow.Area[]
function Tiles:arrange(terminals, areas)
  local there, all = {}, {} ---@type table<string, orchflow.Tile>, orchflow.Tile[]
  for _, tile in ipairs(self.all) do
    if vim.api.nvim_win_is_valid(tile.win) then
      there[tile.terminal] = tile
    else
      close_tile(tile)
    end
  end
  for i, area in ipairs(areas) do
    local terminal = terminals[i]
    if terminal then
      local tile = there[terminal] ---@type orchflow.Tile|nil
      there[terminal] = nil
      if tile then
        vim.api.nvim_win_set_config(tile.win, configured(area))
      else
        tile = open_tile(terminal, area)
      end
      tile.preview:resize(area.height, area.width)
      tile.preview:show(terminal)
      all[i] = tile
    end
  end
  for _, tile in pairs(there) do
    close_tile(tile)
  end
  self.all = all
end

---Where the chosen one stands.
---@return integer|nil
function Tiles:at()
  for i, tile in ipairs(self.all) do
    if tile.terminal == self.chosen then
      return i
    end
  end
end

---@param row orchflow.board.Row
---@param chosen boolean
---@return string[][]
local function title(row, chosen)
  local mark = require("orchflow.config").get().icons == "ascii" and ">" or "▶"
  local chunks, last = { { chosen and mark or " ", "OrchflowMark" } }, 0
  for _, span in ipairs(row.spans) do
    table.insert(chunks, { row.text:sub(last + 1, span.from) })
    table.insert(chunks, { row.text:sub(span.from + 1, span.to), span.group })
    last = span.to
  end
  table.insert(chunks, { row.text:sub(last + 1) .. " " })
  return vim.tbl_filter(function(chunk)
    return chunk[1] ~= ""
  end, chunks)
end

---Writes what is known of its terminal above it.
---@param at integer
---@param row orchflow.board.Row|nil
function Tiles:name(at, row)
  local tile = self.all[at]
  if row and tile and vim.api.nvim_win_is_valid(tile.win) and layout.edge() > 0 then
    local chosen = tile.terminal == self.chosen
    vim.api.nvim_win_set_config(tile.win, { title = title(row, chosen) })
    local border = chosen and "OrchflowMark" or "WinSeparator"
    vim.wo[tile.win].winhighlight = "NormalFloat:Normal,FloatBorder:" .. border
  end
end

---How many stand beside each other.
---@return integer
function Tiles:across()
  local row, count = nil, 0 ---@type number|nil, integer
  for _, tile in ipairs(self.all) do
    local at = vim.api.nvim_win_get_config(tile.win).row
    if row and at ~= row then
      break
    end
    row, count = at, count + 1
  end
  return math.max(count, 1)
end

---Which one the mouse is on.
---@return integer|nil
function Tiles:under_mouse()
  local mouse, edge = vim.fn.getmousepos(), layout.edge()
  for i, tile in ipairs(self.all) do
    local config = vim.api.nvim_win_get_config(tile.win)
    local row = mouse.screenrow - 1 - (config.row or 0)
    local col = mouse.screencol - 1 - (config.col or 0)
    if row >= 0 and col >= 0 and row < config.height + edge and col < config.width + edge then
      return i
    end
  end
end

function Tiles:close()
  self:arrange({}, {})
end

return M
