-- Owns placeholders such as `{file}`: finds them in a person's words, and puts in what they stand for.
-- A placeholder is a file beside this one; to add one is to add a file, also in a person's own config.

local M = {}

---@class orchflow.Placeholder
---@field desc string
---@field of_agent? boolean It needs to know where the agent works.
---@field expand fun(here: orchflow.Here, give: orchflow.Give) It calls `give` once, now or later.

---@alias orchflow.Give fun(parts: orchflow.agent.Part[]|nil, why: string|nil, hint: string|nil) `why`
---there are none, and what to type about it.

---@class orchflow.Blank A placeholder that is to be filled.
---@field blank string

---@alias orchflow.Piece orchflow.agent.Part|orchflow.Blank

---@return table<string, string> modules By the name of the placeholder.
local function modules()
  local found = {}
  for _, path in ipairs(vim.api.nvim_get_runtime_file("lua/orchflow/context/*.lua", true)) do
    local name = vim.fn.fnamemodify(path, ":t:r")
    if name ~= "init" then
      found[name] = "orchflow.context." .. name
    end
  end
  return found
end

---@return string[]
function M.names()
  local names = vim.tbl_keys(modules())
  table.sort(names)
  return names
end

---Takes words apart at their placeholders. Braces with anything else in them are words.
---@param text string
---@return orchflow.Piece[]
---@return boolean any Whether there is any placeholder.
function M.split(text)
  local known, pieces, any = modules(), {}, false
  local from = 1 ---@type integer
  for start, name, stop in text:gmatch("(){([%w_]+)}()") do
    ---@cast start any
    ---@cast stop any -- Empty captures are positions.
    if known[name] ~= nil then
      local before = start - 1
      ---@cast before integer
      table.insert(pieces, text:sub(from, before))
      table.insert(pieces, { blank = name })
      from = stop --[[@as integer]]
      any = true
    end
  end
  table.insert(pieces, text:sub(from))
  return pieces, any
end

---A range that no placeholder speaks of comes before the words.
---@param text string
---@param here orchflow.Here
---@return string
function M.with_range(text, here)
  local _, any = M.split(text)
  return here.first and not any and "{range} " .. text or text
end

---@param pieces orchflow.Piece[]
---@param filled table<integer, orchflow.agent.Part[]> By the place of the placeholder.
---@return orchflow.Piece[]
local function join(pieces, filled)
  local joined = {}
  for i, piece in ipairs(pieces) do
    local before = joined[#joined]
    if type(piece) == "string" and type(before) == "string" and before:find("\n$") then
      piece = piece:gsub("^[ \t]+", "") -- After a block words begin a line.
    end
    vim.list_extend(joined, filled[i] or { piece })
  end
  return joined
end

---Fills in the placeholders: before `here` has a directory, those that need none.
---@param pieces orchflow.Piece[]
---@param here orchflow.Here
---@param callback fun(fault: orchflow.Fault|nil, pieces: orchflow.Piece[]|nil)
function M.fill(pieces, here, callback)
  local known, filled, open, failed = modules(), {}, 1, false
  local function close()
    open = open - 1
    if open == 0 and not failed then
      callback(nil, join(pieces, filled))
    end
  end
  for i, piece in ipairs(pieces) do
    local name = type(piece) == "table" and piece.blank
    local placeholder = name and require(known[name]) ---@type orchflow.Placeholder|false|nil
    if placeholder and (here.directory or not placeholder.of_agent) then
      open = open + 1
      placeholder.expand(here, function(parts, why, hint)
        if not parts and not failed then
          failed = true
          local message = ("{%s}: %s"):format(name, why)
          hint = hint or ":help orchflow-placeholders"
          callback({ kind = "not_found", message = message, hint = hint })
        end
        filled[i] = parts
        close()
      end)
    end
  end
  close()
end

---What an agent is told: in the syntax of its program.
---@param pieces orchflow.Piece[]
---@param here orchflow.Here
---@param target { id?: string, profile?: string, cwd?: string }
---@param callback fun(fault: orchflow.Fault|nil, text: string|nil)
function M.compose(pieces, here, target, callback)
  local there = vim.tbl_extend("force", here, { directory = target.cwd or vim.fn.getcwd() })
  ---@cast there orchflow.Here
  M.fill(pieces, there, function(fault, parts)
    if fault then
      return callback(fault)
    end
    local params = { id = target.id, parts = parts }
    if not target.id then
      params.profile, params.cwd = target.profile, target.cwd
    end
    require("orchflow.client").request("agent.compose", params, function(refused, composed)
      callback(refused, composed and vim.trim(composed.text))
    end)
  end)
end

---@param lead string
---@return string[]
function M.complete(lead)
  local before, begun = lead:match("^(.*){([%w_]*)$")
  if not begun and lead ~= "" then
    return {}
  end
  local candidates = {}
  for _, name in ipairs(M.names()) do
    if vim.startswith(name, begun or "") then
      table.insert(candidates, ("%s{%s}"):format(before or "", name))
    end
  end
  return candidates
end

---For 'completefunc'.
---@param find 0|1
---@param base string
---@return integer|table[]
function M.complete_here(find, base)
  local line = vim.api.nvim_get_current_line():sub(1, vim.fn.col(".") - 1)
  if find == 1 then
    return (line:find("{[%w_]*$") or #line + 1) - 1
  end
  return vim.tbl_map(function(word)
    local placeholder = require("orchflow.context." .. word:sub(2, -2)) ---@type orchflow.Placeholder
    return { word = word, menu = placeholder.desc }
  end, M.complete(base))
end

return M
