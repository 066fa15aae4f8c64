-- Owns the `++flags` of :Orchflow: places to show a terminal in or other switches, and values such as
-- `++name=web`.

local M = {}

local SPLITS = require("orchflow.config").SPLITS

---@param keys string[]
---@param switches string[]
---@return string[]
local function all(keys, switches)
  local flags = {}
  for _, switch in ipairs(switches) do
    table.insert(flags, "++" .. switch)
  end
  for _, key in ipairs(keys) do
    table.insert(flags, ("++%s="):format(key))
  end
  return flags
end

---@param opts table<string, any>
---@param word string
---@param keys string[]
---@param switches string[]
---@return boolean taken
---@return orchflow.Fault|nil
local function take(opts, word, keys, switches)
  local key, value = word:match("^%+?%+?(%w+)=(.*)$")
  local is_flag, switch = vim.startswith(word, "++"), word:sub(3)
  if key and value and vim.list_contains(keys, key) then
    opts[key] = value:gsub("%z", " ")
    return true
  elseif is_flag and vim.list_contains(switches, switch) then
    if switches == SPLITS then
      opts.split = switch
    else
      opts[switch] = true
    end
    return true
  elseif is_flag then
    local message = ("there is no flag %s"):format(word)
    local hint = table.concat(all(keys, switches), " ")
    return false, { kind = "invalid_params", message = message, hint = hint }
  end
  return false
end

---Takes the flags off the front of a line. A blank in a value is written as `\ `.
---@param line string
---@param keys string[] Flags that take a value. `name=web` is taken for `++name=web`.
---@param switches? string[] Those that take none, instead of the places.
---@return table<string, any> opts
---@return string rest
---@return orchflow.Fault|nil
function M.parse(line, keys, switches)
  local opts, rest = {}, line:gsub("\\ ", "\0")
  while true do
    local word, after = rest:match("^(%S+)%s*(.*)$")
    local taken, fault = false, nil
    if word then
      taken, fault = take(opts, word, keys, switches or SPLITS)
    end
    if not taken or not after then
      return opts, (rest:gsub("%z", "\\ ")), fault
    end
    rest = after
  end
end

---@param lead string
---@param keys string[]
---@param switches? string[]
---@return string[]
function M.complete(lead, keys, switches)
  local given, path = lead:match("^(%+*cwd=)(.*)$")
  if given and path and vim.list_contains(keys, "cwd") then
    return vim.tbl_map(function(dir)
      return given .. dir
    end, vim.fn.getcompletion(path, "dir"))
  end
  return vim.tbl_filter(function(flag)
    return vim.startswith(flag, lead)
  end, all(keys, switches or SPLITS))
end

---Completes places to show something in, and then one name.
---@param names "orchflow.agents"|"orchflow.known" The module that knows the names.
---@return fun(lead: string, args: string[]): string[]
function M.before_name(names)
  return function(lead, args)
    local _, name = M.parse(table.concat(args, " "), {})
    if name ~= "" then
      return {}
    end
    local candidates = require(names).complete(lead)
    return vim.startswith(lead, "+") and M.complete(lead, {}) or candidates
  end
end

return M
