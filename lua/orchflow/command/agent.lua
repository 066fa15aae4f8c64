-- Owns `:Orchflow agent`: starts a coding agent, and shows it.

local flags = require("orchflow.flags")

local KEYS = { "name", "cwd", "role" }

---A prompt with placeholders, or of a range, in the words of the program that is to get it.
---@param prompt string
---@param cmd orchflow.Cmd
---@param target { profile: string, cwd: string|nil }
---@param callback fun(fault: orchflow.Fault|nil, words: string|nil)
local function compose(prompt, cmd, target, callback)
  local context = require("orchflow.context")
  local here = require("orchflow.here").look(cmd.range == 2 and cmd.lines or nil)
  local pieces, any = context.split(prompt ~= "" and context.with_range(prompt, here) or "")
  if not any then
    return callback(nil, prompt ~= "" and prompt or nil) -- At once, and so is the window.
  end
  context.fill(pieces, here, function(fault, filled)
    if not filled then
      return callback(fault)
    end
    context.compose(filled, here, target, callback)
  end)
end

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
    if not profile or not prompt then
      return { kind = "invalid_params", message = "an agent has a profile" }
    end
    local environment = require("orchflow.environment")
    local cwd = environment.directory(given.cwd)
    compose(prompt, cmd, { profile = profile, cwd = cwd }, function(refused, words)
      if refused then
        return require("orchflow.message").fault(refused)
      end
      require("orchflow.terminal").start("agent.spawn", {
        profile = profile,
        prompt = words,
        name = given.name,
        role = given.role,
        cwd = cwd,
        env = environment.variables(),
        clear_env = true,
      }, vim.tbl_extend("force", cmd.place, given))
    end)
  end,
  complete = function(lead, args)
    local _, profile = flags.parse(table.concat(args, " "), KEYS)
    if profile ~= "" then
      return require("orchflow.context").complete(lead)
    end
    local candidates = flags.complete(lead, KEYS)
    return vim.list_extend(candidates, require("orchflow.programs").complete(lead))
  end,
}
