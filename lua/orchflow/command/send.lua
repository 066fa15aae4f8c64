-- Owns `:Orchflow send`: gives an agent words, with what the editor knows in place of placeholders.

local flags = require("orchflow.flags")

local SWITCHES = { "now", "preview" }

---@type orchflow.Verb
return {
  desc = "Tell an agent something, such as `mend {diagnostics}`; without text, write it in a buffer; with `!` at once",
  usage = "[++now] [++preview] [name] [text]",
  run = function(_, cmd)
    local given, text, fault = flags.parse(cmd.line, {}, SWITCHES)
    if fault then
      return fault
    end
    local opts = { range = cmd.lines, now = given.now or cmd.bang, preview = given.preview }
    require("orchflow.send").send(text, opts, nil, true)
  end,
  complete = function(lead, args)
    local _, text = flags.parse(table.concat(args, " "), {}, SWITCHES)
    local placeholders = require("orchflow.context").complete(lead)
    if text ~= "" or #placeholders > 0 and lead ~= "" then
      return placeholders
    elseif vim.startswith(lead, "+") then
      return flags.complete(lead, {}, SWITCHES)
    end
    return vim.list_extend(require("orchflow.agents").complete(lead), placeholders)
  end,
}
