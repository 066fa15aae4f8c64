-- Owns the grid: live screens beside each other, each with its status above it. Who stands where stays,
-- whoever comes later stands behind.

local M = {}

local layout = require("orchflow.board.layout")

---@class orchflow.Tile
---@field terminal string
---@field preview orchflow.Preview
---@field win integer

---@class orchflow.Grid
---@field painting orchflow.Painting
---@field rows table<string, orchflow.board.Row> By terminal.
---@field lines table<integer, orchflow.board.Row> By line, as painted.
---@field order string[] Terminals in the order in which they stand.
---@field tiles orchflow.Tile[]
---@field page integer
---@field chosen integer
---@field ground integer The window behind all.
---@field before integer
local grid ---@type orchflow.Grid|nil

local group = vim.api.nvim_create_augroup("orchflow.grid", {})

---@param row orchflow.board.Row
---@param at integer Which tile.
---@return string[][]
local function title(row, at)
  local chunks, last = {}, 0
  for _, span in ipairs(row.spans) do
    table.insert(chunks, { row.text:sub(last + 1, span.from) })
    table.insert(chunks, { row.text:sub(span.from + 1, span.to), span.group })
    last = span.to
  end
  table.insert(chunks, { row.text:sub(last + 1) })
  local mark = require("orchflow.config").get().icons == "ascii" and ">" or "▶"
  table.insert(chunks, 1, { grid and at == grid.chosen and mark or " ", "OrchflowMark" })
  table.insert(chunks, { " " })
  return vim.tbl_filter(function(chunk)
    return chunk[1] ~= ""
  end, chunks)
end

---@param at integer
local function retitle(at)
  local tile = grid and grid.tiles[at]
  local row = tile and grid.rows[tile.terminal]
  if row and tile and vim.api.nvim_win_is_valid(tile.win) and layout.edge() > 0 then
    vim.api.nvim_win_set_config(tile.win, { title = title(row, at) })
    local border = at == grid.chosen and "OrchflowMark" or "FloatBorder"
    vim.wo[tile.win].winhighlight = "FloatBorder:" .. border
  end
end

local function close_tiles()
  for _, tile in ipairs(grid and grid.tiles or {}) do
    if vim.api.nvim_win_is_valid(tile.win) then
      vim.api.nvim_win_close(tile.win, true)
    end
    tile.preview:close()
  end
end

---@param terminal string
---@param area orchflow.Area
---@return orchflow.Tile
local function open_tile(terminal, area)
  local preview = require("orchflow.board.preview").new()
  local config = layout.config(area)
  config.focusable, config.zindex = false, 45
  local win = vim.api.nvim_open_win(preview.buf, false, config)
  vim.wo[win].wrap = false
  preview:resize(area.height, area.width)
  preview:show(terminal)
  return { terminal = terminal, preview = preview, win = win }
end

