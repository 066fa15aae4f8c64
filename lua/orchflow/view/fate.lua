-- Owns what becomes of views: their program exits, their terminal is renamed or closed, the daemon
-- goes and comes back.

local M = {}

local client = require("orchflow.client")
local message = require("orchflow.message")
local name_of = require("orchflow.view.name")
local notices = require("orchflow.notices")

---@param id string
---@return fun(): orchflow.View|nil
local function showing(id)
  return vim.iter(require("orchflow.view").all()):map(function(_, view)
    return view.id == id and not view.ended and view or nil
  end)
end

---Deletes the buffer. Its windows go with it, as with every terminal buffer.
---@param view orchflow.View
function M.drop(view)
  if vim.api.nvim_buf_is_valid(view.buf) then
    vim.api.nvim_buf_delete(view.buf, { force = true })
  end
end

---The person is done with a terminal whose program has exited.
---@param view orchflow.View
function M.dismiss(view)
  if vim.fn.getcmdwintype() ~= "" then
    return -- No buffer can be deleted from there; the next key will do.
  end
  M.drop(view)
  client.request("terminal.close", { id = view.id }, function(fault)
    if fault and fault.kind ~= "not_found" then -- Another editor may have been faster.
      message.fault(fault)
    end
  end)
end

---Leaves the text, and lets Neovim treat the rest as a terminal that has ended: a key deletes it.
---@param view orchflow.View
---@param words? string
local function finish(view, words)
  view.ended, view.view = true, nil
  if words then
    vim.api.nvim_chan_send(view.channel, ("\27[m\27[999H\r\n[%s]"):format(words))
  end
  vim.fn.chanclose(view.channel)
end

---@param fault orchflow.Fault
---@param view orchflow.View
function M.fail(view, fault)
  finish(view, fault.hint and ("%s (%s)"):format(fault.message, fault.hint) or fault.message)
end

notices.on("terminal.exited", function(exited) ---@param exited orchflow.terminal.Exited
  for view in showing(exited.id) do
    view.exit = exited.exit
    require("orchflow.view").describe(view)
    if view.is_shell and exited.exit.code == 0 then -- As |default-autocmds| say of :terminal.
      M.dismiss(view)
    end
  end
end)

return M
