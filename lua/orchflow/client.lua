-- Owns the calls to the daemon: what waits for a connection, what waits for an answer, and who is
-- told what happens. Nothing here ever waits itself.

local M = {}

local Link = require("orchflow.link")
local hello = require("orchflow.hello")
local message = require("orchflow.message")

---Calls that may wait for a connection. More means that something calls in a loop.
local MOST_WAITING = 1000

---A daemon answers the greeting within a millisecond. Whatever takes so long is none.
local GREETING_MS = 5000

---@alias orchflow.Callback fun(fault: orchflow.Fault|nil, result: any)
---@alias orchflow.Call { method: string, params: table, callback?: orchflow.Callback }

local link ---@type orchflow.Link|nil
local ready = false -- The daemon has answered the greeting.
local starting = false -- A daemon is being started.
local waiting = {} ---@type orchflow.Call[] For a connection.
local asked = {} ---@type table<integer, orchflow.Call> For an answer, by token.
local last_token = 0
local listeners = {} ---@type table<string, function[]>

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

---Gives up the connection: whatever waits is told so.
---@param fault orchflow.Fault
local function disconnect(fault)
  local greeted, calls = ready, waiting
  for _, token in ipairs(vim.fn.sort(vim.tbl_keys(asked), "n")) do
    table.insert(calls, asked[token])
  end
  if link then
    link:close()
  end
  link, ready, waiting, asked = nil, false, {}, {}
  for _, call in ipairs(calls) do
    answer(call, fault)
  end
  if greeted then
    M.emit("lost")
  end
end

---@param from orchflow.Link
local function lost(from)
  if from == link then
    disconnect({ kind = "unavailable", message = "the daemon is gone", hint = ":Orchflow log" })
  end
end

---@param call orchflow.Call
local function send(call)
  last_token = last_token + 1
  asked[last_token] = call
  local sent, problem = link:send(call.method, call.params, last_token)
  if sent then
    return
  end
  if link:is_open() then -- Then it is the parameters that cannot be sent, such as a function.
    asked[last_token] = nil
    answer(call, { kind = "invalid_params", message = problem })
  else
    lost(link)
  end
end

---@param opened orchflow.Link
local function greet(opened)
  link = opened
  local function greeted(fault, result)
    if fault then
      return link and disconnect(fault)
    end
    ready = true
    hello.judge(result)
    M.emit("connected", result)
    local calls = waiting
    waiting = {}
    for _, call in ipairs(calls) do
      M.request(call.method, call.params, call.callback)
    end
  end
  send({ method = "hello", params = hello.params(), callback = greeted })
  vim.defer_fn(function()
    if link == opened and not ready then
      local text = "what listens on the daemon's socket does not answer"
      disconnect({ kind = "timeout", message = text, hint = ":checkhealth orchflow" })
    end
  end, GREETING_MS)
end

---Connects, unless that is done or under way.
---@param start boolean Whether to start a daemon where there is none.
---@return orchflow.Fault|nil fault Why it cannot be, where that is known at once.
function M.connect(start)
  if link or starting then
    return
  end
  local path = require("orchflow.socket").path()
  local opened = Link.open(path, lost)
  if opened then
    return greet(opened)
  elseif not start then
    return { kind = "unavailable", message = "there is no daemon", hint = ":Orchflow list" }
  end
  starting = true
  local fault = require("orchflow.daemon").start(function(fault, socket)
    starting = false
    opened = socket and Link.open(socket, lost) or nil
    if opened then
      return greet(opened)
    end
    local text = ("no daemon listens on %s"):format(socket)
    local refused = { kind = "unavailable", message = text, hint = ":checkhealth orchflow" }
    disconnect(fault or refused)
  end)
  if fault then
    starting = false
    disconnect(fault)
  end
  return fault
end

---@return boolean
function M.is_connected()
  return ready
end

---Calls a method. A daemon is started where there is none.
---@param method orchflow.Method
---@param params? table
---@param callback? orchflow.Callback Without it, a failure is shown.
function M.request(method, params, callback)
  params = (params == nil or next(params) == nil) and vim.empty_dict() or params
  local call = { method = method, params = params, callback = callback }
  if ready then
    return send(call)
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
  local current = ready and link
  if current and not current:send(method, params) then
    lost(current)
  end
end

---@param name orchflow.Notice|"connected"|"lost" A notice, or what happens to the connection.
---@param listener fun(payload: any)
function M.on(name, listener)
  listeners[name] = listeners[name] or {}
  table.insert(listeners[name], listener)
end

---@param name string
---@param payload any
function M.emit(name, payload)
  for _, listener in ipairs(listeners[name] or {}) do
    message.guard(listener, payload)
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
  M.emit(name, payload)
end

return M
