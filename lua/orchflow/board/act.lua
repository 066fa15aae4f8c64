-- Owns what the keys of a board do. Everything is done to whom the cursor is on, by id; it is said by
-- name and id to whom it was done; and where that one has changed since the person saw it, nothing is.

local M = {}

local client = require("orchflow.client")
local message = require("orchflow.message")

---@param row orchflow.board.Row
---@return string
local function called(row)
  return ("%s (%s)"):format(row.name, row.agent or row.terminal)
end

---Whom the cursor is on; otherwise it is said why there is nobody.
---@param board orchflow.Board
---@return orchflow.board.Row|nil
local function current(board)
  local row = board.rows:current()
  board.rows.filtered = false
  if not row then
    local gone = board.rows.gone
    message.warn(gone and ("%s is gone; nothing was done"):format(gone) or "there is nobody here")
  end
  return row
end

---@param board orchflow.Board
---@param what string
---@return orchflow.board.Row|nil
local function agent(board, what)
  local row = current(board)
  if row and not row.agent then
    message.warn(("%s is no agent: there is nothing to %s"):format(called(row), what))
    return nil
  end
  return row
end

---Goes on if the one that was seen is still what it was; otherwise says that it is not. What this editor
---has painted may be older than the person's answer, so the daemon is asked.
---@param seen orchflow.board.Row
---@param also_status boolean
---@param go_on fun()
local function if_same(seen, also_status, go_on)
  local method = seen.agent and "agent.get" or "terminal.get"
  client.request(method, { id = seen.agent or seen.terminal }, function(fault, now)
    local gone = fault and fault.kind == "not_found"
    if fault and not gone then
      return message.fault(fault)
    end
    local status = now and (now.status or now.exit and "exited" or "running")
    local change = gone and "is gone"
      or now.name ~= seen.name and ("is called %s now"):format(now.name)
      or also_status and status ~= seen.status and ("is %s now"):format(status)
    if change then
      return message.warn(("%s %s; nothing was done"):format(called(seen), change))
    end
    go_on()
  end)
end

---@param method orchflow.Method
---@param row orchflow.board.Row
---@param done string What was done, with a place for whom it was done to.
local function call(method, row, done)
  client.request(method, { id = row.agent or row.terminal }, function(fault)
    if fault then
      fault.message = ("%s: %s"):format(called(row), fault.message)
      return message.fault(fault)
    end
    message.info(done:format(called(row)))
  end)
end

---@param board orchflow.Board
---@param split orchflow.Split
function M.open(board, split)
  local row = current(board)
  if row and row.terminal then
    board:leave()
    require("orchflow.terminal").attach(row.terminal, { split = split })
  end
end

---@param board orchflow.Board
function M.prompt(board)
  local row = agent(board, "prompt")
  if row then
    require("orchflow.send").send("", { to = row.agent }, function(fault)
      if fault then
        return message.fault(fault)
      end
      message.info(("%s has taken it"):format(called(row)))
    end)
  end
end

---@param board orchflow.Board
function M.answer(board)
  local row = agent(board, "answer")
  if row and row.status ~= "blocked" then
    return message.warn(("%s asks nothing"):format(called(row)))
  elseif row then
    local inbox = require("orchflow.inbox")
    inbox.list(row.agent, function(_, longest)
      inbox.answer(longest, { split = "current" }, function()
        board:leave()
      end)
    end)
  end
end

---@param board orchflow.Board
function M.interrupt(board)
  local row = agent(board, "interrupt")
  if row then
    call("agent.interrupt", row, "%s was interrupted")
  end
end

---@param board orchflow.Board
function M.stop(board)
  local row = current(board)
  if not row then
    return
  elseif row.status == "exited" and row.agent then
    return message.warn(("%s has ended already"):format(called(row)))
  end
  local stop = row.agent and "Stop " or "Close "
  local choices = { stop .. called(row), "Leave it alone" }
  local opts = { prompt = stop .. called(row) .. "?", kind = "orchflow_confirm" }
  vim.ui.select(choices, opts, function(_, index)
    if index == 1 then
      if_same(row, true, function()
        local method = row.agent and "agent.stop" or "terminal.close"
        call(method, row, row.agent and "%s was stopped" or "%s was closed")
      end)
    end
  end)
end

---@param board orchflow.Board
function M.resume(board)
  local row = agent(board, "resume")
  if row then
    call("agent.resume", row, "%s was resumed")
  end
end

---@param board orchflow.Board
function M.rename(board)
  local row = current(board)
  if not row then
    return
  end
  local opts = { prompt = ("Rename %s to: "):format(called(row)), default = row.name }
  vim.ui.input(opts, function(name)
    if not name or name == "" or name == row.name then
      return
    end
    if_same(row, false, function()
      local params = { id = row.terminal, name = name }
      client.request("terminal.rename", params, function(fault)
        if fault then
          return message.fault(fault)
        end
        message.info(("%s is called %s now"):format(called(row), name))
      end)
    end)
  end)
end

---@param board orchflow.Board
function M.mark(board)
  local row = agent(board, "mark")
  if row then
    board:mark(row.terminal --[[@as string]])
    local line = vim.api.nvim_win_get_cursor(0)[1]
    local next = board.rows:next(line + 1, 1)
    if next then
      board.rows:go(next)
      board:moved()
    end
  end
end

---@param board orchflow.Board
function M.unmark(board)
  board:mark(nil)
end

---@param board orchflow.Board
function M.broadcast(board)
  local to, names = {}, {}
  for _, row in ipairs(board:marked_rows()) do
    table.insert(to, row.agent)
    table.insert(names, row.name)
  end
  if #to == 0 then
    return message.warn("nobody is marked", "to mark: m")
  end
  local title = ("to %d agents: %s"):format(#to, table.concat(names, ", "))
  require("orchflow.draft").open({ title = title, text = "" }, true, function(text)
    require("orchflow.broadcast").broadcast(text, { to = to })
  end)
end

---@param board orchflow.Board
function M.filter(board)
  require("orchflow.board.filter").ask(board)
end

---@param board orchflow.Board
function M.grid(board)
  local filter = board.filter
  board:hide()
  require("orchflow.board.grid").open(filter)
end

function M.help()
  require("orchflow.board.keys").help()
end

---@param board orchflow.Board
function M.hide(board)
  board:set_filter("") -- Whoever comes back wants to see all.
  board:hide()
end

return M
