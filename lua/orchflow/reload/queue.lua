-- Owns the buffers whose files may have changed: each is looked at once, a little later, and never so
-- many in a row that the person would feel it.

local M = {}

---Programs write a file in several steps, and many files at once.
local GATHER_MS = 50

---Then others have their turn, if only for the next round of the event loop.
local SLICE_NS, PAUSE_MS = 4e6, 1

local due = {} ---@type table<integer, true>
local timer ---@type uv.uv_timer_t|nil
local held = false

---@param buf integer
local function look(buf)
  if not vim.api.nvim_buf_is_loaded(buf) then
    return
  end
  -- The command that an event handler of somebody else fails in is theirs to know of.
  local fine, problem = pcall(vim.cmd.checktime, buf)
  if not fine then
    require("orchflow.message").warn(tostring(problem))
  end
end

---Text that changes behind a question or a command line confuses: it waits for their end.
local function hold()
  held = true
  vim.api.nvim_create_autocmd("SafeState", {
    once = true,
    callback = function()
      held = false
      M.add({})
    end,
  })
end

local function go_on()
  local mode = vim.api.nvim_get_mode()
  if held then
    return
  elseif mode.blocking or mode.mode:find("^[cr]") then
    return hold()
  end
  local start = vim.uv.hrtime()
  for buf in pairs(due) do
    due[buf] = nil
    look(buf)
    if vim.uv.hrtime() - start > SLICE_NS then
      return next(due) and M.plan(PAUSE_MS)
    end
  end
end

---@param pause integer
function M.plan(pause)
  timer = timer or assert(vim.uv.new_timer())
  if not timer:is_active() then
    timer:start(pause, 0, vim.schedule_wrap(go_on))
  end
end

---@return boolean
function M.is_held()
  return held
end

---Also where nothing of Neovim may be called.
---@param buffers integer[]
function M.add(buffers)
  for _, buf in ipairs(buffers) do
    due[buf] = true
  end
  if next(due) then
    M.plan(GATHER_MS)
  end
end

return M
