-- Owns the editor's settings: one schema gives their defaults, their check and what is said of a
-- wrong one. They come from `vim.g.orchflow` and `setup()`, which wins; neither is needed.

local M = {}

---@class orchflow.Setting
---@field expected string What a value must be, as it is said of one that is not.
---@field fits fun(value: any): boolean
---@field default? any

---@class orchflow.Config
---@field binary? string
---@field split orchflow.Split
---@field start_insert boolean
---@field icons orchflow.board.Icons
---@field motion boolean
---@field winbar boolean
---@field notify boolean|orchflow.Notify
---@field float { width: number, height: number, border: string|table }

---@alias orchflow.Split "below"|"above"|"left"|"right"|"tab"|"float"|"current"

---Where a terminal can be shown.
---@type orchflow.Split[]
M.SPLITS = { "below", "above", "left", "right", "tab", "float", "current" }

local EXTENT = "a number above 0: up to 1 a share of the editor, beyond that cells"

local function is_extent(value)
  return type(value) == "number" and value > 0
end

---@param value any
---@return boolean
local function is_level(value)
  return value == false or type(value) == "number" and value >= 0 and value <= 5
end

local NOTIFICATIONS = {
  blocked = is_level,
  done = is_level,
  quiet = function(value)
    local is_time = function(time)
      return type(time) == "string" and time:find("^%d%d:%d%d$") ~= nil
    end
    return type(value) == "table" and #value == 2 and is_time(value[1]) and is_time(value[2])
  end,
  osc = function(value)
    return value == false or value == 9 or value == 777
  end,
  callback = vim.is_callable,
}

---@param given table
---@return boolean
local function are_notifications(given)
  for key, value in pairs(given) do
    if not NOTIFICATIONS[key] or not NOTIFICATIONS[key](value) then
      return false
    end
  end
  return true
end

---@type table<string, string|string[]>
local BORDERS = { unicode = "rounded", ascii = { "+", "-", "+", "|", "+", "-", "+", "|" } }

-- A table without `expected` is a group of settings.
local SCHEMA = {
  binary = {
    expected = "the path of the orchflow program",
    fits = function(value)
      return type(value) == "string" and value ~= ""
    end,
  },
  split = {
    default = "below",
    expected = "one of " .. table.concat(M.SPLITS, ", "),
    fits = function(value)
      return vim.list_contains(M.SPLITS, value)
    end,
  },
  start_insert = {
    default = true,
    expected = "true or false",
    fits = function(value)
      return type(value) == "boolean"
    end,
  },
  icons = {
    default = "unicode",
    expected = "'unicode' or 'ascii'",
    fits = function(value)
      return value == "unicode" or value == "ascii"
    end,
  },
  motion = {
    default = true,
    expected = "true or false",
    fits = function(value)
      return type(value) == "boolean"
    end,
  },
  winbar = {
    default = false,
    expected = "true or false",
    fits = function(value)
      return type(value) == "boolean"
    end,
  },
  notify = {
    default = true,
    expected = "true, false or a table of blocked, done, quiet, osc and callback",
    fits = function(value)
      return type(value) == "boolean" or type(value) == "table" and are_notifications(value)
    end,
  },
  float = {
    width = { default = 0.8, expected = EXTENT, fits = is_extent },
    height = { default = 0.8, expected = EXTENT, fits = is_extent },
    border = { -- What it is if nothing is said depends on the icons.
      expected = "a border as nvim_open_win() takes it",
      fits = function(value)
        return type(value) == "string" or type(value) == "table"
      end,
    },
  },
}

---@param schema table
---@param given table
---@param path string
---@param problems string[]
local function refuse_unknown(schema, given, path, problems)
  for key in pairs(given) do
    if schema[key] == nil then
      local meant = require("orchflow.nearest")(tostring(key), vim.tbl_keys(schema))
      local guess = meant and ("; did you mean `%s%s`?"):format(path, meant) or ""
      problems[#problems + 1] = ("there is no setting `%s%s`%s"):format(path, key, guess)
    end
  end
end

---@param schema table
---@param given table
---@param path string
---@param problems string[]
---@return table settled
local function settle(schema, given, path, problems)
  local settled = {}
  for key, setting in pairs(schema) do
    local value, group = given[key], setting.expected == nil
    local fits = value == nil
      or (group and type(value) == "table")
      or (not group and setting.fits(value))
    if not fits then
      local expected = group and "a table" or setting.expected
      local shown = vim.inspect(value, { newline = " ", indent = "" })
      problems[#problems + 1] = ("`%s%s` must be %s, not %s"):format(path, key, expected, shown)
      value = nil
    end
    if group then
      settled[key] = settle(setting, value or {}, path .. key .. ".", problems)
    else
      settled[key] = value == nil and setting.default or value
    end
  end
  refuse_unknown(schema, given, path, problems)
  return settled
end

local given = {} ---@type table What `setup()` was called with.
local settled ---@type orchflow.Config|nil

---@return orchflow.Config
---@return string[] problems
function M.read()
  local problems = {}
  local global = vim.g.orchflow
  if type(global) ~= "table" then
    if global ~= nil then
      problems[1] = "`vim.g.orchflow` must be a table"
    end
    global = {}
  end
  local both = vim.tbl_deep_extend("force", global, given) --[[@as table]]
  local config = settle(SCHEMA, both, "", problems) --[[@as orchflow.Config]]
  config.float.border = config.float.border or BORDERS[config.icons]
  return config, problems
end

---The settings. What is wrong with them is said once, and the defaults hold in its place.
---@return orchflow.Config
function M.get()
  if not settled then
    local problems
    settled, problems = M.read()
    if #problems > 0 then
      local text = table.concat(problems, "\n")
      require("orchflow.message").warn(text, ":help orchflow-config")
    end
  end
  return settled
end

---@param opts? table
function M.set(opts)
  given, settled = opts or {}, nil
  M.get()
end

return M
