-- Owns how a terminal and its agent are told in words, wherever they are listed.

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

---@param text string
---@param room integer
---@return string In one line, cut where it is longer than the room.
function M.line(text, room)
  local line = vim.trim((text:gsub("[%s%c]+", " ")))
  if vim.fn.strdisplaywidth(line) <= room then
    return line
  end
  return vim.fn.strcharpart(line, 0, math.max(room - 1, 0)) .. "…"
end

---@param ms integer
---@return string
function M.age(ms)
  local seconds = math.floor(ms / 1000)
  if seconds < 120 then
    return ("%d s"):format(seconds)
  elseif seconds < 7200 then
    return ("%d min"):format(math.floor(seconds / 60))
  end
  return ("%d h"):format(math.floor(seconds / 3600))
end

---@param info orchflow.terminal.Info
---@param agent orchflow.agent.Info
---@return string What it is doing, and how old the evidence for that is.
function M.status(info, agent)
  if info.exit then
    return M.state(info)
  end
  return ("%s %s"):format(agent.status, M.age(agent.evidence.age_ms))
end

---@param agent orchflow.agent.Info
---@param room integer
---@return string What it asks, or what to do about it, or what it is there for.
function M.concern(agent, room)
  if agent.advice then
    return ("%s (%s)"):format(M.line(agent.advice.text, room), agent.advice.hint)
  elseif agent.status == "blocked" then
    return ("“%s”"):format(M.line(agent.evidence.text, room - 2))
  end
  return M.line(agent.purpose or agent.role or "", room)
end

---Who was meant, so that nobody else can be.
---@param name string
---@param id string
---@return string
function M.called(name, id)
  return ("%s (%s)"):format(name, id)
end

return M
