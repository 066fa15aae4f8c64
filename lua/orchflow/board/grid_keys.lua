-- Owns the keys of a grid, and what each does.

local M = {}

---@param grid orchflow.Grid
---@param split orchflow.Split
local function open(grid, split)
  local terminal = grid.tiles:at() and grid.tiles.chosen
  if not terminal then
    return require("orchflow.board.whom").nobody(grid.gone)
  end
  grid:close()
  require("orchflow.terminal").attach(terminal, { split = split })
end

---@type table<string, fun(grid: orchflow.Grid)>
local KEYS = {
  h = function(grid)
    grid:step(-1)
  end,
  l = function(grid)
    grid:step(1)
  end,
  k = function(grid)
    grid:step(-grid.tiles:across())
  end,
  j = function(grid)
    grid:step(grid.tiles:across())
  end,
  ["["] = function(grid)
    grid:turn_page(-1)
  end,
  ["]"] = function(grid)
    grid:turn_page(1)
  end,
  ["<CR>"] = function(grid)
    open(grid, "current")
  end,
  s = function(grid)
    open(grid, "below")
  end,
  v = function(grid)
    open(grid, "right")
  end,
  t = function(grid)
    open(grid, "tab")
  end,
  ["<LeftMouse>"] = function(grid)
    local at = grid.tiles:under_mouse()
    if at then
      grid:choose(at)
    end
  end,
  g = function(grid)
    grid:close()
    require("orchflow.board").toggle("float")
  end,
  q = function(grid)
    grid:close()
  end,
}

---Keys that do the same as another one.
local ALSO = {
  ["<Left>"] = "h",
  ["<Right>"] = "l",
  ["<Up>"] = "k",
  ["<Down>"] = "j",
  ["<2-LeftMouse>"] = "<CR>",
  ["<Esc>"] = "q",
}

---@param grid orchflow.Grid
---@param buf integer
function M.map(grid, buf)
  local function map(lhs, act)
    vim.keymap.set("n", lhs, function()
      act(grid)
    end, { buffer = buf, nowait = true })
  end
  for lhs, act in pairs(KEYS) do
    map(lhs, act)
  end
  for lhs, same in pairs(ALSO) do
    map(lhs, KEYS[same])
  end
end

return M
