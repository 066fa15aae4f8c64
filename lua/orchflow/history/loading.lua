-- Owns how a terminal's past comes into a buffer: page by page, the newest first, with its colours. All pages are
-- of the lines as they were when the first one was asked for, which the daemon keeps meanwhile.

local M = {}

local client = require("orchflow.client")
local look = require("orchflow.history.look")
local message = require("orchflow.message")

local space = vim.api.nvim_create_namespace("orchflow.history")

---@param history orchflow.HistoryBuffer
---@param page orchflow.terminal.History
local function colour(history, page)
  local groups = {} ---@type table<integer, integer|nil>
  for index, style in ipairs(page.styles) do
    groups[index] = look.group(style)
  end
  local opts = {} ---@type vim.api.keyset.set_extmark
  for _, run in ipairs(page.runs) do
    local line, start, stop, index = unpack(run) --[[@as integer, integer, integer, integer]]
    local style = page.styles[index + 1] or {}
    opts.end_col, opts.hl_group, opts.url = stop, groups[index + 1], style.link
    vim.api.nvim_buf_set_extmark(history.buf, space, line, start, opts)
  end
end

---Puts lines above those that are there. Neovim keeps the windows on the lines they show.
---@param history orchflow.HistoryBuffer
---@param page orchflow.terminal.History
local function put(history, page)
  local buf = history.buf
  if #page.lines > 0 then
    vim.bo[buf].modifiable = true
    vim.api.nvim_buf_set_lines(buf, 0, history.blank and -1 or 0, false, page.lines)
    vim.bo[buf].modifiable = false
    vim.bo[buf].modified = false
    colour(history, page)
    history.blank = false
  end
end

---Shows the end of what is there.
---@param buf integer
local function go_to_end(buf)
  for _, win in ipairs(vim.fn.win_findbuf(buf)) do
    vim.api.nvim_win_call(win, function()
      vim.cmd("normal! G0zb")
    end)
  end
end

local ask ---@type fun(history: orchflow.HistoryBuffer, load: integer, page: orchflow.terminal.History)

---@param history orchflow.HistoryBuffer
---@param load integer
---@param page orchflow.terminal.History
local function take(history, load, page)
  if page.more then
    ask(history, load, page) -- The daemon makes the next one while this one is shown.
  end
  put(history, page)
end

---@param history orchflow.HistoryBuffer
---@param load integer
---@param page orchflow.terminal.History The one below it.
function ask(history, load, page)
  local params = { id = history.id, before = page.first, reading = page.reading }
  client.request("terminal.history", params, function(fault, next_page)
    if history.load ~= load then
      return
    elseif fault then
      return message.fault(fault)
    end
    take(history, load, next_page)
  end)
end

---Shows the newest lines in place of what is there, and has the others follow.
---@param history orchflow.HistoryBuffer
---@param page orchflow.terminal.History
function M.begin(history, page)
  local buf = history.buf
  history.load = history.load + 1
  vim.api.nvim_buf_clear_namespace(buf, space, 0, -1)
  vim.bo[buf].modifiable = true
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, {})
  vim.bo[buf].modifiable = false
  history.blank = true
  take(history, history.load, page)
  go_to_end(buf)
end

---What is still to come is not wanted any more.
---@param history orchflow.HistoryBuffer
function M.stop(history)
  history.load = history.load + 1
end

return M
