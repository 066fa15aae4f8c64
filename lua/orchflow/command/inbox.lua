-- Owns `:Orchflow inbox`: the questions of all agents, to be answered.

local flags = require("orchflow.flags")

---@type orchflow.Verb
return {
  desc = "Choose a question of an agent, and answer it; with a name, that agent's",
  usage = "[++float] [name]",
  run = function(_, cmd)
    local given, name, fault = flags.parse(cmd.line, {})
    if fault then
      return fault
    end
    local place = vim.tbl_extend("force", cmd.place, given)
    local inbox = require("orchflow.inbox")
    inbox.list(name ~= "" and name or nil, function(questions, longest)
      if name ~= "" then
        inbox.answer(longest, place)
      else
        inbox.choose(questions, place)
      end
    end)
  end,
  complete = flags.before_name("orchflow.agents"),
}
