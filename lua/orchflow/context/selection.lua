-- Owns `{selection}`: the text that was selected, with where it stands.

local words = require("orchflow.words")

---@type orchflow.Placeholder
return {
  desc = "the selected text, with where it stands",
  expand = function(here, give)
    if not here.selected then
      return give(nil, "nothing is selected, and no range was given")
    end
    local block = words.block(here.selected, vim.bo[here.buf].filetype)
    if not here.path then
      return give({ block })
    end
    local place = { path = here.path, first = here.first, last = here.last }
    give({ place, here.unsaved and " (not saved yet)" or "", block })
  end,
}
