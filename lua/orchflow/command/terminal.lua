-- Owns `:Orchflow terminal`: starts a program, and shows it.

local flags = require("orchflow.flags")

local KEYS = { "name", "cwd" }

---Puts in file names for `%` and the like where they are words of their own, so that `date +%H:%M`
---stays what it is. As with :terminal, `:S` is the modifier that quotes.
---@param line string
---@return string
---@return string|nil empty The word for which there is no name.
local function expand(line)
  local empty
  local expanded = (" " .. line):gsub("(%s)(%S+)", function(blank, word)
    local special = word:find("^[%%#][:~.%a]*$") or word:find("^#%d+$") or word:find("^<c%a+>$")
    if not special then
      return
    end
    local name = vim.fn.expand(word)
    empty = name == "" and word or empty
    return blank .. name
  end)
  return expanded:sub(2), empty
end

---@type orchflow.Verb
return {
  desc = "Start a program in a new terminal; without one, the shell",
  usage = "[++float] [++name=NAME] [++cwd=DIRECTORY] [command]",
  run = function(_, cmd)
    local given, line, fault = flags.parse(cmd.line, KEYS)
    if fault then
      return fault
    end
    local command, empty = expand(line)
    if empty then
      local message = ("there is no file name to put in for %s"):format(empty)
      return { kind = "invalid_params", message = message, hint = ":help orchflow-terminal" }
    end
    local opts = vim.tbl_extend("force", cmd.place, given)
    opts.cmd = command ~= "" and command or nil
    require("orchflow.terminal").open(opts)
  end,
  complete = function(lead, args)
    local _, command = flags.parse(table.concat(args, " "), KEYS)
    if command ~= "" then
      return vim.fn.getcompletion(lead, "file")
    end
    local candidates = flags.complete(lead, KEYS)
    if lead == "" or not lead:find("^%+") and not lead:find("=") then
      vim.list_extend(candidates, vim.fn.getcompletion(lead, "shellcmd"))
    end
    return candidates
  end,
}
