-- Owns the Lua interface: every function loads what it needs when it is called.

local M = {}

local OPTIONAL = "nil|function"

---@param given table<string, any>
---@param wanted table<string, string>
---@return boolean fine
local function check(given, wanted)
  return require("orchflow.arguments").check(given, wanted)
end

---Changes settings. Calling it is not needed.
---@param opts? table See |orchflow-config|.
function M.setup(opts)
  if check({ opts = opts }, { opts = "nil|table" }) then
    require("orchflow.config").set(opts)
  end
end

---Calls a method of the daemon, which is started if there is none. It never waits.
---@param method orchflow.Method
---@param params? table
---@param callback? orchflow.Callback Without it, a failure is shown.
function M.request(method, params, callback)
  local given = { method = method, params = params, callback = callback }
  if check(given, { method = "string", params = "nil|table", callback = OPTIONAL }) then
    require("orchflow.client").request(method, params, callback)
  end
end

---Starts a program in a new terminal, and shows it.
---@param opts? orchflow.OpenOpts
---@param callback? orchflow.Opened Without it, a failure is shown.
function M.terminal(opts, callback)
  local given = { opts = opts, callback = callback }
  if
    check(given, { opts = "nil|table", callback = OPTIONAL })
    and check(opts or {}, {
      cmd = "nil|string|table",
      name = "nil|string",
      cwd = "nil|string",
      purpose = "nil|string",
      tags = "nil|table",
      env = "nil|table",
      size = "nil|number",
      split = "nil|string",
    })
  then
    require("orchflow.terminal").open(opts, callback)
  end
end

---Shows a terminal.
---@param name string Its name or id.
---@param opts? orchflow.Place
---@param callback? orchflow.Opened Without it, a failure is shown.
function M.attach(name, opts, callback)
  local given = { name = name, opts = opts, callback = callback }
  if check(given, { name = "string", opts = "nil|table", callback = OPTIONAL }) then
    require("orchflow.terminal").attach(name, opts, callback)
  end
end

---Gives an agent words, with what the editor knows in place of `{file}` and the like.
---@param text string Without any words, the person writes them in a buffer.
---@param opts? orchflow.SendOpts
---@param callback? fun(fault: orchflow.Fault|nil) Once it has taken them. Without it, a failure is shown.
function M.send(text, opts, callback)
  local given = { text = text, opts = opts, callback = callback }
  if
    check(given, { text = "string", opts = "nil|table", callback = OPTIONAL })
    and check(opts or {}, {
      to = "nil|string",
      range = "nil|table",
      now = "nil|boolean",
      preview = "nil|boolean",
    })
  then
    require("orchflow.send").send(text, opts, callback)
  end
end

---For 'statusline': how many agents are in which status, and who waits longest. Empty while none runs.
---@return string
function M.statusline()
  return require("orchflow.statusline").text()
end

---The same as a table.
---@return orchflow.StatusTable
function M.status()
  return require("orchflow.statusline").status()
end

---For 'winbar' of a window that shows a terminal: its name, status, since when, and the branch.
---@return string
function M.winbar()
  return require("orchflow.winbar").text()
end

---Shows the board, or hides it where it is shown.
---@param place? "float"|"split"|"tab"
function M.board(place)
  local fault = require("orchflow.board").toggle(place)
  if fault then
    require("orchflow.message").fault(fault)
  end
end

---Lists the terminals, oldest first.
---@param callback fun(fault: orchflow.Fault|nil, terminals: orchflow.terminal.Info[])
function M.list(callback)
  if check({ callback = callback }, { callback = "function" }) then
    require("orchflow.client").request("terminal.list", {}, function(fault, listing)
      callback(fault, listing and listing.terminals or {})
    end)
  end
end

return M
