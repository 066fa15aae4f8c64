-- Owns how orchflow speaks to the person: one sentence, and in brackets what to type about it.

local M = {}

---@param level integer Of `vim.log.levels`.
---@param text string
---@param hint? string
local function say(level, text, hint)
  local told = hint and ("orchflow: %s (%s)"):format(text, hint) or ("orchflow: %s"):format(text)
  vim.notify(told, level)
end
M.say = say

---@param text string
---@param hint? string
function M.info(text, hint)
  say(vim.log.levels.INFO, text, hint)
end

---@param text string
---@param hint? string
function M.warn(text, hint)
  say(vim.log.levels.WARN, text, hint)
end

---What a terminal's program has to say. Those that show messages with a title get it too.
---@param name string The terminal's.
---@param text string
---@param urgent boolean
function M.note(name, text, urgent)
  local level = urgent and vim.log.levels.WARN or vim.log.levels.INFO
  vim.notify(("%s: %s"):format(name, text), level, { title = name })
end

---@param fault orchflow.Fault
function M.fault(fault)
  say(vim.log.levels.ERROR, fault.message, fault.hint)
end

---Calls what may be somebody else's function. Its error is shown with where it happened, because
---the one who wrote it must see that; without this it would end in the daemon's log.
---@param callback function
---@param ... any
function M.guard(callback, ...)
  local fine, trace = xpcall(callback, debug.traceback, ...)
  if not fine then
    say(vim.log.levels.ERROR, trace)
  end
end

return M
