-- Owns what becomes of views: their program exits, their terminal is renamed or closed, the daemon
-- goes and comes back.

local M = {}

local client = require("orchflow.client")
local message = require("orchflow.message")
local name_of = require("orchflow.view.name")
local notices = require("orchflow.notices")
local views = require("orchflow.view")

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
    -- What may stand in the next row is erased; the row after it is where Neovim says its own word.
    vim.api.nvim_chan_send(view.channel, ("\27[m\r\n[%s]\27[K\r\n"):format(words))
  end
  vim.fn.chanclose(view.channel)
end

---Says in the view itself why there is nothing to see.
---@param view orchflow.View
---@param fault orchflow.Fault
function M.fail(view, fault)
  finish(view, fault.hint and ("%s (%s)"):format(fault.message, fault.hint) or fault.message)
end

---@param win integer
---@param buf integer
local function put(win, buf)
  local fixed = vim.wo[win].winfixbuf
  vim.wo[win].winfixbuf = false
  vim.api.nvim_win_set_buf(win, buf)
  vim.wo[win].winfixbuf = fixed
end

---Gives a terminal that has survived a fresh buffer in the place of the old one, whose scrollback
---Neovim 0.10 cannot clear.
---@param old orchflow.View
function M.renew(old)
  local uri = name_of.uri(old.name or "")
  local typing = old.buf == vim.api.nvim_get_current_buf() and vim.api.nvim_get_mode().mode == "t"
  old.ended = true
  name_of.free(uri)
  local fresh = vim.fn.bufadd(uri)
  vim.bo[fresh].buflisted = true
  for _, win in ipairs(vim.fn.win_findbuf(old.buf)) do
    put(win, fresh) -- The first window loads the buffer, which attaches it; else the next to show it.
  end
  M.drop(old)
  -- Neovim 0.10 leaves terminal mode only after this, and would not come back at once.
  vim.schedule(function()
    for _, win in ipairs(vim.fn.win_findbuf(fresh)) do
      vim.api.nvim_win_set_cursor(win, { vim.api.nvim_buf_line_count(fresh), 0 })
    end
    if typing and vim.api.nvim_get_current_buf() == fresh then
      vim.cmd.startinsert()
    end
  end)
end

notices.on("terminal.exited", function(exited) ---@param exited orchflow.terminal.Exited
  for _, view in ipairs(views.live(exited.id)) do
    view.exit = exited.exit
    views.describe(view)
    if view.is_shell and exited.exit.code == 0 then -- As |default-autocmds| have it for :terminal.
      M.dismiss(view)
    end
  end
end)

notices.on("terminal.renamed", function(renamed) ---@param renamed orchflow.terminal.Renamed
  for _, view in ipairs(views.live(renamed.id)) do
    view.name = renamed.name
    name_of.give(view.buf, renamed.name)
    views.describe(view)
  end
end)

notices.on("terminal.closed", function(closed) ---@param closed orchflow.terminal.Closed
  for _, view in ipairs(views.live(closed.id)) do
    view.view = nil -- The daemon has closed it too.
    if view.leaving then
      M.drop(view)
    else
      finish(view)
    end
  end
end)

notices.on("lost", function()
  for _, view in ipairs(views.live()) do
    view.view = nil
  end
end)

---Says of every view that the last daemon has left whether its terminal has survived.
---@param listing orchflow.terminal.Listing
local function settle(listing)
  local pids = {}
  for _, info in ipairs(listing.terminals) do
    pids[info.id] = info.pid
  end
  for _, view in ipairs(views.live()) do
    if not view.view and pids[view.id] == view.pid then
      M.renew(view)
    elseif not view.view then
      finish(view, "Terminal lost: the daemon ended")
    end
  end
end

notices.on("connected", function()
  if #views.live() == 0 then
    return
  end
  client.request("terminal.list", {}, function(fault, listing)
    if not fault then -- Otherwise it is gone again, which was said; the next one is asked again.
      settle(listing)
    end
  end)
end)

return M
