-- Owns `:Orchflow grid`: the live screens of all, beside each other.

---@type orchflow.Verb
return {
  desc = "Show the live screens of all agents and terminals, beside each other; with words, only those that have them",
  usage = "[words]",
  run = function(_, cmd)
    local fault = require("orchflow.client").connect(true)
    if fault then
      return fault
    end
    require("orchflow.board.grid").open(cmd.line)
  end,
}
