-- Owns a live picture of one terminal after the other: a view that leaves the terminal's size alone and
-- takes no keys.

local M = {}

local client = require("orchflow.client")
local notices = require("orchflow.notices")

---@class orchflow.Preview
---@field buf integer
---@field package channel integer
---@field package wanted? string The terminal to show.
---@field package shown? string The terminal whose view is open.
---@field package view? string
---@field package busy boolean An answer is awaited.
---@field package closed boolean
---@field package rows integer
---@field package cols integer
local Preview = {}
Preview.__index = Preview

local all = setmetatable({}, { __mode = "k" }) ---@type table<orchflow.Preview, true>

---Blank, with its cursor hidden.
local BLANK = "\27c\27[2J\27[?25l"

---@return orchflow.Preview
function M.new()
  local buf = vim.api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = "hide"
  local blank = { buf = buf, busy = false, closed = false, rows = 1, cols = 1, channel = 0 }
  local self = setmetatable(blank, Preview)
  all[self] = true
  -- Pickers wipe it with their window.
  vim.api.nvim_create_autocmd("BufWipeout", {
    buffer = buf,
    once = true,
    callback = function()
      self:forget()
    end,
  })
  return self
end

---The window that it is in says how large it is.
---@param rows integer
---@param cols integer
function Preview:resize(rows, cols)
  if self.channel == 0 then -- Neovim takes its size from the window, which is there by now.
    self.channel = vim.api.nvim_open_term(self.buf, { force_crlf = false })
  end
  if rows == self.rows and cols == self.cols then
    return
  end
  self.rows, self.cols = rows, cols
  if self.view then
    client.notify("view.resize", { view = self.view, rows = rows, cols = cols })
  end
end

---@package
---@param text string
function Preview:print(text)
  if self.channel ~= 0 and vim.api.nvim_buf_is_valid(self.buf) then
    vim.api.nvim_chan_send(self.channel, text)
  end
end

---@package
function Preview:open()
  local terminal = self.wanted
  local params = { terminal = terminal, channel = self.channel, rows = self.rows, cols = self.cols }
  params.bare, params.keep_size, params.glance = true, true, true
  self.shown = terminal
  client.request("view.open", params, function(fault, opened)
    self.busy = false
    if fault then -- It has just been closed; the list says so too.
      self:print(BLANK)
    elseif self.closed then
      return client.notify("view.close", { view = opened.view })
    else
      self.view = opened.view
    end
    self:step()
  end)
end

---One thing after the other: frames of the last terminal must not come upon the next.
---@package
function Preview:step()
  if self.busy or self.closed or self.wanted == self.shown then
    return
  end
  self.busy = true
  local function go_on()
    self.view, self.shown = nil, nil
    self:print(BLANK)
    if self.wanted and not self.closed and self.channel ~= 0 and client.is_connected() then
      return self:open()
    end
    self.busy = false
  end
  if not self.view then
    return go_on()
  end
  client.request("view.close", { view = self.view }, go_on)
end

---Shows a terminal from now on, or none.
---@param terminal string|nil
function Preview:show(terminal)
  self.wanted = terminal
  self:step()
end

---@package
function Preview:forget()
  self.closed, self.wanted = true, nil
  if self.view then
    client.notify("view.close", { view = self.view })
    self.view, self.shown = nil, nil
  end
end

---Shows nothing any more.
function Preview:close()
  self:forget()
  if vim.api.nvim_buf_is_valid(self.buf) then
    vim.api.nvim_buf_delete(self.buf, { force = true })
  end
end

---Whether somebody sees this terminal in one of them.
---@param terminal string
---@return boolean
function M.is_seen(terminal)
  for preview in pairs(all) do
    if preview.shown == terminal and not preview.closed and vim.fn.bufwinid(preview.buf) ~= -1 then
      return true
    end
  end
  return false
end

notices.on("lost", function()
  for preview in pairs(all) do
    preview.view, preview.shown, preview.busy = nil, nil, false
  end
end)

notices.on("connected", function()
  for preview in pairs(all) do
    preview:step()
  end
end)

return M
