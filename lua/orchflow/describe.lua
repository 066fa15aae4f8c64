-- Owns how a terminal is told in words, wherever one is listed.

local M = {}

---@param info orchflow.terminal.Info
---@return string
function M.state(info)
  return info.exit and ("exited %d"):format(info.exit.code) or "running"
end

---@param info orchflow.terminal.Info
---@return string What was typed: a shell line rather than the shell that got it.
function M.command(info)
  local argv = info.command
  local is_line = #argv == 3 and argv[2] == "-c"
  return ((is_line and argv[3] or table.concat(argv, " ")):gsub("%c", " "))
end

return M
