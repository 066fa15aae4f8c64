-- Owns `{hunk}`: what was changed where the cursor is, or in the range, since it was last added to git.

local words = require("orchflow.words")

---@param diff string
---@param first integer
---@param last integer
---@return string[] hunks Those that these lines are in.
local function within(diff, first, last)
  local hunks, is_in = {}, false
  for line in diff:gmatch("[^\n]*\n?") do
    local from, count = line:match("^@@ %-[%d,]+ %+(%d+),?(%d*) @@")
    local start, rows = tonumber(from), tonumber(count) or 1
    if start then
      is_in = first <= start + math.max(rows, 1) - 1 and last >= start
    end
    if is_in then
      table.insert(hunks, line)
    end
  end
  return hunks
end

---@type orchflow.Placeholder
return {
  desc = "the change under the cursor, or in the range",
  expand = function(here, give)
    if not here.path then
      return give(nil, "there is no file in this window")
    end
    local lines = vim.api.nvim_buf_get_lines(here.buf, 0, -1, false)
    local first, last = here.first or here.line, here.last or here.line
    local ask = { "show", ":./" .. vim.fs.basename(here.path) }
    require("orchflow.git")(ask, vim.fs.dirname(here.path), function(staged, why)
      if not staged then
        return give(nil, why)
      end
      local diff = require("orchflow.difference")(staged, table.concat(lines, "\n") .. "\n")
      local hunks = within(diff, first, last)
      if #hunks == 0 then
        return give(nil, "nothing was changed here")
      end
      local unsaved = here.unsaved and " (in the editor, not saved yet)" or ""
      give({ { path = here.path }, unsaved, words.block(table.concat(hunks), "diff") })
    end)
  end,
}
