-- Owns how a terminal is told in words, wherever one is listed.

local M = {}

local PROGRESS = { error = "failing", paused = "paused" }

---@param info orchflow.terminal.Info
---@return string
function M.state(info)
  if info.exit then
    return ("exited %d"):format(info.exit.code)
  end
  local progress = info.progress
  local state = progress and PROGRESS[progress.state] or "running"
  local percent = progress and progress.percent
  return percent and ("%s %d%%"):format(state, percent) or state
end

---@param info orchflow.terminal.Info
---@return string What a shell runs, else what the terminal was started with.
function M.work(info)
  local running = info.running and info.running.command or ""
  return running ~= "" and ("%s: %s"):format(M.command(info), running) or M.command(info)
end

---@param info orchflow.terminal.Info
---@return string What was typed: a shell line rather than the shell that got it.
function M.command(info)
  local argv = info.command
  local is_line = #argv == 3 and argv[2] == "-c"
  return ((is_line and argv[3] or table.concat(argv, " ")):gsub("%c", " "))
end

return M
