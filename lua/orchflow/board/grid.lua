-- Owns the grid: who stands where in it, and on which page. Who stands somewhere stays there, whoever comes later
-- stands behind.

local M = {}

local layout = require("orchflow.board.layout")

---@class orchflow.Grid
---@field painting orchflow.Painting
---@field rows table<string, orchflow.board.Row> By terminal.
---@field lines table<integer, orchflow.board.Row> By line, as painted.
---@field order string[] Terminals in the order in which they stand.
---@field tiles orchflow.Tiles
---@field page integer
---@field gone? string The name of the one that was chosen, and is there no more.
---@field ground integer The window behind all.
---@field before integer
local Grid = {}
Grid.__index = Grid

local grid ---@type orchflow.Grid|nil

local group = vim.api.nvim_create_augroup("orchflow.grid", {})

---@package
---@param at integer
function Grid:name(at)
  local tile = self.tiles.all[at]
  self.tiles:name(at, tile and self.rows[tile.terminal])
end

---Whether its tab is the one on the screen.
---@package
---@return boolean
function Grid:is_seen()
  return layout.is_seen(self.ground)
end

---Tiles for the present page, with whoever stands there.
---@package
function Grid:tile()
  if not self:is_seen() then
    return
  end
  local count = #self.order
  local areas = layout.tiles(math.max(count, 1))
  local pages = math.max(1, math.ceil(count / math.max(#areas, 1)))
  self.page = math.min(self.page, pages)
  local first = (self.page - 1) * #areas
  local here = vim.list_slice(self.order, first + 1, first + #areas)
  if not self.tiles.chosen and not self.gone then
    self.tiles.chosen = here[1]
  end
  self.tiles:arrange(here, areas)
  for i = 1, #here do
    self:name(i)
  end
  local more = pages > 1 and ("  page %d of %d: [ ]"):format(self.page, pages) or ""
  require("orchflow.board.ground").say(
    self.ground,
    count == 0 and " Nothing runs. To start an agent: :Orchflow agent claude" or more
  )
  -- All windows have their sizes once they were drawn: then the daemon is told.
  self.painting:update({ cols = math.max((areas[1] and areas[1].width or 20) - 3, 1) })
end

---Who comes stands behind the others, who goes leaves no gap.
---@package
---@return boolean changed
function Grid:reorder()
  local there, order, changed = {}, {}, false
  for _, terminal in ipairs(self.order) do
    local row = self.rows[terminal] ---@type orchflow.board.Row|nil
    if row then
      table.insert(order, terminal)
      there[terminal] = true
    else
      changed = true
    end
  end
  for line = 1, vim.tbl_count(self.lines) do
    local row = self.lines[line]
    if row and not there[row.terminal] then
      table.insert(order, row.terminal)
      changed = true
    end
  end
  self.order = order
  return changed
end

---@package
---@param painted orchflow.board.Painted
---@param fresh boolean
function Grid:paint(painted, fresh)
  if fresh then
    self.lines = {}
  end
  local changed = {}
  for _, piece in ipairs(painted.pieces) do
    for i, row in ipairs(piece.rows) do
      self.lines[piece.at + i] = row
      changed[row.terminal] = true
    end
  end
  for line in pairs(self.lines) do
    if line > painted.count then
      self.lines[line] = nil
    end
  end
  local before = self.rows[self.tiles.chosen or ""]
  self.rows = {}
  for _, row in pairs(self.lines) do
    self.rows[row.terminal] = row
  end
  if before and not self.rows[before.terminal] then
    -- What is typed next was not meant for whoever has come in its place.
    self.tiles.chosen, self.gone = nil, before.name
  end
  if self:reorder() or #self.tiles.all == 0 then
    return self:tile()
  end
  for i, tile in ipairs(self.tiles.all) do
    if changed[tile.terminal] then
      self:name(i)
    end
  end
end

---@param at integer
function Grid:choose(at)
  local tile, before = self.tiles.all[at], self.tiles:at()
  if tile then
    self.tiles.chosen, self.gone = tile.terminal, nil
    if before then
      self:name(before)
    end
    self:name(at)
  end
end

---@param step integer
function Grid:step(step)
  local at = self.tiles:at()
  self:choose(at and at + step or 1)
end

---@param step integer
function Grid:turn_page(step)
  if self.page + step >= 1 then
    self.page, self.tiles.chosen, self.gone = self.page + step, nil, nil
    self:tile()
  end
end

function Grid:close()
  if grid ~= self then
    return
  end
  grid = nil
  self.tiles:close()
  vim.api.nvim_clear_autocmds({ group = group })
  self.painting:close()
  if vim.api.nvim_win_is_valid(self.ground) then
    vim.api.nvim_win_close(self.ground, true)
  end
  if vim.api.nvim_win_is_valid(self.before) then
    vim.api.nvim_set_current_win(self.before)
  end
end

---@return orchflow.Grid
local function create()
  local before = vim.api.nvim_get_current_win()
  local ground, buf = require("orchflow.board.ground").open()
  local tiles = require("orchflow.board.tiles").none()
  local self = { rows = {}, lines = {}, order = {}, tiles = tiles, page = 1 }
  self.before, self.ground = before, ground
  local created = setmetatable(self, Grid)
  require("orchflow.board.grid_keys").map(created, buf)
  return created
end

---Lays it out anew with the editor, costs nothing while another tab is on the screen, and goes with its window.
---@package
function Grid:follow()
  vim.api.nvim_create_autocmd({ "VimResized", "TabEnter" }, {
    group = group,
    callback = function()
      local seen = self:is_seen()
      self.painting:update({ hidden = not seen })
      if not seen then
        return self.tiles:close()
      end
      require("orchflow.board.ground").fit(self.ground)
      self:tile()
    end,
  })
  vim.api.nvim_create_autocmd("WinClosed", {
    group = group,
    pattern = tostring(self.ground),
    once = true,
    callback = function()
      self:close()
    end,
  })
end

---Makes room for what is to be shown in a window.
function M.make_room()
  if grid and grid:is_seen() then
    grid:close()
  end
end

---Shows it.
---@param filter? string
function M.open(filter)
  if grid then
    grid:close()
  end
  require("orchflow.highlights")
  local config = require("orchflow.config").get()
  local opened = create()
  grid = opened
  opened.painting = require("orchflow.board.painting").open({
    kind = "titles",
    cols = 40,
    rows = 1000,
    icons = config.icons,
    motion = config.motion,
  }, function(painted, fresh)
    if grid == opened then
      opened:paint(painted, fresh)
    end
  end)
  if filter and filter ~= "" then
    opened.painting:update({ filter = filter })
  end
  opened:follow()
end

return M
