-- Owns the `++flags` of :Orchflow: places to show a terminal in, and values such as `++name=web`.

local M = {}

---@param words string
---@param flag string
---@param value string
---@return orchflow.Fault
local function unknown(words, flag, value)
  local hint = value ~= "" and ("a value is given as ++%s=%s"):format(flag, value) or words
  local message = ("there is no flag ++%s"):format(flag)
  return { kind = "invalid_params", message = message, hint = hint }
end

---@param keys string[]
---@return string[]
local function all(keys)
  local flags = {}
  for _, place in ipairs(require("orchflow.config").SPLITS) do
    table.insert(flags, "++" .. place)
  end
  for _, key in ipairs(keys) do
    table.insert(flags, ("++%s="):format(key))
  end
  return flags
end

---Takes the flags off the front of a line. A blank in a value is written as `\ `.
---@param line string
---@param keys string[] Flags that take a value. `name=web` is taken for `++name=web`.
---@return { split?: orchflow.Split, [string]: string } opts
---@return string rest
---@return orchflow.Fault|nil
function M.parse(line, keys)
  local opts = {}
  local rest = line:gsub("\\ ", "\0")
  while true do
    local word, after = rest:match("^(%S+)%s*(.*)$")
    local plus, flag, value = (word or ""):match("^(%+*)([%w_]+)=?(.*)$")
    local has_value = word ~= nil and word:find("=", 1, true) ~= nil
    if has_value and vim.list_contains(keys, flag) and (plus == "++" or plus == "") then
      opts[flag] = value:gsub("%z", " ")
    elseif plus == "++" and vim.list_contains(require("orchflow.config").SPLITS, word:sub(3)) then
      opts.split = word:sub(3)
    elseif plus == "++" then
      return opts, rest, unknown(table.concat(all(keys), " "), flag, value)
    else
      return opts, (rest:gsub("%z", "\\ "))
    end
    rest = after
  end
end

---@param lead string
---@param keys string[]
---@return string[]
function M.complete(lead, keys)
  local flag, value = lead:match("^%+*(%w+)=(.*)$")
  if flag == "cwd" then
    local given = lead:sub(1, #lead - #value)
    return vim.tbl_map(function(dir)
      return given .. dir
    end, vim.fn.getcompletion(value, "dir"))
  end
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate, lead)
  end, all(keys))
end

return M
