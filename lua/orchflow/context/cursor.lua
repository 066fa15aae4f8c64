-- Owns `{cursor}`: file, line and column.

---@type orchflow.Placeholder
return {
  desc = "file:line:column of the cursor",
  expand = function(here, give)
    if not here.path then
      return give(nil, "there is no file in this window")
    end
    give({ { path = here.path, first = here.line, column = here.column } })
  end,
}
