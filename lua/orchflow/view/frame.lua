-- Owns frames that move lines between screen and scrollback, as the daemon knew them when it made the
-- frame: they are right only if the window is not resized before Neovim has brought its buffer up to date.

local M = {}

local size = require("orchflow.view.size")
local views = require("orchflow.view")

---Paints a frame.
---@param channel integer
---@param resizes integer Of how many resizes of this view the daemon knew.
---@param frame string
function M.paint(channel, resizes, frame)
  local view = views.on_channel(channel)
  if view and view.view then
    -- Neovim has resized its terminal at once, and may have told nobody yet.
    size.check(view)
    if view.resizes ~= resizes then
      size.doubt(view)
    end
    -- Lines are moved by line feeds, and nothing else is done with those.
    size.frame(view, frame:find("\n", 1, true) ~= nil)
  end
  vim.api.nvim_chan_send(channel, frame)
end

return M
