-- Owns `:Orchflow next`: the agent that has waited longest for an answer, in its terminal.

local flags = require("orchflow.flags")

---@type orchflow.Verb
return {
  desc = "Go to the agent that has waited longest for an answer, in its terminal",
  usage = "[++float]",
  run = function(_, cmd)
    local given, rest, fault = flags.parse(cmd.line, {})
    if fault then
      return fault
    elseif rest ~= "" then
      return { kind = "invalid_params", message = ("`%s` is no flag"):format(rest) }
    end
    local place = vim.tbl_extend("force", cmd.place, given)
    local inbox = require("orchflow.inbox")
    inbox.list(nil, function(_, longest)
      inbox.open(longest, place)
    end)
  end,
  complete = function(lead)
    return flags.complete(lead, {})
  end,
}
