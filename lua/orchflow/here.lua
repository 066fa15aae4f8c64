-- Owns what a person looks at in the moment they say something to an agent: the file, the cursor, the
-- lines that are meant.

local M = {}

---@class orchflow.Here
---@field buf integer
---@field path? string Of the file that the buffer shows; none where it shows none.
---@field unsaved boolean The file on disk, which is all that an agent sees, has not what the buffer has.
---@field line integer
---@field column integer
---@field first? integer The lines that were given: a range, or a selection.
---@field last? integer
---@field selected? string[] Their text, or as much of them as is selected.
---@field directory? string Where the agent works, once it is known which one is meant.

---@param win integer
---@return boolean
local function shows_text(win)
  return vim.bo[vim.api.nvim_win_get_buf(win)].buftype == ""
end

---Who speaks to an agent from a terminal's window means what they have looked at before.
---@return integer
local function window()
  local current, before = vim.api.nvim_get_current_win(), vim.fn.win_getid(vim.fn.winnr("#"))
  local candidates = { current, before }
  vim.list_extend(candidates, vim.api.nvim_tabpage_list_wins(0))
  for _, win in ipairs(candidates) do
    if win ~= 0 and shows_text(win) then
      return win
    end
  end
  return current
end

---@param buf integer
---@return string|nil
function M.path(buf)
  local name = vim.api.nvim_buf_get_name(buf)
  local is_file = name ~= "" and vim.bo[buf].buftype == "" and not name:find("^%a[%w+.-]*://")
  return is_file and vim.fn.fnamemodify(name, ":p") or nil
end

---Where a selection ends as far as it may be told, and where it has more, a little behind, so that it is seen
---to be cut: to read a million lines takes long.
---@param buf integer
---@param upper integer[] As getpos() gives it.
---@param lower integer[]
---@param kind string As mode() names it.
---@return integer[]
local function bounded(buf, upper, lower, kind)
  local text = require("orchflow.text")
  local first, last = upper[2] or 1, lower[2] or 1
  -- Of the first line only a part may be selected, and of a block's lines nothing but their ends.
  local block = kind ~= "v"
  local most = block and require("orchflow.words").MOST or #text.lines(buf, first + 1, last)
  if first + most >= last then
    return lower
  end
  local line = vim.api.nvim_buf_get_lines(buf, first + most - 1, first + most, false)[1] or ""
  return { lower[1], first + most, block and lower[3] or math.max(#line, 1), lower[4] }
end

---@param here orchflow.Here
---@param from integer[] As getpos() gives it.
---@param to integer[]
---@param kind string As mode() names it.
local function select(here, from, to, kind)
  local upper, lower = from, to
  if (from[2] or 1) > (to[2] or 1) then
    upper, lower = to, from
  end
  here.first, here.last = upper[2] or 1, lower[2] or 1
  here.selected = kind == "V" and require("orchflow.text").lines(here.buf, here.first, here.last)
    or vim.fn.getregion(upper, bounded(here.buf, upper, lower, kind), { type = kind })
end

---@param line integer|nil
---@param count integer
---@return integer
local function within(line, count)
  return line and line < count and line or count
end

---@param here orchflow.Here
---@param range integer[]
local function take(here, range)
  local count = vim.api.nvim_buf_line_count(here.buf)
  local first, last = within(range[1], count), within(range[2], count)
  local from, to = vim.fn.getpos("'<"), vim.fn.getpos("'>")
  local kind = vim.fn.visualmode()
  local is_current = here.buf == vim.api.nvim_get_current_buf()
  -- Neovim tells a command of the lines only; where they are those of the last selection, that is meant.
  if is_current and kind ~= "" and kind ~= "V" and from[2] == first and to[2] == last then
    return select(here, from, to, kind)
  end
  here.first, here.last = first, last
  here.selected = require("orchflow.text").lines(here.buf, first, last)
end

---@param range? integer[] The first and the last line. Without it, what is selected, in Visual mode.
---@return orchflow.Here
function M.look(range)
  local win = window()
  local buf = vim.api.nvim_win_get_buf(win)
  local cursor, path = vim.api.nvim_win_get_cursor(win), M.path(buf)
  ---@type orchflow.Here
  local here = {
    buf = buf,
    path = path,
    unsaved = vim.bo[buf].modified or not path or not vim.uv.fs_stat(path),
    line = cursor[1],
    column = cursor[2] + 1,
  }
  local mode = vim.fn.mode()
  if range then
    take(here, range)
  elseif mode:find("^[vV\22]") and win == vim.api.nvim_get_current_win() then
    select(here, vim.fn.getpos("v"), vim.fn.getpos("."), mode)
  end
  return here
end

return M
