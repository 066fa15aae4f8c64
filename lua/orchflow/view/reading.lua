-- Owns where a window of a view stands: somebody reads there, or it shows the end.

local M = {}

---@class orchflow.Reading
---@field win integer
---@field follows boolean Nobody reads there: it shows the end, whatever comes.
---@field text string The line of the cursor,
---@field from_end integer so many lines before the last,
---@field above integer so many below the window's first.
---@field col integer

---@param win integer
---@return boolean
local function is_typing(win)
  return win == vim.api.nvim_get_current_win() and vim.api.nvim_get_mode().mode == "t"
end

---Whether somebody types there, or the cursor is on the last line or among the blank ones below it.
---@param buf integer
---@param win integer
---@return boolean
local function is_at_end(buf, win)
  if is_typing(win) then
    return true
  end
  local line = vim.api.nvim_win_get_cursor(win)[1]
  return not table.concat(vim.api.nvim_buf_get_lines(buf, line, -1, false)):find("%S")
end

---@param buf integer
---@param win integer
---@return orchflow.Reading
function M.look(buf, win)
  local line, col = unpack(vim.api.nvim_win_get_cursor(win))
  return {
    win = win,
    follows = is_at_end(buf, win),
    text = vim.api.nvim_buf_get_lines(buf, line - 1, line, false)[1] or "",
    from_end = vim.api.nvim_buf_line_count(buf) - line,
    above = line - vim.fn.line("w0", win),
    col = col,
  }
end

---The line with that text that is nearest to where it was, counted from the end.
---@param buf integer
---@param place orchflow.Reading
---@return integer
local function find(buf, place)
  local lines = vim.api.nvim_buf_get_lines(buf, 0, -1, false)
  local wanted = math.max(1, #lines - place.from_end)
  for away = 0, #lines do
    if lines[wanted - away] == place.text then
      return wanted - away
    elseif lines[wanted + away] == place.text then
      return wanted + away
    end
  end
  return wanted
end

---@param buf integer
---@param win integer
function M.to_end(buf, win)
  vim.api.nvim_win_set_cursor(win, { vim.api.nvim_buf_line_count(buf), 0 })
end

---Whether the line of a place is there.
---@param buf integer
---@param place orchflow.Reading
---@return boolean
function M.is_there(buf, place)
  return place.follows
    or vim.list_contains(vim.api.nvim_buf_get_lines(buf, 0, -1, false), place.text)
end

---Goes back to a place.
---@param buf integer
---@param place orchflow.Reading
function M.go(buf, place)
  local win = place.win
  if not vim.api.nvim_win_is_valid(win) or vim.api.nvim_win_get_buf(win) ~= buf then
    return
  elseif is_typing(win) then
    return -- Somebody has gone on typing meanwhile.
  elseif place.follows then
    if not is_at_end(buf, win) then
      M.to_end(buf, win)
    end
    return
  end
  local line = find(buf, place)
  vim.api.nvim_win_call(win, function()
    local topline = math.max(1, line - place.above)
    vim.fn.winrestview({ lnum = line, col = place.col, topline = topline })
  end)
end

return M
