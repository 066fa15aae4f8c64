-- Owns the buffer in which a prompt is written, or looked at before it goes.

local M = {}

---@class orchflow.Draft
---@field title string
---@field text string

local count = 0

---@param buf integer
---@param callback fun(text: string)
local function send(buf, callback)
  local text = vim.trim(table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), "\n"))
  if text == "" then
    local message = require("orchflow.message")
    return message.warn("there is nothing to send", "to leave: q")
  end
  vim.bo[buf].modified = false
  vim.schedule(function() -- Not while it is being written.
    if vim.api.nvim_buf_is_valid(buf) then
      vim.api.nvim_buf_delete(buf, { force = true })
    end
    vim.cmd.stopinsert()
    callback(text)
  end)
end

---@param buf integer
local function prepare(buf)
  count = count + 1
  vim.api.nvim_buf_set_name(buf, ("orchflow-prompt://%d"):format(count))
  vim.bo[buf].buftype = "acwrite"
  vim.bo[buf].bufhidden = "wipe"
  vim.bo[buf].swapfile = false
  vim.bo[buf].filetype = "markdown"
  vim.bo[buf].completefunc = "v:lua.require'orchflow.context'.complete_here"
end

---@param buf integer
local function map(buf)
  local opts = { buffer = buf, nowait = true, desc = "Send the prompt" }
  vim.keymap.set("n", "<CR>", "<Cmd>write<CR>", opts)
  opts.desc = "Drop the prompt"
  vim.keymap.set("n", "q", function()
    vim.api.nvim_buf_delete(buf, { force = true })
  end, opts)
end

---Opens it in the middle. Who writes it sends it, and who leaves it drops it.
---@param draft orchflow.Draft
---@param write boolean Whether to begin in Insert mode.
---@param callback fun(text: string) It goes.
function M.open(draft, write, callback)
  local buf = vim.api.nvim_create_buf(false, false)
  prepare(buf)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, vim.split(draft.text, "\n"))
  vim.bo[buf].modified = false
  vim.api.nvim_create_autocmd("BufWriteCmd", {
    buffer = buf,
    callback = function()
      send(buf, callback)
    end,
  })
  map(buf)
  local title = { title = (" %s "):format(draft.title), footer = " <CR> sends, q drops " }
  require("orchflow.float").open(buf, title)
  vim.wo.wrap, vim.wo.linebreak, vim.wo.fillchars = true, true, "eob: "
  vim.api.nvim_win_set_cursor(0, { vim.api.nvim_buf_line_count(buf), 0 })
  vim.cmd.normal({ "$", bang = true })
  if write then
    vim.cmd.startinsert({ bang = true })
  end
end

return M
