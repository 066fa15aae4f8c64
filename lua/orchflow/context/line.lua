-- Owns `{line}`: the cursor's line, with where it stands.

local words = require("orchflow.words")

---@type orchflow.Placeholder
return {
  desc = "the cursor's line, with where it stands",
  expand = function(here, give)
    local line = vim.api.nvim_buf_get_lines(here.buf, here.line - 1, here.line, false)[1] or ""
    local text = words.inline(line)
    give(here.path and { { path = here.path, first = here.line }, " " .. text } or { text })
  end,
}
