-- Owns the Lua interface: every function loads what it needs when it is called.

local M = {}

---Changes settings. Calling it is not needed.
---@param opts? table See |orchflow-config|.
function M.setup(opts)
  require("orchflow.config").set(opts)
end

---Calls a method of the daemon, which is started if there is none. It never waits.
---@param method orchflow.Method
---@param params? table
---@param callback? orchflow.Callback Without it, a failure is shown.
function M.request(method, params, callback)
  require("orchflow.client").request(method, params, callback)
end

---Starts a program in a new terminal, and shows it.
---@param opts? orchflow.OpenOpts
---@param callback? orchflow.Opened Without it, a failure is shown.
function M.terminal(opts, callback)
  require("orchflow.terminal").open(opts, callback)
end

---Shows a terminal.
---@param name string Its name or id.
---@param opts? orchflow.Place
---@param callback? orchflow.Opened Without it, a failure is shown.
function M.attach(name, opts, callback)
  require("orchflow.terminal").attach(name, opts, callback)
end

---Lists the terminals, oldest first.
---@param callback fun(fault: orchflow.Fault|nil, terminals: orchflow.terminal.Info[])
function M.list(callback)
  require("orchflow.client").request("terminal.list", {}, function(fault, listing)
    callback(fault, listing and listing.terminals or {})
  end)
end

return M
