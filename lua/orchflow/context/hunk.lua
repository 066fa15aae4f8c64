-- Owns `{hunk}`: what was changed where the cursor is, or in the range, since it was last added to git.

local text = require("orchflow.text")
local words = require("orchflow.words")

local TOO_LARGE = "the file is too large to compare"

---What git says of a file that is not in its index; which of them, its version decides.
---@param why string|nil
---@return boolean
local function is_unknown(why)
  return why ~= nil and (why:find("^path '") or why:find("^ambiguous argument ':")) ~= nil
end

---@type orchflow.Placeholder
return {
  desc = "the change under the cursor, or in the range",
  expand = function(here, give)
    if not here.path then
      return give(nil, "there is no file in this window")
    end
    local new, directory = text.whole(here.buf), vim.fs.dirname(here.path)
    if not new then
      return give(nil, TOO_LARGE)
    end
    local lines = { first = here.first or here.line, last = here.last or here.line }
    local ask = { "show", ":./" .. vim.fs.basename(here.path) }
    require("orchflow.git")(ask, directory, function(staged, why, hint)
      if not staged and is_unknown(why) then
        local name = vim.fs.basename(here.path)
        local add = "to have it compared: git add -N " .. vim.fn.shellescape(name)
        return give(nil, ("git does not know %s yet"):format(name), add)
      elseif not staged then
        return give(nil, why, hint)
      elseif #staged > text.MOST then
        return give(nil, TOO_LARGE)
      end
      local texts = { old = staged, new = new }
      require("orchflow.difference")(texts, lines, function(hunks, problem)
        if not hunks or hunks == "" then
          return give(nil, problem or "nothing was changed here")
        end
        local unsaved = here.unsaved and " (in the editor, not saved yet)" or ""
        give({ { path = here.path }, unsaved, words.block(hunks, "diff") })
      end)
    end, text.MOST)
  end,
}
