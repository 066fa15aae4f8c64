-- Owns the `++flags` of :Orchflow: places to show a terminal in, and values such as `++name=web`.

local M = {}

local SPLITS = require("orchflow.config").SPLITS

---@param keys string[]
---@return string[]
local function all(keys)
  local flags = {}
  for _, place in ipairs(SPLITS) do
    table.insert(flags, "++" .. place)
  end
  for _, key in ipairs(keys) do
    table.insert(flags, ("++%s="):format(key))
  end
  return flags
end

---@param opts table<string, string>
---@param word string
---@param keys string[]
---@return boolean taken
---@return orchflow.Fault|nil
local function take(opts, word, keys)
  local key, value = word:match("^%+?%+?(%w+)=(.*)$")
  local is_flag, place = vim.startswith(word, "++"), word:sub(3)
  if key and value and vim.list_contains(keys, key) then
    opts[key] = value:gsub("%z", " ")
    return true
  elseif is_flag and vim.list_contains(SPLITS, place) then
    opts.split = place
    return true
  elseif is_flag then
    local message, hint = ("there is no flag %s"):format(word), table.concat(all(keys), " ")
    return false, { kind = "invalid_params", message = message, hint = hint }
  end
  return false
end

---Takes the flags off the front of a line. A blank in a value is written as `\ `.
---@param line string
---@param keys string[] Flags that take a value. `name=web` is taken for `++name=web`.
---@return table<string, string> opts
---@return string rest
---@return orchflow.Fault|nil
function M.parse(line, keys)
  local opts, rest = {}, line:gsub("\\ ", "\0")
  while true do
    local word, after = rest:match("^(%S+)%s*(.*)$")
    local taken, fault = false, nil
    if word then
      taken, fault = take(opts, word, keys)
    end
    if not taken or not after then
      return opts, (rest:gsub("%z", "\\ ")), fault
    end
    rest = after
  end
end

---@param lead string
---@param keys string[]
---@return string[]
function M.complete(lead, keys)
  local given, path = lead:match("^(%+*cwd=)(.*)$")
  if given and path and vim.list_contains(keys, "cwd") then
    return vim.tbl_map(function(dir)
      return given .. dir
    end, vim.fn.getcompletion(path, "dir"))
  end
  return vim.tbl_filter(function(flag)
    return vim.startswith(flag, lead)
  end, all(keys))
end

return M
