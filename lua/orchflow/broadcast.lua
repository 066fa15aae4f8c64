-- Owns giving many agents the same words: each in the syntax of its program, and what became of it.

local M = {}

local client = require("orchflow.client")
local context = require("orchflow.context")
local message = require("orchflow.message")

---Those that answer at once have done so by then; others are busy.
local WORD_MS = 1000

---@class orchflow.BroadcastOpts
---@field to? string[] Names.
---@field profile? string
---@field role? string
---@field range? integer[]
---@field now? boolean

---@param all orchflow.agent.Info[]
---@param opts orchflow.BroadcastOpts
---@return orchflow.agent.Info[]
---@return orchflow.Fault|nil
local function pick(all, opts)
  local addressee = require("orchflow.addressee")
  local picked = {}
  for _, name in ipairs(opts.to or {}) do
    local agent = addressee.find(all, name)
    if not agent then
      return {}, addressee.unknown(all, name)
    end
    table.insert(picked, agent)
  end
  picked = vim.tbl_filter(function(info)
    return (not opts.profile or info.profile == opts.profile)
      and (not opts.role or info.role == opts.role)
  end, opts.to and picked or all)
  if #picked == 0 then
    local which = #all == 0 and "there is no agent" or "no agent is meant by that"
    return {}, { kind = "not_found", message = which, hint = ":Orchflow broadcast {text}" }
  end
  return picked
end

---What became of it so far, in one message; what comes later is told when it comes.
---@param agents orchflow.agent.Info[]
---@return fun(agent: orchflow.agent.Info, fault: orchflow.Fault|nil) answered
local function account(agents)
  local taken, failed, told = 0, {}, false
  local function tell()
    if told then
      return
    end
    told = true
    local waiting = #agents - taken - #failed
    local text = ("taken by %d of %d agents"):format(taken, #agents)
    text = waiting > 0 and ("%s; %d to take it after their turn"):format(text, waiting) or text
    if #failed > 0 then
      return message.warn(("%s; failed: %s"):format(text, table.concat(failed, "; ")))
    end
    message.info(text)
  end
  vim.defer_fn(tell, WORD_MS)
  return function(agent, fault)
    local why = fault and ("%s: %s"):format(agent.name, fault.message)
    if fault and told then
      fault.message = why --[[@as string]]
      message.fault(fault)
    end
    taken = taken + (fault and 0 or 1)
    table.insert(failed, why)
    if taken + #failed == #agents then
      tell()
    end
  end
end

---@param pieces orchflow.Piece[]
---@param here orchflow.Here
---@param agents orchflow.agent.Info[]
---@param when orchflow.agent.When
local function give(pieces, here, agents, when)
  local answered = account(agents)
  for _, agent in ipairs(agents) do
    context.compose(pieces, here, { id = agent.id, cwd = agent.cwd }, function(fault, words)
      if not words then
        return answered(agent, fault)
      end
      local params = { id = agent.id, text = words, when = when }
      client.request("agent.prompt", params, function(refused)
        answered(agent, refused)
      end)
    end)
  end
end

---@param text string
---@param opts orchflow.BroadcastOpts
function M.broadcast(text, opts)
  local here = require("orchflow.here").look(opts.range)
  require("orchflow.agents").list(function(fault, all)
    local agents = {}
    if not fault then
      agents, fault = pick(all, opts)
    end
    if fault then
      return message.fault(fault)
    end
    local pieces = context.split(context.with_range(text, here))
    context.fill(pieces, here, function(empty, filled)
      if not filled then
        return message.fault(empty --[[@as orchflow.Fault]])
      end
      give(filled, here, agents, opts.now and "now" or "after_turn")
    end)
  end)
end

return M
