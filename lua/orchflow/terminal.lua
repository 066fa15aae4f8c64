-- Owns opening and attaching: a window at once, a view in it, and the daemon's terminal behind it.

local M = {}

local client = require("orchflow.client")
local config = require("orchflow.config")
local environment = require("orchflow.environment")
local fate = require("orchflow.view.fate")
local message = require("orchflow.message")
local views = require("orchflow.view")
local window = require("orchflow.window")

---@class orchflow.OpenOpts : orchflow.Place
---@field cmd? string|string[] A shell line, or a program and its arguments; the shell if not given.
---@field name? string
---@field purpose? orchflow.terminal.Purpose Guessed from the command if not given.
---@field tags? string[]
---@field cwd? string The editor's if not given.
---@field env? table<string, string> Variables to set beside those of the editor.

---@alias orchflow.Opened fun(fault: orchflow.Fault|nil, view: orchflow.View|nil)

---Shows a buffer where it is wanted, and lets `fill` do the rest while its window is the current one.
---@param buf integer
---@param place orchflow.Place
---@param fill? fun(): orchflow.View
---@return orchflow.Fault|nil
---@return orchflow.View|nil
local function place_in_window(buf, place, fill)
  local before = vim.api.nvim_get_current_win()
  local fault = window.show(buf, place)
  if fault then
    return fault
  end
  local view = fill and fill()
  if place.enter == false then
    vim.api.nvim_set_current_win(before)
  elseif config.get().start_insert then
    vim.cmd.startinsert()
  end
  return nil, view
end

---A window with a blank view. It comes before the daemon is asked, because what the person types
---next is meant for it.
---@param place orchflow.Place
---@param name? string
---@return orchflow.Fault|nil
---@return orchflow.View|nil
local function blank(place, name)
  local fault = client.connect(true)
  if fault then
    return fault
  end
  local buf = vim.api.nvim_create_buf(true, false)
  local view
  fault, view = place_in_window(buf, place, function()
    return views.create(buf, name)
  end)
  if fault then
    vim.api.nvim_buf_delete(buf, { force = true })
  end
  return fault, view
end

---Has the daemon paint a terminal into the view, unless this editor runs there: one that shows itself would show that
---it shows itself, and so on. To be shown would give it another size already, so it is asked for first.
---@param view orchflow.View
---@param key string
---@param callback fun(fault: orchflow.Fault|nil)
local function show(view, key, callback)
  local inside = vim.env.ORCHFLOW_TERMINAL
  if not inside then
    return views.show(view, key, callback)
  end
  client.request("terminal.get", { id = key }, function(fault, info)
    if fault then
      return callback(fault)
    elseif info.id == inside then
      local words = "this is %s itself, which cannot be shown in itself"
      local hint = "attach to another: :Orchflow attach NAME"
      return callback({ kind = "conflict", message = words:format(info.name), hint = hint })
    end
    views.show(view, key, callback)
  end)
end

---@param view orchflow.View
---@param key string
---@param report orchflow.Opened
local function connect(view, key, report)
  show(view, key, function(fault)
    if fault then
      fate.drop(view)
      return report(fault)
    end
    report(nil, view)
  end)
end

---@param fault orchflow.Fault|nil
local function show_fault(fault)
  if fault then
    message.fault(fault)
  end
end

---Opens a window, has the daemon start something for it, and shows that.
---@param method orchflow.Method
---@param params table What to start; the size is added.
---@param place orchflow.Place
---@param callback? orchflow.Opened Without it, a failure is shown.
function M.start(method, params, place, callback)
  local report = callback or show_fault
  local fault, view = blank(place)
  if not view then
    return report(fault)
  end
  if method == "terminal.open" then
    params.rows, params.cols = view.rows, view.cols
  else
    params.size = { rows = view.rows, cols = view.cols }
  end
  client.request(method, params, function(refused, opened)
    if refused then
      fate.drop(view)
      return report(refused)
    end
    connect(view, opened.terminal or opened.id, report)
  end)
end

---Starts a program in a new terminal, and shows it.
---@param opts? orchflow.OpenOpts
---@param callback? orchflow.Opened Without it, a failure is shown.
function M.open(opts, callback)
  opts = opts or {}
  M.start("terminal.open", {
    command = environment.command(opts.cmd),
    name = opts.name,
    cwd = environment.directory(opts.cwd),
    env = environment.variables(opts.env),
    clear_env = true,
    purpose = opts.purpose,
    tags = opts.tags,
  }, opts, callback)
end

---Shows a terminal. One that this editor shows already gets another window on the same buffer.
---@param key string The terminal's name or id.
---@param place? orchflow.Place
---@param callback? orchflow.Opened Without it, a failure is shown.
function M.attach(key, place, callback)
  place = place or {}
  local report = callback or show_fault
  if type(key) ~= "string" then
    return report({ kind = "invalid_params", message = "a terminal is named by a string" })
  end
  local shown = views.find(key)
  if shown then
    local fault = place_in_window(shown.buf, place)
    return report(fault, shown)
  end
  local fault, view = blank(place, key)
  if not view then
    return report(fault)
  end
  connect(view, key, report)
end

---Fills a buffer that was opened by its name, such as by `:edit` or from a session file.
---@param buf integer
---@param uri string
function M.read(buf, uri)
  local key = require("orchflow.view.name").of(uri)
  local view = views.create(buf, key)
  show(view, key, function(fault)
    if fault then
      fate.fail(view, fault)
    end
  end)
end

return M
