-- Owns what the keys of a board do.

local M = {}

local client = require("orchflow.client")
local message = require("orchflow.message")
local whom = require("orchflow.board.whom")

---@param board orchflow.Board
---@param split orchflow.Split
function M.open(board, split)
  local row = whom.current(board)
  if row and row.terminal then
    board:leave()
    require("orchflow.terminal").attach(row.terminal, { split = split })
  end
end

---@param board orchflow.Board
function M.prompt(board)
  local row = whom.agent(board, "prompt")
  if row then
    local function unless_changed(go_on, refused)
      whom.if_same(row, false, go_on, refused)
    end
    local opts = { to = row.agent, unless_changed = unless_changed }
    require("orchflow.send").send("", opts, function(fault)
      if fault then
        return message.fault(fault)
      end
      message.info(("%s has taken it"):format(whom.called(row)))
    end)
  end
end

---@param board orchflow.Board
function M.answer(board)
  local row = whom.agent(board, "answer")
  if row and row.status ~= "blocked" then
    return message.warn(("%s asks nothing"):format(whom.called(row)))
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
  local row = whom.agent(board, "interrupt")
  if row then
    -- One that asks by now would take it for an answer.
    whom.if_same(row, true, function()
      whom.call("agent.interrupt", row, "%s was interrupted")
    end)
  end
end

---@param board orchflow.Board
function M.stop(board)
  local row = whom.current(board)
  if not row then
    return
  elseif row.status == "exited" and row.agent then
    return message.warn(("%s has ended already"):format(whom.called(row)))
  end
  local stop = row.agent and "Stop " or "Close "
  local choices = { stop .. whom.called(row), "Leave it alone" }
  local opts = { prompt = stop .. whom.called(row) .. "?", kind = "orchflow_confirm" }
  vim.ui.select(choices, opts, function(_, index)
    if index == 1 then
      whom.if_same(row, true, function()
        local method = row.agent and "agent.stop" or "terminal.close"
        whom.call(method, row, row.agent and "%s was stopped" or "%s was closed")
      end)
    end
  end)
end

---@param board orchflow.Board
function M.resume(board)
  local row = whom.agent(board, "resume")
  if row then
    whom.if_same(row, true, function()
      whom.call("agent.resume", row, "%s was resumed")
    end)
  end
end

---@param board orchflow.Board
function M.rename(board)
  local row = whom.current(board)
  if not row then
    return
  end
  local opts = { prompt = ("Rename %s to: "):format(whom.called(row)), default = row.name }
  vim.ui.input(opts, function(name)
    if not name or name == "" or name == row.name then
      return
    end
    whom.if_same(row, false, function()
      local params = { id = row.terminal, name = name }
      client.request("terminal.rename", params, function(fault)
        if fault then
          return message.fault(fault)
        end
        message.info(("%s is called %s now"):format(whom.called(row), name))
      end)
    end)
  end)
end

---@param board orchflow.Board
function M.mark(board)
  local row = whom.agent(board, "mark")
  if row then
    board:mark(row)
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
  local to, names, seen = {}, {}, {}
  for _, row in ipairs(board.marked) do
    table.insert(to, row.agent)
    table.insert(names, row.name)
    seen[row.agent] = row.name
  end
  if #to == 0 then
    return message.warn("nobody is marked", "to mark: m")
  end
  local title = ("to %d agents: %s"):format(#to, table.concat(names, ", "))
  require("orchflow.draft").open({ title = title, text = "" }, true, function(text)
    require("orchflow.broadcast").broadcast(text, { to = to, seen = seen })
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
  require("orchflow.board.help").open()
end

---@param board orchflow.Board
function M.hide(board)
  board:set_filter("") -- Whoever comes back wants to see all.
  board:hide()
end

return M
