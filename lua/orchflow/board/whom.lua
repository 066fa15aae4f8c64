-- Owns to whom something is done: the one that the cursor is on, by id. It is said by name and id to whom it was
-- done; and where that one has changed since the person saw it, nothing is.

local M = {}

local client = require("orchflow.client")
local message = require("orchflow.message")

---@param row orchflow.board.Row
---@return string
function M.called(row)
  local name = row.name --[[@as string]]
  local id = row.agent or row.terminal --[[@as string]]
  return require("orchflow.describe").called(name, id)
end

---Says why there is nobody to do something to.
---@param gone string|nil The name of the one that was chosen, and is there no more.
function M.nobody(gone)
  message.warn(gone and ("%s is gone; nothing was done"):format(gone) or "there is nobody here")
end

---Whom the cursor is on; otherwise it is said why there is nobody.
---@param board orchflow.Board
---@return orchflow.board.Row|nil
function M.current(board)
  local row = board.rows:current()
  board.rows.filtered = false
  if not row then
    M.nobody(board.rows.gone)
  end
  return row
end

---@param board orchflow.Board
---@param what string
---@return orchflow.board.Row|nil
function M.agent(board, what)
  local row = M.current(board)
  if row and not row.agent then
    message.warn(("%s is no agent: there is nothing to %s"):format(M.called(row), what))
    return nil
  end
  return row
end

---Goes on if the one that was seen is still what it was; otherwise says that it is not. What this editor
---has painted may be older than the person's answer, so the daemon is asked.
---@param seen orchflow.board.Row
---@param also_status boolean
---@param go_on fun()
---@param refused? fun()
function M.if_same(seen, also_status, go_on, refused)
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
    if not change then
      return go_on()
    end
    message.warn(("%s %s; nothing was done"):format(M.called(seen), change))
    if refused then
      refused()
    end
  end)
end

---@param method orchflow.Method
---@param row orchflow.board.Row
---@param done string What was done, with a place for whom it was done to.
function M.call(method, row, done)
  client.request(method, { id = row.agent or row.terminal }, function(fault)
    if fault then
      fault.message = ("%s: %s"):format(M.called(row), fault.message)
      return message.fault(fault)
    end
    message.info(done:format(M.called(row)))
  end)
end

return M
