-- Owns `:Orchflow history`: everything that a terminal has printed, as text to read.

local flags = require("orchflow.flags")

---@type orchflow.Verb
return {
  desc = "Read all that a terminal keeps, in a buffer; without a name, the one in this window",
  usage = "[++float] [name]",
  run = function(_, cmd)
    local given, name, fault = flags.parse(cmd.line, {})
    if fault then
      return fault
    end
    local here = vim.b.orchflow
    if name == "" and not here then
      return { kind = "invalid_params", message = "there is no terminal in this window" }
    end
    local place = vim.tbl_extend("force", cmd.place, given)
    require("orchflow.history").open(name ~= "" and name or here.id, place)
  end,
  complete = flags.before_name("orchflow.known"),
}
