-- Owns giving many agents the same words: each in the syntax of its program, and what became of it.

local M = {}

local client = require("orchflow.client")
local context = require("orchflow.context")
local describe = require("orchflow.describe")
local message = require("orchflow.message")

---Those that answer at once have done so by then; others are busy.
local WORD_MS = 1000

---@class orchflow.BroadcastOpts
---@field to? string[] Names or ids.
---@field seen? table<string, string> What the person has seen them called, by id.
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
    local seen = opts.seen and opts.seen[agent.id]
    if seen and seen ~= agent.name then
      local who = describe.called(seen, agent.id)
      local change = ("%s is %s now; nothing was done"):format(who, agent.name)
      return {}, { kind = "conflict", message = change }
    end
    table.insert(picked, agent)
  end
  picked = vim.tbl_filter(function(info)
    return (not opts.profile or info.profile == opts.profile)
      and (not opts.role or info.role == opts.role)
  end, opts.to and picked or require("orchflow.agents").running(all))
  if #picked == 0 then
    local which = "no agent is meant by that"
    local fault = { kind = "not_found", message = which, hint = ":Orchflow broadcast {text}" }
    return {}, addressee.none(all) or fault
  end
  return picked
end

---What of a message's line is for other words than names.
local WORDS_ROOM = 60

---@param agents orchflow.agent.Info[]
---@return string Who they are, by name and id, as far as a line has room.
local function called(agents)
  local all = vim.tbl_map(function(agent)
    return describe.called(agent.name, agent.id)
  end, agents)
  local room = math.max(vim.v.echospace - WORDS_ROOM, 20)
  return describe.line(table.concat(all, ", "), room)
end

---What became of it so far, in one message; what comes later is told when it comes.
---@param agents orchflow.agent.Info[]
---@return fun(agent: orchflow.agent.Info, fault: orchflow.Fault|nil) answered
local function account(agents)
  local waiting, taken, failed, told = vim.list_slice(agents), {}, {}, false
  local function tell()
    if told then
      return
    end
    told = true
    local parts = { ("taken by %d of %d agents"):format(#taken, #agents) }
    if #taken > 0 then
      parts[1] = parts[1] .. ": " .. called(taken)
    end
    if #waiting > 0 then
      table.insert(parts, ("%d to take it after their turn: %s"):format(#waiting, called(waiting)))
    end
    if #failed > 0 then
      table.insert(parts, "failed: " .. table.concat(failed, "; "))
      return message.warn(table.concat(parts, "; "))
    end
    message.info(table.concat(parts, "; "))
  end
  vim.defer_fn(tell, WORD_MS)
  return function(agent, fault)
    local why = fault and ("%s: %s"):format(called({ agent }), fault.message)
    if fault and told then
      fault.message = why --[[@as string]]
      message.fault(fault)
    end
    waiting = vim.tbl_filter(function(one)
      return one.id ~= agent.id
    end, waiting)
    if fault then
      table.insert(failed, why)
    else
      table.insert(taken, agent)
    end
    if #waiting == 0 then
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
