-- Owns where somebody reads in a view whose lines are made anew: after a change of width, and by a new
-- daemon.

local M = {}

---Lines that have paused for so long are all there: the daemon makes them anew 0.1 s after a resize, and
---Neovim shows them some milliseconds later.
local PAUSE_MS = 150

---With a program that never pauses, the place is looked for after so long.
local MOST_MS = 3000

---@class orchflow.Reading
---@field win integer
---@field text string The line of the cursor,
---@field from_end integer so many lines before the last,
---@field above integer so many below the window's first.
---@field col integer

---Where windows stand that do not just follow the output.
---@param buf integer
---@return orchflow.Reading[]
function M.places(buf)
  local places = {}
  local last = vim.api.nvim_buf_line_count(buf)
  local typing = vim.api.nvim_get_mode().mode == "t" and vim.api.nvim_get_current_win()
  for _, win in ipairs(vim.fn.win_findbuf(buf)) do
    local line, col = unpack(vim.api.nvim_win_get_cursor(win))
    if win ~= typing and line < last then
      places[#places + 1] = {
        win = win,
        text = vim.api.nvim_buf_get_lines(buf, line - 1, line, false)[1] or "",
        from_end = last - line,
        above = line - vim.fn.line("w0", win),
        col = col,
      }
    end
  end
  return places
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
---@param place orchflow.Reading
local function go(buf, place)
  if not vim.api.nvim_win_is_valid(place.win) or vim.api.nvim_win_get_buf(place.win) ~= buf then
    return
  end
  local typing = vim.api.nvim_get_mode().mode == "t"
  if typing and vim.api.nvim_get_current_win() == place.win then
    return -- Somebody has gone on typing meanwhile.
  end
  local line = find(buf, place)
  vim.api.nvim_win_call(place.win, function()
    local topline = math.max(1, line - place.above)
    vim.fn.winrestview({ lnum = line, col = place.col, topline = topline })
  end)
end

---Goes back to these places once the lines are there again.
---@param buf integer
---@param places orchflow.Reading[]
function M.restore(buf, places)
  if #places == 0 then
    return
  end
  local timer, began = assert(vim.uv.new_timer()), vim.uv.now()
  local done = false
  local finish = vim.schedule_wrap(function()
    if not done then
      done = true
      timer:close()
      if vim.api.nvim_buf_is_valid(buf) then
        for _, place in ipairs(places) do
          go(buf, place)
        end
      end
    end
  end)
  vim.api.nvim_buf_attach(buf, false, {
    on_lines = function()
      if done then
        return true
      end
      local left = MOST_MS - (vim.uv.now() - began)
      timer:start(math.max(0, math.min(PAUSE_MS, left)), 0, finish)
    end,
  })
  timer:start(MOST_MS, 0, finish)
end

return M
