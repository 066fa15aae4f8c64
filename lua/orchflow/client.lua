-- Owns the calls to the daemon: what waits for a connection, and what waits for an answer. Nothing
-- here ever waits itself.

local M = {}

local hello = require("orchflow.hello")
local message = require("orchflow.message")
local notices = require("orchflow.notices")

---Calls that may wait for a connection. More means that something calls in a loop.
local MOST_WAITING = 1000

---A daemon answers the greeting within a millisecond. Whatever takes so long is none.
local GREETING_MS = 5000

---@alias orchflow.Callback fun(fault: orchflow.Fault|nil, result: any)
---@alias orchflow.Call { method: orchflow.Method, params: table, callback?: orchflow.Callback }

local link ---@type orchflow.Link|nil
local ready = false -- The daemon has answered the greeting.
local waiting = {} ---@type orchflow.Call[] For a connection.
local asked = {} ---@type table<integer, orchflow.Call> For an answer, by token.
local last_token = 0

---@param call orchflow.Call
---@param fault orchflow.Fault|nil
---@param result any
local function answer(call, fault, result)
  if call.callback then
    message.guard(call.callback, fault, result)
  elseif fault then
    message.fault(fault)
  end
end

---Gives up the connection, and with it every call that waits.
---@param fault orchflow.Fault
local function disconnect(fault)
  local greeted, calls = ready, waiting
  vim.list_extend(calls, vim.tbl_values(asked))
  if link then
    link:close()
  end
  link, ready, waiting, asked = nil, false, {}, {}
  if greeted then
    notices.tell("lost")
  end
  for _, call in ipairs(calls) do
    answer(call, fault)
  end
end

---@param ended orchflow.Link
local function lost(ended)
  if ended == link then
    disconnect({ kind = "unavailable", message = "the daemon is gone", hint = ":Orchflow log" })
  end
end

---@param to orchflow.Link
---@param call orchflow.Call
---@return boolean sent False where the connection turns out to be gone.
local function send(to, call)
  last_token = last_token + 1
  local token = last_token
  asked[token] = call
  local sent, problem = to:send(call.method, call.params, token)
  if sent then
    return true
  end
  asked[token] = nil
  if to:is_open() then -- Then the parameters cannot be sent: there is a function in them.
    answer(call, { kind = "invalid_params", message = problem or "" })
    return true
  end
  lost(to)
  return false
end

---@param fault orchflow.Fault|nil
---@param theirs orchflow.daemon.Hello
local function greeted(fault, theirs)
  if fault then
    return link and disconnect(fault)
  elseif not link then
    return -- Given up meanwhile.
  end
  ready = true
  link:follow(theirs.client)
  hello.judge(theirs)
  notices.tell("connected")
  local calls = waiting
  waiting = {}
  for _, call in ipairs(calls) do
    M.request(call.method, call.params, call.callback)
  end
end

---@param opened orchflow.Link
local function greet(opened)
  link = opened
  require("orchflow.recovery") -- From now on there is something to lose.
  require("orchflow.attention")
  require("orchflow.events")
  require("orchflow.reload")
  send(opened, { method = "hello", params = hello.params(), callback = greeted })
  vim.defer_fn(function()
    if link == opened and not ready then
      local text = "what listens on the daemon's socket does not answer"
      disconnect({ kind = "timeout", message = text, hint = ":checkhealth orchflow" })
      require("orchflow.recovery").unanswered()
    end
  end, GREETING_MS)
end

---Connects, unless that is done or under way.
---@param may_start boolean Whether to start a daemon where there is none.
---@return orchflow.Fault|nil fault Why it cannot be, where that is known at once.
function M.connect(may_start)
  if link then
    return
  end
  local function reached(fault, opened)
    if fault then
      disconnect(fault)
    else
      greet(opened)
    end
  end
  local fault = require("orchflow.daemon").reach(may_start, lost, reached)
  if fault then
    disconnect(fault)
  end
  return fault
end

---Calls a method. A daemon is started where there is none.
---@param method orchflow.Method
---@param params? table
---@param callback? orchflow.Callback Without it, a failure is shown.
function M.request(method, params, callback)
  params = (params == nil or next(params) == nil) and vim.empty_dict() or params
  local call = { method = method, params = params, callback = callback }
  if ready and link and send(link, call) then
    return
  elseif #waiting >= MOST_WAITING then
    local text = ("%d calls wait for the daemon already"):format(MOST_WAITING)
    return answer(call, { kind = "exhausted", message = text })
  end
  table.insert(waiting, call)
  M.connect(true)
end

---Sends a call that has no answer, and whose order is kept. Without a connection it goes nowhere.
---@param method orchflow.Method
---@param params table
function M.notify(method, params)
  local to = ready and link
  if to and not to:send(method, params) then
    lost(to)
  end
end

---The one function that the daemon calls.
---@param name orchflow.Notice
---@param payload any
function M.receive(name, payload)
  if name == "call.answered" then
    local call = asked[payload.token]
    asked[payload.token] = nil
    return call and answer(call, payload.error, payload.result)
  elseif name == "call.failed" then
    return message.fault(payload.error)
  end
  notices.tell(name, payload)
end

---@return boolean
function M.is_connected()
  return ready
end

return M
