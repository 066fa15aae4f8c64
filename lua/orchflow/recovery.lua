-- Owns what happens when the daemon is gone, and when there is one again.

local M = {}

local client = require("orchflow.client")
local message = require("orchflow.message")
local notices = require("orchflow.notices")
local socket = require("orchflow.socket")

---A daemon that drops us so soon would do it again: then only the person tries.
local BRIEF_MS = 2000

---A new socket file is there before its daemon listens: a few tries, then the next event.
local TRIES, PAUSE_MS = 20, 50

---The keeper starts a crashed daemon again, and an upgrade takes a moment: no word about that.
local WORD_MS = 1000

local lost = false
local typed = false -- In vain, which was said.
local losses = 0
local restart ---@type fun()|nil The person has asked for a restart: what follows the loss.
local connected_at = 0
local served ---@type string|nil Tells the socket that we were connected to from its successor.
local watcher ---@type uv.uv_fs_event_t|nil
local trying, left = false, 0

---@return string|nil
local function socket_identity()
  local found = vim.uv.fs_stat(socket.path())
  return found and ("%d %d.%d"):format(found.ino, found.ctime.sec, found.ctime.nsec)
end

local function go_on_trying()
  left = left - 1
  if lost and left >= 0 and client.connect(false) then
    vim.defer_fn(go_on_trying, PAUSE_MS)
  else
    trying = false
  end
end

---Every reason to try anew is as good as the first.
local function try()
  left = TRIES
  if not trying then
    trying = true
    go_on_trying()
  end
end

---Waits for a new socket without asking again and again: the system tells.
local function watch()
  local name = vim.fs.basename(socket.path())
  local tell = vim.schedule_wrap(function(_, changed)
    if changed == name then
      try()
    end
  end)
  watcher = watcher or assert(vim.uv.new_fs_event())
  -- Where the folder is gone too, this fails: then the next command of the person connects.
  watcher:start(socket.folder(), {}, tell)
end

---@param loss integer
local function say_lost(loss)
  vim.defer_fn(function()
    if lost and losses == loss then
      -- A daemon that is asked to end takes its socket away; Neovim may drop its last words with the channel.
      local stopped = not socket_identity()
      local what = stopped and "the daemon was stopped" or "the daemon is gone"
      message.warn(what, "to start one: :Orchflow list")
    end
  end, WORD_MS)
end

---@param reattached integer
local function say_back(reattached)
  local terminals = reattached == 1 and "1 terminal" or ("%d terminals"):format(reattached)
  local more = reattached > 0 and ("; %s reattached"):format(terminals) or ""
  message.info("the daemon is back" .. more)
end

notices.on("lost", function()
  if vim.v.exiting ~= vim.NIL then
    return
  end
  lost, typed, losses = true, false, losses + 1
  watch()
  if restart then
    vim.schedule(restart)
    return
  end
  say_lost(losses)
  -- Only the connection may be lost, or the next daemon be there already, before we watched.
  if vim.uv.now() - connected_at > BRIEF_MS or socket_identity() ~= served then
    try()
  end
end)

notices.on("connected", function()
  connected_at, served = vim.uv.now(), socket_identity()
  if watcher then
    watcher:stop()
  end
  if lost then
    local say = restart and function() end or say_back
    require("orchflow.view.fate").reattach(say)
  end
  lost, restart = false, nil
end)

---A daemon that is back and does not answer is busy, or the machine is: it is asked again. Each
---time takes the patience for a greeting.
function M.unanswered()
  if lost then
    try()
  end
end

---Somebody types at a terminal whose daemon is away. It is said once.
function M.typed()
  if lost and not typed then
    typed = true
    message.warn("what is typed while the daemon is away is lost")
  end
end

---The next loss is wanted: nobody is warned of it, and `start` is called.
---@param start fun()|nil
function M.expect(start)
  restart = start
end

return M
