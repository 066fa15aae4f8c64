-- Owns the buffers whose files may have changed: each is looked at once, a little later, and never so
-- many in a row that the person would feel it.

local M = {}

---Programs write a file in several steps, and what is between them is nothing to read: a file is looked
---at once nothing has happened to it for so long,
local REST_MS = 50

---or this long after the first change of one that never rests.
local MOST_MS = 1000

---Then others have their turn, if only for the next round of the event loop.
local SLICE_NS, PAUSE_MS = 4e6, 1

---@class orchflow.Due
---@field first integer When its file was changed, in milliseconds of the event loop.
---@field last integer

local due = {} ---@type table<integer, orchflow.Due> By buffer.
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

---@return boolean
local function is_asked()
  local mode = vim.api.nvim_get_mode()
  return mode.blocking or mode.mode:find("^[cr]") ~= nil
end

---Text that changes behind a question or a command line confuses: it waits for their end.
local function hold()
  held = true
  vim.api.nvim_create_autocmd("SafeState", {
    callback = function()
      held = is_asked()
      if not held then
        M.add({})
      end
      return not held -- True takes this away.
    end,
  })
end

local function go_on()
  if held then
    return
  elseif is_asked() then
    return hold()
  end
  local start, now = vim.uv.hrtime(), vim.uv.now()
  for buf, changed in pairs(due) do
    if now - changed.last >= REST_MS or now - changed.first >= MOST_MS then
      due[buf] = nil
      look(buf)
      if vim.uv.hrtime() - start > SLICE_NS then
        return M.plan(PAUSE_MS)
      end
    end
  end
  M.plan(REST_MS)
end

---@param pause integer
function M.plan(pause)
  timer = timer or assert(vim.uv.new_timer())
  if next(due) and not timer:is_active() then
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
  local now = vim.uv.now()
  for _, buf in ipairs(buffers) do
    due[buf] = { first = due[buf] and due[buf].first or now, last = now }
  end
  M.plan(REST_MS)
end

return M
