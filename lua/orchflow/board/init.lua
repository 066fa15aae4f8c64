-- Owns the one board of this editor: that there is one, and where it is shown.

local M = {}

local board ---@type orchflow.Board|nil

---@return orchflow.Board|nil
function M.get()
  return board
end

---Its windows may have changed a moment ago.
local function settle()
  if board then
    require("orchflow.board.following").settle(board)
  end
end

---Makes room for what is to be shown in a window, where the person is in a board or has one above all windows.
function M.make_room()
  settle()
  local seen = board and board:is_seen() and board
  if seen and (seen.place == "float" or seen.rows.buf == vim.api.nvim_get_current_buf()) then
    seen:leave()
  end
end

---Shows the board there, or hides it where it is shown there already.
---@param place? "float"|"split"|"tab"
---@return orchflow.Fault|nil
function M.toggle(place)
  local fault = require("orchflow.client").connect(true)
  if fault then
    return fault
  end
  require("orchflow.highlights")
  if board and not vim.api.nvim_buf_is_valid(board.rows.buf) then
    board.painting:close()
    board.preview:close()
    board = nil
  end
  settle()
  local was, seen = board and board.place, board and board:is_seen()
  if board and was then
    board:hide(not seen)
    if seen and (not place or place == was) then
      return
    end
  end
  board = board or require("orchflow.board.board").new()
  board:show(place or "float")
end

return M
