-- Owns that whoever reads or follows the end goes on where lines are made anew: after a change of width,
-- and by a new daemon.

local M = {}

local reading = require("orchflow.view.reading")

---Lines that have paused for so long are all there: the daemon makes them anew 0.1 s after a resize, and
---Neovim shows them some milliseconds later.
local PAUSE_MS = 150

---With a program that never pauses, the place is looked for after so long.
local MOST_MS = 3000

---@class orchflow.Rebuild
---@field places table<integer, orchflow.Reading> By window.
---@field put table<integer, integer[]> Where Neovim has put each cursor: whoever moves it is a person.
---@field due boolean They are to be looked at again.
---@field entering boolean A buffer that is just being shown gets its last cursor only afterwards.
---@field finish fun()

---What is under way: meanwhile no cursor of Neovim's says where somebody reads.
local rebuilds = {} ---@type table<integer, orchflow.Rebuild> By buffer.

---Whether the lines of a buffer are on their way.
---@param buf integer
---@return boolean
function M.is_under_way(buf)
  return rebuilds[buf] ~= nil
end

---Where the windows of a buffer stand.
---@param buf integer
---@return orchflow.Reading[]
function M.places(buf)
  local known = rebuilds[buf] and rebuilds[buf].places or {}
  return vim.tbl_map(function(win)
    return known[win] or reading.look(buf, win)
  end, vim.fn.win_findbuf(buf))
end

---@param buf integer
---@param rebuild orchflow.Rebuild
local function take_note(buf, rebuild)
  rebuild.due, rebuild.entering = false, false
  for _, win in ipairs(vim.fn.win_findbuf(buf)) do
    rebuild.put[win] = vim.api.nvim_win_get_cursor(win)
  end
end

---Neovim moves its cursors after it has told of the lines, and before anybody else can.
---@param buf integer
---@param rebuild orchflow.Rebuild
local function take_note_soon(buf, rebuild)
  if not rebuild.due then
    rebuild.due = true
    vim.schedule(function()
      take_note(buf, rebuild)
    end)
  end
end

---Has a person's own way count, also while lines come.
---@param buf integer
---@param rebuild orchflow.Rebuild
---@return integer autocmd
local function watch(buf, rebuild)
  take_note_soon(buf, rebuild)
  return vim.api.nvim_create_autocmd("CursorMoved", {
    buffer = buf,
    callback = function()
      local win = vim.api.nvim_get_current_win()
      local cursor = vim.api.nvim_win_get_cursor(win)
      if not rebuild.entering and not vim.deep_equal(rebuild.put[win], cursor) then
        rebuild.places[win] = reading.look(buf, win)
      end
    end,
  })
end

---Goes back to these places once the lines are there again.
---@param buf integer
---@param places orchflow.Reading[]
function M.restore(buf, places)
  local former = rebuilds[buf] ---@type orchflow.Rebuild?
  if former then
    former.finish() -- These places are its own.
  end
  local timer, began = assert(vim.uv.new_timer()), vim.uv.now()
  ---@type orchflow.Rebuild
  local rebuild = { places = {}, put = {}, due = false, entering = true, finish = function() end }
  for _, place in ipairs(places) do
    rebuild.places[place.win] = place
  end
  rebuilds[buf] = rebuild
  local autocmd = watch(buf, rebuild)
  rebuild.finish = function()
    rebuilds[buf] = nil
    timer:close()
    pcall(vim.api.nvim_del_autocmd, autocmd) -- It has gone with the buffer, if that has.
  end
  local arrive = function() end
  arrive = vim.schedule_wrap(function()
    if rebuilds[buf] ~= rebuild then
      return
    elseif not vim.api.nvim_buf_is_valid(buf) then
      return rebuild.finish()
    end
    local all, left = vim.tbl_values(rebuild.places), MOST_MS - (vim.uv.now() - began)
    for _, place in ipairs(all) do
      if left > 0 and not reading.is_there(buf, place) then
        return timer:start(left, 0, arrive) -- The lines are still to come.
      end
    end
    rebuild.finish()
    for _, place in ipairs(all) do
      reading.go(buf, place)
    end
  end)
  vim.api.nvim_buf_attach(buf, false, {
    on_lines = function()
      if rebuilds[buf] ~= rebuild then
        return true
      end
      local left = MOST_MS - (vim.uv.now() - began)
      timer:start(math.max(0, math.min(PAUSE_MS, left)), 0, arrive)
      take_note_soon(buf, rebuild)
    end,
  })
  timer:start(MOST_MS, 0, arrive)
end

return M
