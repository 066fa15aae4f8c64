-- Owns how findings are told, such as errors: under each file its own, one a line.

local words = require("orchflow.words")

---More of them than that are a flood and no help.
local MOST = 100

---@class orchflow.Finding
---@field path? string
---@field line integer
---@field column integer
---@field kind string Such as "error"; may be empty.
---@field text string

---@param found orchflow.Finding
---@return string
local function tell(found)
  local kind = found.kind ~= "" and found.kind .. ": " or ""
  local text = words.bound((vim.trim(found.text):gsub("%s*\n%s*", " ")))
  return ("\n- %d:%d %s%s"):format(found.line, found.column, kind, text)
end

---@param findings orchflow.Finding[]
---@return orchflow.agent.Part[]
return function(findings)
  local parts, path = {}, nil
  for i, found in ipairs(findings) do
    if i > MOST then
      table.insert(parts, ("\n(and %d more)"):format(#findings - MOST))
      break
    end
    if found.path and found.path ~= path then
      vim.list_extend(parts, { i > 1 and "\n" or "", { path = found.path } })
    end
    path = found.path
    table.insert(parts, tell(found))
  end
  table.insert(parts, "\n")
  return parts
end
