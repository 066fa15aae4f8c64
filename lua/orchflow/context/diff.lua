-- Owns `{diff}`: all that was changed since the last commit where the agent works, with the names of
-- files that are new.

local git = require("orchflow.git")
local words = require("orchflow.words")

---No program of the person's own is run to show it, and no colours come along.
local PLAIN = { "diff", "--no-color", "--no-ext-diff", "--no-textconv" }

---@param changes string
---@param directory string
---@param give orchflow.Give
local function with_new_files(changes, directory, give)
  local ask = { "ls-files", "--others", "--exclude-standard" }
  git(ask, directory, function(new, why, hint)
    if not new then
      return give(nil, why, hint)
    elseif changes == "" and new == "" then
      return give(nil, ("nothing was changed in %s"):format(vim.fn.fnamemodify(directory, ":~")))
    end
    local parts = { changes ~= "" and words.block(changes, "diff") or nil }
    if new ~= "" then
      local names = words.bound(vim.trim(new):gsub("\n", ", "))
      table.insert(parts, ("New files: %s\n"):format(names))
    end
    give(parts)
  end)
end

---@type orchflow.Placeholder
return {
  desc = "what was changed since the last commit",
  of_agent = true,
  expand = function(here, give)
    local directory = here.directory --[[@as string]]
    git(vim.list_extend({ unpack(PLAIN) }, { "HEAD" }), directory, function(changes, why, hint)
      if changes then
        return with_new_files(changes, directory, give)
      elseif why and not why:find("'HEAD'", 1, true) then
        return give(nil, why, hint)
      end
      -- Before the first commit there is no HEAD.
      git(PLAIN, directory, function(unstaged, problem, advice)
        if not unstaged then
          return give(nil, problem, advice)
        end
        with_new_files(unstaged, directory, give)
      end)
    end)
  end,
}