---Tiles for the present page, with whoever stands there.
local function tile()
  if not grid then
    return
  end
  close_tiles()
  grid.tiles = {}
  local count = #grid.order
  local areas = layout.tiles(math.max(count, 1))
  local pages = math.max(1, math.ceil(count / math.max(#areas, 1)))
  grid.page = math.min(grid.page, pages)
  local first = (grid.page - 1) * #areas
  for i, area in ipairs(areas) do
    local terminal = grid.order[first + i]
    if terminal then
      grid.tiles[i] = open_tile(terminal, area)
    end
  end
  grid.chosen = math.max(1, math.min(grid.chosen, #grid.tiles))
  for i = 1, #grid.tiles do
    retitle(i)
  end
  local more = pages > 1 and ("  page %d of %d: [ ]"):format(grid.page, pages) or ""
  local text = count == 0 and " Nothing runs. To start an agent: :Orchflow agent claude" or more
  local buf = vim.api.nvim_win_get_buf(grid.ground)
  vim.bo[buf].modifiable = true
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, { text })
  vim.bo[buf].modifiable = false
  -- All windows have their sizes once they were drawn: then the daemon is told.
  grid.painting:update({ cols = math.max((areas[1] and areas[1].width or 20) - 3, 1) })
end

---Who comes stands behind the others, who goes leaves no gap.
---@return boolean changed
local function reorder()
  local there, order, changed = {}, {}, false
  for _, terminal in ipairs(grid.order) do
    local row = grid.rows[terminal] ---@type orchflow.board.Row|nil
    if row then
      table.insert(order, terminal)
      there[terminal] = true
    else
      changed = true
    end
  end
  for line = 1, vim.tbl_count(grid.lines) do
    local row = grid.lines[line]
    if row and not there[row.terminal] then
      table.insert(order, row.terminal)
      changed = true
    end
  end
  grid.order = order
  return changed
end

---@param painted orchflow.board.Painted
---@param fresh boolean
local function paint(painted, fresh)
  if not grid then
    return
  end
  if fresh then
    grid.lines = {}
  end
  local changed = {}
  for _, piece in ipairs(painted.pieces) do
    for i, row in ipairs(piece.rows) do
      grid.lines[piece.at + i] = row
      changed[row.terminal] = true
    end
  end
  for line in pairs(grid.lines) do
    if line > painted.count then
      grid.lines[line] = nil
    end
  end
  grid.rows = {}
  for _, row in pairs(grid.lines) do
    grid.rows[row.terminal] = row
  end
  if reorder() or #grid.tiles == 0 then
    return tile()
  end
  for i, one in ipairs(grid.tiles) do
    if changed[one.terminal] then
      retitle(i)
    end
  end
end

function M.close()
  local closing = grid
  if not closing then
    return
  end
  close_tiles()
  grid = nil
  vim.api.nvim_clear_autocmds({ group = group })
  closing.painting:close()
  if vim.api.nvim_win_is_valid(closing.ground) then
    vim.api.nvim_win_close(closing.ground, true)
  end
  if vim.api.nvim_win_is_valid(closing.before) then
    vim.api.nvim_set_current_win(closing.before)
  end
end

---@param split orchflow.Split
local function open(split)
  local one = grid and grid.tiles[grid.chosen]
  if one then
    M.close()
    require("orchflow.terminal").attach(one.terminal, { split = split })
  end
end

---@param step integer
local function choose(step)
  local before = grid and grid.chosen or 1
  if grid and grid.tiles[before + step] then
    grid.chosen = before + step
    retitle(before)
    retitle(grid.chosen)
  end
end

---@return integer
local function across()
  local row, count = nil, 0 ---@type number|nil, integer
  for _, one in ipairs(grid and grid.tiles or {}) do
    local at = vim.api.nvim_win_get_config(one.win).row
    if row and at ~= row then
      break
    end
    row, count = at, count + 1
  end
  return math.max(count, 1)
end

---@param step integer
local function turn_page(step)
  if grid and grid.page + step >= 1 then
    grid.page, grid.chosen = grid.page + step, 1
    tile()
  end
end

---Chooses the tile that was clicked.
local function click()
  local mouse = vim.fn.getmousepos()
  for i, one in ipairs(grid and grid.tiles or {}) do
    local config = vim.api.nvim_win_get_config(one.win)
    local edge = layout.edge()
    local row, col =
      mouse.screenrow - 1 - (config.row or 0), mouse.screencol - 1 - (config.col or 0)
    if row >= 0 and col >= 0 and row < config.height + edge and col < config.width + edge then
      choose(i - grid.chosen)
    end
  end
end

---@param buf integer
local function map(buf)
  local function key(lhs, rhs)
    vim.keymap.set("n", lhs, rhs, { buffer = buf, nowait = true })
  end
  local function stepper(steps)
    return function()
      choose(steps())
    end
  end
  for lhs, steps in pairs({
    h = function()
      return -1
    end,
    l = function()
      return 1
    end,
    k = function()
      return -across()
    end,
    j = across,
  }) do
    key(lhs, stepper(steps))
  end
  for arrow, letter in pairs({ Left = "h", Right = "l", Up = "k", Down = "j" }) do
    vim.keymap.set("n", ("<%s>"):format(arrow), letter, { buffer = buf, remap = true })
  end
  for lhs, split in pairs({ ["<CR>"] = "current", s = "below", v = "right", t = "tab" }) do
    key(lhs, function()
      open(split)
    end)
  end
  key("<LeftMouse>", click)
  key("<2-LeftMouse>", function()
    open("current")
  end)
  key("]", function()
    turn_page(1)
  end)
  key("[", function()
    turn_page(-1)
  end)
  key("q", M.close)
  key("<Esc>", M.close)
  key("g", function()
    M.close()
    require("orchflow.board").toggle("float")
  end)
end

---The window behind all tiles: it has the keys, and hides what is below.
---@return integer win
local function open_ground()
  local buf = vim.api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = "wipe"
  local win = vim.api.nvim_open_win(buf, true, {
    relative = "editor",
    row = 0,
    col = 0,
    width = vim.o.columns,
    height = vim.o.lines - vim.o.cmdheight,
    style = "minimal",
    zindex = 40,
  })
  vim.wo[win].winhighlight = "NormalFloat:Normal"
  map(buf)
  return win
end

---Shows it.
---@param filter? string
function M.open(filter)
  M.close()
  require("orchflow.highlights")
  local config = require("orchflow.config").get()
  local before = vim.api.nvim_get_current_win()
  grid = {
    rows = {},
    lines = {},
    order = {},
    tiles = {},
    page = 1,
    chosen = 1,
    before = before,
    ground = open_ground(),
  }
  local params =
    { kind = "titles", cols = 40, rows = 1000, icons = config.icons, motion = config.motion }
  grid.painting = require("orchflow.board.painting").open(params, paint)
  if filter and filter ~= "" then
    grid.painting:update({ filter = filter })
  end
  vim.api.nvim_create_autocmd("VimResized", {
    group = group,
    callback = function()
      ---@diagnostic disable-next-line: unnecessary-if it may be closed by then
      if grid then
        local height = vim.o.lines - vim.o.cmdheight
        vim.api.nvim_win_set_config(grid.ground, { width = vim.o.columns, height = height })
        tile()
      end
    end,
  })
  vim.api.nvim_create_autocmd("WinClosed", {
    group = group,
    pattern = tostring(grid.ground),
    once = true,
    callback = M.close,
  })
end

return M
