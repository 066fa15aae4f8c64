-- Owns `:Orchflow resume`: brings an agent back with its conversation, or goes on with a copy of it.

local flags = require("orchflow.flags")

---Its views follow by themselves; where there are none, one is opened.
---@param id string
---@param prompt? string
---@param place orchflow.Place
local function bring_back(id, prompt, place)
  local params = { id = id, prompt = prompt }
  require("orchflow.client").request("agent.resume", params, function(fault, resumed)
    if fault then
      return require("orchflow.message").fault(fault)
    elseif not require("orchflow.view").find(resumed.name) then
      require("orchflow.terminal").attach(resumed.name, place)
    end
  end)
end

---@type orchflow.Verb
return {
  desc = "Bring back an agent that has ended, with its conversation; with ! go on with a copy of it",
  usage = "[++float] [name] [prompt]",
  run = function(_, cmd)
    local given, line, fault = flags.parse(cmd.line, {})
    if fault then
      return fault
    end
    local name, prompt = line:match("^(%S+)%s*(.*)$")
    local id
    id, fault = require("orchflow.one").find(name)
    if not id then
      return fault
    end
    prompt = prompt ~= "" and prompt or nil
    local place = vim.tbl_extend("force", cmd.place, given)
    if not cmd.bang then
      return bring_back(id, prompt, place)
    end
    local params = { id = id, fork = true, prompt = prompt }
    require("orchflow.terminal").start("agent.resume", params, place)
  end,
  complete = flags.before_name("orchflow.known"),
}
