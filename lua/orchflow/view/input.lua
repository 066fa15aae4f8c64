-- Owns what is typed in a view: on its way to the daemon, in order, in pieces it can take.

local M = {}

---One message carries so much at most; a paste may be of any size.
local PIECE = 64 * 1024

---What can be typed ahead while a terminal is being opened. A person does not get there.
local MOST_AHEAD = 1024 * 1024

---@param text string
---@param first integer
---@return integer last Of the piece that starts at `first`; no character is cut in two.
local function piece_end(text, first)
  local last = first + PIECE - 1
  if last >= #text then
    return #text
  end
  -- Where the next byte goes on with a character, that character is left for the next piece.
  return last + vim.str_utf_start(text, last + 1)
end

---@param view orchflow.View
---@param data string
local function send(view, data)
  local first = 1
  while first <= #data do
    local last = piece_end(data, first)
    local params = { id = view.id, view = view.view, data = data:sub(first, last) }
    require("orchflow.client").notify("terminal.write", params)
    first = last + 1
  end
end

---Whether a person has pressed a key: a program that left mouse or focus reports on gets those too.
---@param data string
---@return boolean
local function is_key(data)
  return not (data:find("^\27%[[IO]$") or data:find("^\27%[M") or data:find("^\27%[<"))
end

---@param view orchflow.View
---@param data string
function M.take(view, data)
  if view.exit then
    if is_key(data) then
      -- Neovim does not let a buffer go while it hands over its input.
      vim.schedule(function()
        require("orchflow.view.fate").dismiss(view)
      end)
    end
  elseif view.view then
    send(view, data)
  elseif view.opening and #view.ahead + #data <= MOST_AHEAD then
    view.ahead = view.ahead .. data
  elseif is_key(data) then
    -- Without a daemon keys go nowhere: nobody could say when they would arrive.
    require("orchflow.recovery").typed()
  end
end

---Sends what was typed ahead.
---@param view orchflow.View
function M.flush(view)
  local data = view.ahead
  view.ahead = ""
  if not view.exit then
    send(view, data)
  end
end

return M
