-- Owns what is known of agents, as last heard of. It serves what must not wait: completion, and
-- knowing where agents work.

local M = {}

local client = require("orchflow.client")
local notices = require("orchflow.notices")

local known ---@type table<string, orchflow.agent.Info>|nil By terminal; nil until they were listed.
local asking = false

---@type (fun(info: orchflow.agent.Info|nil))[]
local listeners = {}

---Whoever must know that an agent is new, does something else or is gone.
---@param listener fun(info: orchflow.agent.Info|nil) Without one, all may have changed.
function M.on_change(listener)
  table.insert(listeners, listener)
end

---@param info orchflow.agent.Info|nil
local function tell(info)
  for _, listener in ipairs(listeners) do
    listener(info)
  end
end

---Asks the daemon, where there is one.
---@param callback? fun(fault: orchflow.Fault|nil, agents: orchflow.agent.Info[])
function M.list(callback)
  asking = true
  client.request("agent.list", {}, function(fault, listing)
    asking = false
    local agents = listing and listing.agents or {}
    if not fault then
      known = {}
      for _, info in ipairs(agents) do
        known[info.terminal] = info
      end
      tell()
    end
    if callback then
      callback(fault, agents)
    end
  end)
end

---@return orchflow.agent.Info[] All that are known.
function M.all()
  return vim.tbl_values(known or {})
end

---@param agents? orchflow.agent.Info[] All that are known if not given.
---@return orchflow.agent.Info[] Those whose program runs.
function M.running(agents)
  return vim.tbl_filter(function(info)
    return info.status ~= "exited"
  end, agents or vim.tbl_values(known or {}))
end

---Connects to a daemon if there is one, but starts none.
---@param lead string
---@return string[]
function M.complete(lead)
  if not known and not asking and not client.connect(false) then
    M.list()
  end
  local names = {}
  for _, info in pairs(known or {}) do
    if vim.startswith(info.name, lead) then
      table.insert(names, info.name)
    end
  end
  table.sort(names)
  return names
end

---@param info orchflow.agent.Info
local function learn(info)
  if known then
    known[info.terminal] = info
    tell(info)
  end
end

notices.on("agent.spawned", learn)
notices.on("agent.changed", learn)
---@param renamed orchflow.terminal.Renamed
notices.on("terminal.renamed", function(renamed)
  local info = known and known[renamed.id]
  if info then
    info.name = renamed.name
  end
end)
---@param closed orchflow.terminal.Closed
notices.on("terminal.closed", function(closed)
  if known and known[closed.id] then
    known[closed.id] = nil
    tell()
  end
end)
notices.on("events.lost", function()
  M.list()
end)
notices.on("connected", function()
  M.list()
end)
notices.on("lost", function()
  known = nil
  tell()
end)

return M
