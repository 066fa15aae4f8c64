-- Owns what happens where a file was changed that a buffer must not follow: the person is told once,
-- and Neovim asks no question that would stop everything.

local M = {}

local message = require("orchflow.message")

local GROUP = "orchflow.reload.conflict"

local guarded = {} ---@type table<integer, integer> The autocommand of a buffer.
local told = {} ---@type table<integer, string> What was said of it last.
local last ---@type integer|nil The buffer of which a conflict was told last.

---What is said of each, and what to type.
---@type table<string, string[]>
local WORDS = {
  deleted = { " was deleted, its text is still here", ":write" },
  conflict = { " changed here and on disk", ":Orchflow compare" },
  changed = { " changed on disk, 'autoread' is off", ":edit" },
}

---As much of its name as goes into a line: a message that needs two would have Neovim ask for a key.
---@param buf integer
---@param others integer
---@return string
local function short(buf, others)
  local name = vim.fs.basename(vim.api.nvim_buf_get_name(buf))
  local room = math.max(vim.v.echospace - others - #"orchflow:  ()", 8)
  local over = vim.fn.strchars(name) - room
  return over > 0 and "…" .. vim.fn.strcharpart(name, over + 1) or name
end

---@param buf integer
---@param reason string
local function tell(buf, reason)
  local words = WORDS[reason]
  last = reason == "conflict" and buf or last
  message.warn(short(buf, #words[1] + #words[2]) .. words[1], words[2])
end

---Neovim calls this instead of its own question. One of the person's own may have decided already.
---@param buf integer
local function changed(buf)
  local reason = vim.v.fcs_reason
  if not WORDS[reason] then
    return -- Its text is what it was.
  elseif told[buf] ~= reason then
    told[buf] = reason
    -- Not within the event, in which messages are lost.
    vim.schedule(function()
      if vim.api.nvim_buf_is_valid(buf) then
        tell(buf, reason)
      end
    end)
  end
end

---@param buf integer
local function guard(buf)
  local group = vim.api.nvim_create_augroup(GROUP, { clear = false })
  guarded[buf] = vim.api.nvim_create_autocmd("FileChangedShell", {
    group = group,
    buffer = buf,
    desc = "Tell of a conflict instead of asking",
    callback = function()
      changed(buf)
    end,
  })
  -- Once both are the same, the next conflict is another one.
  vim.api.nvim_create_autocmd({ "BufWritePost", "BufReadPost", "FileChangedShellPost" }, {
    group = group,
    buffer = buf,
    callback = function()
      told[buf] = nil
    end,
  })
end

---The buffer of which a conflict was told last, unless there is one in this window.
---@return integer
function M.meant()
  local here = vim.api.nvim_get_current_buf()
  local is_over = not last or not vim.api.nvim_buf_is_loaded(last) or not told[last]
  return (told[here] or is_over) and here or last --[[@as integer]]
end

---Guards these buffers, and no others.
---@param buffers table<integer, string>
function M.only(buffers)
  for buf in pairs(guarded) do
    if not buffers[buf] then
      if vim.api.nvim_buf_is_valid(buf) then
        vim.api.nvim_clear_autocmds({ group = GROUP, buffer = buf })
      end
      guarded[buf], told[buf] = nil, nil
    end
  end
  for buf in pairs(buffers) do
    if not guarded[buf] then
      guard(buf)
    end
  end
end

return M
