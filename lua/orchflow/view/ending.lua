-- Owns where a view that was in no window stands when it is shown again. Neovim moves the cursor with
-- the last line only in a window (0.10), and only from the very last line.

local M = {}

local reading = require("orchflow.view.reading")
local rebuild = require("orchflow.view.rebuild")

---@class orchflow.Left
---@field place orchflow.Reading
---@field moved boolean Its lines are not where they were.

local left = {} ---@type table<integer, orchflow.Left> By buffer.

---A fresh buffer takes the place of one that is in no window.
---@param old integer
---@param fresh integer
function M.hand_over(old, fresh)
  left[fresh] = left[old] and { place = left[old].place, moved = true }
end

---@param buf integer
local function leave(buf)
  local place = rebuild.places(buf)[1]
  left[buf] = place and { place = place, moved = rebuild.is_under_way(buf) }
end

---@param buf integer
local function enter(buf)
  local was = left[buf]
  left[buf] = nil
  for _, win in ipairs(was and vim.fn.win_findbuf(buf) or {}) do
    if was.place.follows then
      reading.to_end(buf, win)
    elseif was.moved then
      was.place.win = win
      rebuild.restore(buf, { was.place })
    end
  end
end

---Has whoever leaves the buffer at its end find its end, and whoever reads in it the same lines.
---@param buf integer
function M.keep(buf)
  for event, callback in pairs({ BufWinLeave = leave, BufWinEnter = enter }) do
    vim.api.nvim_create_autocmd(event, {
      buffer = buf,
      callback = function()
        callback(buf)
      end,
    })
  end
  vim.api.nvim_create_autocmd("BufUnload", {
    buffer = buf,
    callback = function()
      left[buf] = nil
    end,
  })
end

return M
