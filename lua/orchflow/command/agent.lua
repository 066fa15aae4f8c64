-- Owns `:Orchflow agent`: starts a coding agent, and shows it.

local flags = require("orchflow.flags")

local KEYS = { "name", "cwd", "role" }

---@type orchflow.Verb
return {
  desc = "Start a coding agent, such as claude or codex, and give it something to do",
  usage = "[++float] [++name=NAME] [++cwd=DIRECTORY] [++role=ROLE] {profile} [prompt]",
  run = function(_, cmd)
    local given, line, fault = flags.parse(cmd.line, KEYS)
    if fault then
      return fault
    end
    local profile, prompt = line:match("^(%S+)%s*(.*)$")
    if not profile then
      return { kind = "invalid_params", message = "an agent has a profile" }
    end
    local environment = require("orchflow.environment")
    local place = vim.tbl_extend("force", cmd.place, given)
    require("orchflow.terminal").start("agent.spawn", {
      profile = profile,
      prompt = prompt ~= "" and prompt or nil,
      name = given.name,
      role = given.role,
      cwd = environment.directory(given.cwd),
      env = environment.variables(),
      clear_env = true,
    }, place)
  end,
  complete = function(lead, args)
    local _, profile = flags.parse(table.concat(args, " "), KEYS)
    if profile ~= "" then
      return {}
    end
    local candidates = flags.complete(lead, KEYS)
    return vim.list_extend(candidates, require("orchflow.programs").complete(lead))
  end,
}
