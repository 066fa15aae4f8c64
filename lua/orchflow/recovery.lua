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

local lost = false
local stopped = false -- Somebody has asked the daemon to end.
local restart ---@type fun()|nil The person has asked for a restart: what follows the loss.
local connected_at = 0
local watcher ---@type uv.uv_fs_event_t|nil
local trying = false

---@param left integer
local function try(left)
  trying = lost and left > 0
  if trying and client.connect(false) then
    vim.defer_fn(function()
      try(left - 1)
    end, PAUSE_MS)
  else
    trying = false
  end
end

---Waits for a new socket without asking again and again: the system tells.
local function watch()
  local name = vim.fs.basename(socket.path())
  local tell = vim.schedule_wrap(function(_, changed)
    if changed == name and not trying then
      try(TRIES)
    end
  end)
  watcher = watcher or assert(vim.uv.new_fs_event())
  -- Where the folder is gone too, this fails: then the next command of the person connects.
  watcher:start(socket.folder(), {}, tell)
end

notices.on("daemon.stopping", function()
  stopped = true
end)

notices.on("lost", function()
  if vim.v.exiting ~= vim.NIL then
    return
  end
  lost = true
  watch()
  if restart then
    vim.schedule(restart)
    return
  end
  local what = stopped and "the daemon was stopped" or "the daemon is gone"
  message.warn(what, "to start one: :Orchflow list")
  if vim.uv.now() - connected_at > BRIEF_MS then
    try(TRIES) -- Only the connection may be lost, or the next daemon be there already.
  end
end)

notices.on("connected", function()
  connected_at = vim.uv.now()
  if watcher then
    watcher:stop()
  end
  if lost and not restart then
    message.info("the daemon is back")
  end
  lost, stopped, restart = false, false, nil
end)

---The next loss is wanted: nobody is warned of it, and `start` is called.
---@param start fun()|nil
function M.expect(start)
  restart = start
end

return M
