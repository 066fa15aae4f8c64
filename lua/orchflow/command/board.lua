-- Owns `:Orchflow board`, which is `:Orchflow` alone too: shows the swarm, or hides it.

local PLACES = { "float", "split", "tab" }

---@type orchflow.Verb
return {
  desc = "Show all agents and terminals, with what they do; again, hide them",
  usage = "[float|split|tab]",
  run = function(args)
    local place = args[1]
    if #args > 1 or place and not vim.list_contains(PLACES, place) then
      return { kind = "invalid_params", message = "a board is a float, a split or a tab" }
    end
    return require("orchflow.board").toggle(place --[[@as "float"|"split"|"tab"|nil]])
  end,
  complete = function(lead, args)
    return vim.tbl_filter(function(place)
      return #args == 0 and vim.startswith(place, lead)
    end, PLACES)
  end,
}
