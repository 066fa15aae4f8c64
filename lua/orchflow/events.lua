-- Owns the `User` autocommands: what happens in the swarm, for other plugins and a person's own code.

local M = {}

local notices = require("orchflow.notices")

---@param pattern string
---@param data table
function M.fire(pattern, data)
  vim.api.nvim_exec_autocmds("User", { pattern = pattern, modeline = false, data = data })
end

---The status that each agent was last told in, by id.
local told = {} ---@type table<string, orchflow.agent.Status>

---@param word string
---@return string
local function camel(word)
  return (word:gsub("^%l", string.upper))
end

---@param info orchflow.agent.Info
local function tell(info)
  if told[info.id] ~= info.status then
    local before = told[info.id]
    told[info.id] = info.status
    local data = vim.tbl_extend("force", info, { before = before })
    M.fire("OrchflowAgent" .. camel(info.status), data)
  end
end

---@param info orchflow.agent.Info
notices.on("agent.spawned", function(info)
  M.fire("OrchflowAgentSpawned", info)
  tell(info)
end)
notices.on("agent.changed", tell)
require("orchflow.agents").on_change(function(info)
  if not info then -- All were listed: what they are is no news.
    for _, known in ipairs(require("orchflow.agents").all()) do
      told[known.id] = known.status
    end
  end
end)

for notice, pattern in pairs({
  ["inbox.opened"] = "OrchflowQuestionOpened",
  ["inbox.closed"] = "OrchflowQuestionClosed",
  ["terminal.opened"] = "OrchflowTerminalOpened",
  ["terminal.exited"] = "OrchflowTerminalExited",
  ["terminal.closed"] = "OrchflowTerminalClosed",
  ["terminal.command_finished"] = "OrchflowCommandFinished",
  ["connected"] = "OrchflowConnected",
  ["lost"] = "OrchflowLost",
}) do
  notices.on(notice, function(payload)
    M.fire(pattern, payload or {})
  end)
end

return M
