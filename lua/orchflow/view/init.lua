-- Owns the views of this editor: buffers, each with a terminal of Neovim's own in it, which the
-- daemon paints.

local M = {}

local client = require("orchflow.client")
local ending = require("orchflow.view.ending")
local input = require("orchflow.view.input")
local message = require("orchflow.message")
local name_of = require("orchflow.view.name")
local size = require("orchflow.view.size")

---@class orchflow.View
---@field buf integer
---@field channel integer Of Neovim's terminal in the buffer.
---@field rows integer
---@field cols integer
---@field ahead string What was typed before the daemon had answered.
---@field opening boolean
---@field view? string The daemon's id of the view; none while it is not connected.
---@field resizes integer How often the daemon was told of another size since it opened the view.
---@field doubted? integer What `resizes` was when lines were last found in the wrong place.
---@field misfit? string The size that its windows had when Neovim's terminal was last found to have another.
---@field resized? boolean Its height has changed since its buffer was brought up to date,
---@field moved? boolean or a frame has moved lines.
---@field answer? string What Neovim's terminal says while it is asked.
---@field watched? boolean The daemon takes it for one on the screen.
---@field id? string Of the terminal.
---@field name? string Of the terminal.
---@field pid? integer Of the program.
---@field exit? orchflow.terminal.Exit
---@field is_shell? boolean It runs the person's shell and nothing else.
---@field leaving? boolean The person has closed the terminal here.
---@field ended? boolean The terminal is gone; only its text is left.

local views = {} ---@type table<integer, orchflow.View> By buffer.

---@return table<integer, orchflow.View>
function M.all()
  return views
end

---@param buf integer
---@return orchflow.View|nil
function M.of(buf)
  return views[buf]
end

---@param channel integer Of Neovim's terminal in its buffer.
---@return orchflow.View|nil
function M.on_channel(channel)
  for _, view in pairs(views) do
    if view.channel == channel then
      return view
    end
  end
end

---The views that have a terminal behind them.
---@param id? string Only those of this terminal.
---@return orchflow.View[]
function M.live(id)
  return vim.tbl_filter(function(view)
    return view.id ~= nil and not view.ended and (not id or view.id == id)
  end, vim.tbl_values(views))
end

---The view of a terminal that this editor shows already.
---@param key string The terminal's name or id.
---@return orchflow.View|nil
function M.find(key)
  for _, view in pairs(views) do
    if not view.ended and (view.name == key or view.id == key) then
      return view
    end
  end
end

---@param id string
local function close(id)
  client.request("view.close", { view = id }, function(fault)
    -- Gone already where its terminal was closed, or the daemon ended, in the same moment.
    if fault and fault.kind ~= "not_found" and fault.kind ~= "unavailable" then
      message.fault(fault)
    end
  end)
end

---@param buf integer
local function forget(buf)
  local view = views[buf]
  views[buf] = nil
  if view and view.view and vim.v.exiting == vim.NIL then
    close(view.view)
  end
end

---Makes a view in a buffer, which the current window shows: Neovim takes its size from there.
---@param buf integer
---@param name? string
---@return orchflow.View
function M.create(buf, name)
  ---@type orchflow.View
  local view = {
    buf = buf,
    name = name,
    ahead = "",
    opening = true,
    channel = 0,
    rows = 1,
    cols = 1,
    resizes = 0,
  }
  vim.bo[buf].bufhidden = "hide"
  vim.bo[buf].swapfile = false
  if name then
    name_of.give(buf, name)
  end
  view.channel = vim.api.nvim_open_term(buf, {
    force_crlf = false, -- Frames are exact.
    on_input = function(_, _, _, data)
      if view.answer then
        view.answer = view.answer .. data
      else
        input.take(view, data)
      end
    end,
  })
  size.measure(view)
  ending.keep(buf)
  views[buf] = view
  require("orchflow.winbar").keep(buf)
  vim.api.nvim_create_autocmd("BufUnload", {
    buffer = buf,
    once = true,
    callback = function()
      forget(buf)
    end,
  })
  return view
end

---What others see of a view: `b:orchflow`.
---@param view orchflow.View
function M.describe(view)
  local exit = view.exit and view.exit.code or nil
  vim.b[view.buf].orchflow = { id = view.id, name = view.name, view = view.view, exit = exit }
end

---So that `gf` finds what a program names relative to where it works.
---@param view orchflow.View
---@param directory string
function M.work_in(view, directory)
  vim.bo[view.buf].path = vim.fn.escape(directory, ", \\") .. ",,"
end

---@param view orchflow.View
---@param opened orchflow.view.Opened
local function bind(view, opened)
  local info = opened.terminal
  view.opening, view.view, view.watched = false, opened.view, true
  view.resizes, view.doubted = 0, nil
  view.id, view.name, view.pid, view.exit = info.id, info.name, info.pid, info.exit
  view.is_shell = table.concat(info.command, " ") == vim.o.shell
  name_of.give(view.buf, info.name)
  M.describe(view)
  M.work_in(view, info.directory or info.cwd)
  input.flush(view)
  size.check(view)
  require("orchflow.winbar").mark_busy()
end

---Has the daemon paint a terminal into the view. One that is wiped meanwhile leaves the terminal as
---it is, which is no failure.
---@param view orchflow.View
---@param key string The terminal's name or id.
---@param callback fun(fault: orchflow.Fault|nil)
function M.show(view, key, callback)
  if views[view.buf] ~= view then
    return callback()
  end
  size.measure(view)
  local params = { terminal = key, channel = view.channel, rows = view.rows, cols = view.cols }
  client.request("view.open", params, function(fault, opened)
    if fault then
      return callback(fault)
    elseif views[view.buf] == view then
      bind(view, opened)
    else
      close(opened.view)
    end
    callback()
  end)
end

return M
