-- Owns the names of agent programs as last heard of. They serve completion only, which must not wait.

local M = {}

local client = require("orchflow.client")

local names ---@type string[]|nil Nil until the first listing has come.
local asking = false

local function list()
  asking = true
  client.request("agent.profiles", {}, function(fault, listing)
    asking = false
    names = {}
    for _, program in ipairs(not fault and listing.profiles or {}) do
      table.insert(names, program.name)
    end
  end)
end

---Connects to a daemon if there is one, but starts none.
---@param lead string
---@return string[]
function M.complete(lead)
  if not asking and not client.connect(false) then
    list() -- Each time: a profile that was just written counts the next time.
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, names or {})
end

return M
