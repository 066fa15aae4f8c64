-- Owns `:Orchflow broadcast`: gives several agents the same words.

local flags = require("orchflow.flags")

local KEYS, SWITCHES = { "to", "profile", "role" }, { "now" }

---@type orchflow.Verb
return {
  desc = "Tell all agents the same, or those with a name, profile or role",
  usage = "[++now] [++to=NAME,...] [++profile=PROFILE] [++role=ROLE] {text}",
  run = function(_, cmd)
    local given, text, fault = flags.parse(cmd.line, KEYS, SWITCHES)
    if fault then
      return fault
    elseif text == "" then
      return { kind = "invalid_params", message = "there is nothing to tell" }
    end
    require("orchflow.broadcast").broadcast(text, {
      to = given.to and vim.split(given.to, ",", { trimempty = true }) or nil,
      profile = given.profile,
      role = given.role,
      range = cmd.lines,
      now = given.now or cmd.bang,
    })
  end,
  complete = function(lead, args)
    local _, text = flags.parse(table.concat(args, " "), KEYS, SWITCHES)
    local before, name = lead:match("^(%+*to=.-)([^,=]*)$")
    if before and name then
      return vim.tbl_map(function(found)
        return before .. found
      end, require("orchflow.agents").complete(name))
    elseif text == "" and vim.startswith(lead, "+") then
      return flags.complete(lead, KEYS, SWITCHES)
    end
    return require("orchflow.context").complete(lead)
  end,
}
