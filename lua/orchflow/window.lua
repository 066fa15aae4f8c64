-- Owns where a buffer is shown: splits, tabs, the current window, a float.

local M = {}

local config = require("orchflow.config")

---@class orchflow.Place
---@field split? orchflow.Split
---@field mods? table Command modifiers, as a user command gets them; `split` goes before them.
---@field size? integer Rows, or columns of a vertical split.
---@field enter? boolean Whether the window becomes the current one; true if not given.

---@type table<orchflow.Split, table>
local MODS = {
  below = { split = "belowright" },
  above = { split = "aboveleft" },
  left = { split = "aboveleft", vertical = true },
  right = { split = "belowright", vertical = true },
}

---Whether the person has said where with modifiers such as `:vertical`.
---@param mods table
---@return boolean
local function is_placed(mods)
  return mods.vertical or mods.horizontal or mods.split ~= "" or mods.tab >= 0
end

---@param buf integer
---@param mods table
---@param size integer|nil
local function split(buf, mods, size)
  vim.cmd({ cmd = "sbuffer", args = { tostring(buf) }, mods = mods })
  if size and (mods.tab or -1) < 0 then
    local resize = mods.vertical and vim.api.nvim_win_set_width or vim.api.nvim_win_set_height
    resize(0, size)
  end
end

---@param buf integer
---@param place orchflow.Place
local function show(buf, place)
  local where = place.split or config.get().split
  local mods = not place.split and place.mods
  if mods and is_placed(mods) then
    split(buf, mods, place.size)
  elseif where == "float" then
    require("orchflow.float").open(buf)
  elseif where == "current" then
    vim.cmd.buffer(buf)
  elseif where == "tab" then
    split(buf, { tab = vim.fn.tabpagenr() })
  else
    split(buf, MODS[where], place.size)
  end
end

---What is shown next must not come to stand beneath a board or a grid, which has the keys.
function M.make_room()
  for _, name in ipairs({ "orchflow.board.grid", "orchflow.board" }) do
    local module = package.loaded[name] --[[@as { make_room: fun() }|nil]]
    if module then
      module.make_room()
    end
  end
end

---Shows the buffer in a window, which becomes the current one.
---@param buf integer
---@param place orchflow.Place
---@return orchflow.Fault|nil fault Mostly in Neovim's own words, such as that there is no room.
function M.show(buf, place)
  if place.split and not vim.list_contains(config.SPLITS, place.split) then
    local message = ("there is no such place for a terminal: %s"):format(place.split)
    return { kind = "invalid_params", message = message, hint = table.concat(config.SPLITS, ", ") }
  end
  M.make_room()
  local shown, problem = pcall(show, buf, place)
  if not shown then
    local words = tostring(problem):gsub("^.*Vim%b():", "")
    return { kind = "conflict", message = "there is no window for the terminal: " .. words }
  end
end

return M
