-- Owns what becomes of views: their program exits, their terminal is renamed or closed, the daemon
-- goes and comes back.

local M = {}

local client = require("orchflow.client")
local ending = require("orchflow.view.ending")
local message = require("orchflow.message")
local name_of = require("orchflow.view.name")
local notices = require("orchflow.notices")
local reading = require("orchflow.view.reading")
local rebuild = require("orchflow.view.rebuild")
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

---Neovim 0.10 goes on in the terminal mode of another buffer that it finds in the window, and leaves
---terminal mode where the terminal that it was in is gone before it has looked: keys would be
---commands then. Within the first time it looks; whatever else is done keeps it no longer than the second.
local SEEN_MS, LEFT_MS = 50, 500

---@param buf integer
---@return fun() over Does so no more.
local function go_on_typing(buf)
  local left = vim.api.nvim_create_autocmd("TermLeave", {
    once = true,
    callback = vim.schedule_wrap(function()
      if vim.api.nvim_get_current_buf() == buf then
        vim.cmd.startinsert()
      end
    end),
  })
  return function()
    pcall(vim.api.nvim_del_autocmd, left) -- It is gone where it was needed.
  end
end

---Drops the buffer in whose place another one is now.
---@param old orchflow.View
---@param fresh integer
local function drop_replaced(old, fresh)
  vim.defer_fn(function()
    if vim.api.nvim_get_mode().mode == "t" then
      vim.defer_fn(go_on_typing(fresh), LEFT_MS)
    end
    M.drop(old)
  end, SEEN_MS)
end

---A fresh buffer in these windows. Its terminal comes once all of them show it: Neovim 0.10 gives a terminal the size
---of the largest of its windows when it makes it, but takes no notice of those that begin to show it later.
---@param uri string
---@param wins integer[]
---@return integer buf
local function put_fresh(uri, wins)
  if #wins == 0 then
    return vim.fn.bufadd(uri) -- The next window to show it loads it, which attaches it.
  end
  local buf = vim.api.nvim_create_buf(true, false)
  vim.api.nvim_buf_set_name(buf, uri)
  for _, win in ipairs(wins) do
    put(win, buf)
  end
  return buf
end

---Gives a terminal that has survived a fresh buffer in the place of the old one, whose scrollback
---Neovim 0.10 cannot clear.
---@param old orchflow.View
function M.renew(old)
  local uri = name_of.uri(old.name or "")
  local places = rebuild.places(old.buf)
  old.ended = true
  name_of.free(uri)
  local wins = vim.fn.win_findbuf(old.buf)
  local fresh = put_fresh(uri, wins)
  vim.bo[fresh].buflisted = true
  ending.hand_over(old.buf, fresh)
  if #wins > 0 then
    require("orchflow.terminal").read(fresh, uri)
    assert(views.of(fresh)).misfit = old.misfit
  end
  for _, win in ipairs(wins) do
    reading.to_end(fresh, win)
  end
  rebuild.restore(fresh, places) -- At once: the windows may go before anything else happens.
  drop_replaced(old, fresh)
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

notices.on("terminal.restarted", function(info) ---@param info orchflow.terminal.Info
  for _, view in ipairs(views.live(info.id)) do
    view.exit, view.pid = nil, info.pid
    views.describe(view)
  end
end)

notices.on("terminal.renamed", function(renamed) ---@param renamed orchflow.terminal.Renamed
  for _, view in ipairs(views.live(renamed.id)) do
    view.name = renamed.name
    name_of.give(view.buf, renamed.name)
    views.describe(view)
  end
end)

notices.on("terminal.updated", function(updated) ---@param updated orchflow.terminal.Updated
  for _, view in ipairs(views.live(updated.id)) do
    views.work_in(view, updated.directory)
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

---Has the new daemon paint a terminal that has survived into the same buffer.
---@param view orchflow.View
local function repaint(view)
  view.opening = true
  rebuild.restore(view.buf, rebuild.places(view.buf))
  -- Modes, colours and screen as at the start, and no scrollback: the daemon takes it for new.
  vim.api.nvim_chan_send(view.channel, "\27c\27[3J")
  views.show(view, view.id --[[@as string]], function(fault)
    view.opening = false
    if fault and fault.kind ~= "unavailable" then -- Gone again: the next daemon is asked again.
      M.fail(view, fault)
    end
  end)
end

---Since 0.12 Neovim can erase the scrollback of a terminal; before, only a fresh terminal is empty.
local bring_back = vim.fn.has("nvim-0.12") == 1 and repaint or M.renew

---Says of every view that the last daemon has left whether its terminal has survived.
---@param listing orchflow.terminal.Listing
---@return integer reattached
local function settle(listing)
  local pids, reattached = {}, 0
  for _, info in ipairs(listing.terminals) do
    pids[info.id] = info.pid
  end
  for _, view in ipairs(views.live()) do
    if not view.view and pids[view.id] == view.pid then
      reattached = reattached + 1
      bring_back(view)
    elseif not view.view then
      finish(view, "Terminal lost: the daemon ended")
    end
  end
  return reattached
end

---Brings the views back that the last daemon has left.
---@param callback fun(reattached: integer)
function M.reattach(callback)
  if #views.live() == 0 then
    return callback(0)
  end
  client.request("terminal.list", {}, function(fault, listing)
    if not fault then -- Otherwise it is gone again, which is said; the next one is asked again.
      callback(settle(listing))
    end
  end)
end

return M
