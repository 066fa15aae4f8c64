-- Owns the buffers in which one reads what a terminal has printed: `orchflow://history/NAME`. They
-- are what it was when they were loaded, the newest lines first, older ones above them as they come.

local M = {}

local client = require("orchflow.client")
local loading = require("orchflow.history.loading")
local message = require("orchflow.message")

local SCHEME = "orchflow://history/"

---@class orchflow.HistoryBuffer
---@field buf integer
---@field id string Of the terminal, or its name.
---@field load integer Which load is under way: answers to an earlier one come too late.
---@field blank boolean It has no lines yet.

---The newest lines, with all others kept to be read on in.
---@param id string
---@param callback fun(fault: orchflow.Fault|nil, page: orchflow.terminal.History)
local function first_page(id, callback)
  client.request("terminal.history", { id = id, keep = true }, function(fault, page)
    if fault and fault.kind == "invalid_params" then -- A daemon of an older build, which keeps nothing.
      return client.request("terminal.history", { id = id }, callback)
    end
    callback(fault, page)
  end)
end

local shown = {} ---@type table<integer, orchflow.HistoryBuffer> By buffer.

---@param buf integer
local function reload(buf)
  local history = shown[buf]
  first_page(history.id, function(fault, page)
    if fault then
      message.fault(fault)
    elseif shown[buf] == history then
      loading.begin(history, page)
    end
  end)
end

---Long lines go on below, as in the terminal, and nothing else is put among them.
local function adjust_window()
  local own = vim.wo[0][0]
  own.wrap, own.linebreak, own.breakindent, own.list, own.spell = true, false, false, false, false
end

---Makes a buffer one to read in.
---@param buf integer
---@param id string
---@return orchflow.HistoryBuffer
local function create(buf, id)
  local history = { buf = buf, id = id, load = 0, blank = true } ---@type orchflow.HistoryBuffer
  shown[buf] = history
  local bo = vim.bo[buf]
  bo.buftype, bo.bufhidden, bo.swapfile, bo.undolevels = "nofile", "wipe", false, -1
  bo.modifiable = false
  vim.keymap.set("n", "R", function()
    reload(buf)
  end, { buffer = buf, desc = "Load the terminal's history anew" })
  vim.api.nvim_create_autocmd("BufWinEnter", { buffer = buf, callback = adjust_window })
  vim.api.nvim_create_autocmd("BufUnload", {
    buffer = buf,
    callback = function()
      loading.stop(history)
      shown[buf] = nil
    end,
  })
  return history
end

---@param uri string
---@return orchflow.HistoryBuffer|nil
local function find(uri)
  for buf, history in pairs(shown) do
    if vim.api.nvim_buf_get_name(buf) == uri then
      return history
    end
  end
end

---@param id string
---@param place orchflow.Place
---@param page orchflow.terminal.History
local function show(id, place, page)
  local uri = SCHEME .. page.name
  local history = find(uri)
  local buf = history and history.buf or vim.api.nvim_create_buf(false, true)
  if not history then
    history = create(buf, id)
    require("orchflow.view.name").free(uri)
    vim.api.nvim_buf_set_name(buf, uri)
  end
  vim.cmd.stopinsert() -- There is nothing to type into.
  local fault = require("orchflow.window").show(buf, place)
  if fault then
    if #vim.fn.win_findbuf(buf) == 0 then
      vim.api.nvim_buf_delete(buf, { force = true })
    end
    return message.fault(fault)
  end
  loading.begin(history, page)
  vim.bo[buf].filetype = "orchflow-history"
end

---Opens a terminal's history in a window. One that is open already is loaded anew.
---@param id string The terminal's name or id.
---@param place orchflow.Place
function M.open(id, place)
  first_page(id, function(fault, page)
    if fault then
      return message.fault(fault)
    end
    show(id, place, page)
  end)
end

---Fills a buffer that was opened by its name, such as by `:edit` or from a session file.
---@param buf integer
---@param uri string
function M.read(buf, uri)
  create(buf, uri:sub(#SCHEME + 1))
  adjust_window()
  vim.bo[buf].filetype = "orchflow-history"
  reload(buf)
end

return M
