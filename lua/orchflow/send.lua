-- Owns giving an agent words: from what a person says, with what they look at, to a prompt.

local M = {}

local addressee = require("orchflow.addressee")
local agents = require("orchflow.agents")
local client = require("orchflow.client")
local context = require("orchflow.context")
local message = require("orchflow.message")

---@class orchflow.SendOpts
---@field to? string The agent's name or id. Without it, the one that is obvious, or chosen.
---@field range? integer[] The first and the last line that are meant. Without it, the selection.
---@field now? boolean Do not wait for the end of its turn.
---@field preview? boolean Show what would be sent first.
---@field unless_changed? fun(go_on: fun(), refused: fun()) Calls one of them: is the agent the one that was seen?

---@class orchflow.Message What is on its way.
---@field text string
---@field opts orchflow.SendOpts
---@field here orchflow.Here
---@field report fun(fault: orchflow.Fault|nil)
---@field drafted? boolean The person has written it in a draft, and would lose it.
---@field final? boolean It is what the agent gets: braces in it are no placeholders.

---A draft that has not arrived, for the next one to begin with.
local unsent ---@type { text: string, final: boolean|nil }|nil

---@param fault orchflow.Fault|nil
local function show_fault(fault)
  if fault then
    message.fault(fault)
  end
end

---@param msg orchflow.Message
---@param fault orchflow.Fault|nil None where the person has chosen no agent.
local function fail(msg, fault)
  if msg.drafted then
    unsent = { text = msg.text, final = msg.final }
    if fault then
      fault.hint = fault.hint or "your words: :Orchflow send"
    end
  end
  if fault then
    msg.report(fault)
  end
end

---@param msg orchflow.Message
---@param agent orchflow.agent.Info
---@param words string
local function prompt(msg, agent, words)
  addressee.remember(agent)
  msg.text, msg.final = words, true
  local when = msg.opts.now and "now" or "after_turn"
  local params = { id = agent.id, text = words, when = when }
  local function go_on()
    client.request("agent.prompt", params, function(fault)
      if fault then
        fault.message = ("%s: %s"):format(agent.name, fault.message)
        return fail(msg, fault)
      end
      msg.report()
    end)
  end
  if not msg.opts.unless_changed then
    return go_on()
  end
  msg.opts.unless_changed(go_on, function()
    fail(msg)
  end)
end

---@param msg orchflow.Message
---@param agent orchflow.agent.Info
---@param pieces orchflow.Piece[]
local function compose(msg, agent, pieces)
  local target = { id = agent.id, cwd = agent.cwd }
  context.compose(pieces, msg.here, target, function(fault, words)
    if not words then
      return fail(msg, fault)
    elseif not msg.opts.preview then
      return prompt(msg, agent, words)
    end
    local title = "to " .. agent.name
    require("orchflow.draft").open({ title = title, text = words }, false, function(edited)
      msg.drafted = true
      prompt(msg, agent, edited)
    end)
  end)
end

---@param msg orchflow.Message
---@return orchflow.Piece[]
local function pieces_of(msg)
  if msg.final then
    return { msg.text }
  end
  -- Who has drafted it has seen the range, and may have taken it out.
  return (context.split(msg.drafted and msg.text or context.with_range(msg.text, msg.here)))
end

---@param msg orchflow.Message
---@param agent orchflow.agent.Info|nil
---@param all orchflow.agent.Info[]
local function fill(msg, agent, all)
  context.fill(pieces_of(msg), msg.here, function(fault, filled)
    if not filled then
      return fail(msg, fault)
    elseif agent then
      return compose(msg, agent, filled)
    end
    addressee.choose(all, function(chosen, guessed)
      if not chosen then
        return fail(msg)
      elseif guessed and not msg.opts.preview then
        vim.api.nvim_echo({ { ("to %s"):format(chosen.name), "Comment" } }, false, {})
      end
      compose(msg, chosen, filled)
    end)
  end)
end

---Has the person write it. What did not arrive before is there again.
---@param msg orchflow.Message
---@param title string
---@param go_on fun()
local function write(msg, title, go_on)
  local range = msg.here.first and "{range} " or ""
  local draft = unsent or { text = range }
  unsent = nil
  local open = require("orchflow.draft").open
  open({ title = title, text = draft.text }, true, function(written)
    msg.text, msg.drafted, msg.final, msg.opts.preview = written, true, draft.final, false
    go_on()
  end)
end

---Gives an agent words. It is answered once the agent has taken them.
---@param text string Placeholders in it are filled in. Without any words the person writes them.
---@param opts? orchflow.SendOpts
---@param callback? fun(fault: orchflow.Fault|nil) Without it, a failure is shown.
---@param names? boolean Whether the first word may be the agent's name.
function M.send(text, opts, callback, names)
  opts = vim.deepcopy(opts or {})
  local here = require("orchflow.here").look(opts.range)
  ---@type orchflow.Message
  local msg = { text = vim.trim(text), opts = opts, here = here, report = callback or show_fault }
  agents.list(function(fault, all)
    if fault then
      return msg.report(fault)
    end
    local first, rest = msg.text:match("^(%S+)%s*(.*)$")
    local agent = addressee.find(all, opts.to or names and first or "")
    local none = not agent and (opts.to and addressee.unknown(all, opts.to) or addressee.none(all))
    if none then
      return msg.report(none)
    elseif agent and not opts.to then
      msg.text = rest or ""
    end
    local function go_on()
      fill(msg, agent, all)
    end
    if msg.text ~= "" then
      return go_on()
    end
    agent = agent or addressee.obvious(all)
    write(msg, agent and "to " .. agent.name or "to an agent", go_on)
  end)
end

return M
