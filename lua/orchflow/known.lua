-- Owns the names of terminals as last heard of. They serve completion only, which must not wait.

local M = {}

local client = require("orchflow.client")
local notices = require("orchflow.notices")

local names ---@type table<string, string>|nil By id; nil until the first listing has come.
local asking = false

local function list()
  asking = true
  client.request("terminal.list", {}, function(fault, listing)
    asking = false
    if fault then
      return -- Then there is nothing to complete, and nobody has asked to be told why.
    end
    names = {}
    for _, info in ipairs(listing.terminals) do
      names[info.id] = info.name
    end
  end)
end

---Connects to a daemon if there is one, but starts none.
---@param lead string
---@return string[]
function M.complete(lead)
  if not names and not asking and not client.connect(false) then
    list()
  end
  local candidates = {}
  for _, name in pairs(names or {}) do
    if vim.startswith(name, lead) then
      table.insert(candidates, name)
    end
  end
  table.sort(candidates)
  return candidates
end

---@param info { id: string, name: string }
local function learn(info)
  if names then
    names[info.id] = info.name
  end
end

notices.on("terminal.opened", learn)
notices.on("terminal.renamed", learn)
---@param closed orchflow.terminal.Closed
notices.on("terminal.closed", function(closed)
  if names then
    names[closed.id] = nil
  end
end)
notices.on("events.lost", list)
notices.on("lost", function()
  names = nil
end)

return M
