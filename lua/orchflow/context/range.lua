-- Owns `{range}`: the lines that were given, or the cursor's. What is not saved is told as text, since
-- an agent sees the disk.

local words = require("orchflow.words")

---@type orchflow.Placeholder
return {
  desc = "the lines of the range, or the cursor's",
  expand = function(here, give)
    local first, last = here.first or here.line, here.last or here.line
    local place = here.path and { path = here.path, first = first, last = last }
    if place and not here.unsaved then
      return give({ place })
    end
    local lines = here.selected or vim.api.nvim_buf_get_lines(here.buf, first - 1, last, false)
    local block = words.block(lines, vim.bo[here.buf].filetype)
    give(place and { place, " (not saved yet)", block } or { block })
  end,
}
