-- Owns :Orchflow: finds the verb that is meant, hands over the rest, and completes both. A verb is a
-- file beside this one; to add one is to add a file, also in another plugin.

local M = {}

---@class orchflow.Verb
---@field desc string
---@field usage string What may follow the verb; the hint of a fault that has none.
---@field run fun(args: string[], cmd: orchflow.Cmd): orchflow.Fault|nil
---@field complete? fun(lead: string, args: string[]): string[] `args` are the words before `lead`.

---@class orchflow.Cmd : vim.api.keyset.create_user_command.command_args
---@field line string What follows the verb, as it was typed.
---@field place orchflow.Place What modifiers and count say of the window.
---@field lines? integer[] The first and the last line of a range.

---@return table<string, string> modules By the name of the verb.
local function modules()
  local found = {}
  for _, path in ipairs(vim.api.nvim_get_runtime_file("lua/orchflow/command/*.lua", true)) do
    local file = vim.fn.fnamemodify(path, ":t:r")
    if file ~= "init" then
      -- Neovim takes every file called health.lua for a health check: that verb's is health_.lua.
      found[(file:gsub("_$", ""))] = "orchflow.command." .. file
    end
  end
  return found
end

---@return string[]
local function verbs()
  local names = vim.tbl_keys(modules())
  table.sort(names)
  return names
end

---@param name string
---@return orchflow.Verb|nil
local function verb(name)
  local module = modules()[name]
  return module and require(module)
end

---@param name string
---@return orchflow.Fault
local function unknown(name)
  local known = verbs()
  local meant = require("orchflow.nearest")(name, known)
  local hint = meant and (":Orchflow %s"):format(meant) or table.concat(known, ", ")
  return {
    kind = "invalid_params",
    message = ("there is no verb `%s`"):format(name),
    hint = meant and ("did you mean %s?"):format(hint) or hint,
  }
end

---@param cmd vim.api.keyset.create_user_command.command_args
function M.run(cmd)
  local name, bang, line = cmd.args:match("^([^%s!]+)(!?)%s*(.*)$")
  name = name or "board"
  local chosen = verb(name)
  local fault = not chosen and unknown(name) or nil
  if chosen then
    ---@cast cmd orchflow.Cmd
    cmd.bang = cmd.bang or bang == "!" -- `restart!` is as clear as `:Orchflow! restart`.
    cmd.line = vim.trim(line or "")
    cmd.place = { mods = cmd.smods, size = cmd.range == 1 and cmd.count > 0 and cmd.count or nil }
    cmd.lines = cmd.range > 0 and { math.max(cmd.line1, 1), math.max(cmd.line2, 1) } or nil
    fault = chosen.run(vim.split(cmd.line, "%s+", { trimempty = true }), cmd)
    if fault and not fault.hint then
      fault.hint = (":Orchflow %s %s"):format(name, chosen.usage)
    end
  end
  if fault then
    require("orchflow.message").fault(fault)
  end
end

---@param line string
---@return string[]
local function arguments(line)
  -- A range with marks or patterns cannot be parsed before it is known to be one of lines.
  for _, text in ipairs({ line, line:match("%u%l.*") }) do
    local fine, parsed = pcall(vim.api.nvim_parse_cmd, text, {})
    if fine then
      return parsed.args or {}
    end
  end
  return {}
end

---@param lead string The word to complete.
---@param line string The line up to the cursor.
---@return string[]
function M.complete(lead, line)
  local words = arguments(line)
  if lead ~= "" then
    table.remove(words)
  end
  local name = table.remove(words, 1)
  if not name then
    return vim.tbl_filter(function(candidate)
      return vim.startswith(candidate, lead)
    end, verbs())
  end
  local chosen = verb(name)
  return chosen and chosen.complete and chosen.complete(lead, words) or {}
end

return M
