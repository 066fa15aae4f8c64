-- Owns the size of views: the size that Neovim gives the terminal in a buffer, told to the daemon
-- when it changes.

local M = {}

---A terminal's size has these limits.
local LEAST, MOST = 1, 1000

---The largest of the windows that show the buffer, in all tabs, as Neovim's own terminals have it.
---@param buf integer
---@return integer|nil rows Nothing where the buffer is not shown.
---@return integer|nil cols
function M.of(buf)
  local rows, cols = 0, 0
  for _, win in ipairs(vim.fn.win_findbuf(buf)) do
    local info = assert(vim.fn.getwininfo(win)[1])
    rows = math.max(rows, info.height)
    cols = math.max(cols, info.width - info.textoff)
  end
  if rows >= LEAST and cols >= LEAST then
    return math.min(rows, MOST), math.min(cols, MOST)
  end
end

---Tells the daemon if the size has changed.
---@param view orchflow.View
function M.check(view)
  local rows, cols = M.of(view.buf)
  if not view.view or not rows or (rows == view.rows and cols == view.cols) then
    return
  end
  view.rows, view.cols = rows, cols
  local params = { view = view.view, rows = rows, cols = cols }
  require("orchflow.client").notify("view.resize", params)
end

local due = false

---Once for all events that come together, when the layout has settled.
local function check_soon()
  if due then
    return
  end
  due = true
  vim.schedule(function()
    due = false
    for _, view in pairs(require("orchflow.view").all()) do
      M.check(view)
    end
  end)
end

local group = vim.api.nvim_create_augroup("orchflow.size", {})
local layout = { "WinResized", "VimResized", "BufWinEnter", "WinClosed", "TabEnter", "TermEnter" }
vim.api.nvim_create_autocmd(layout, { group = group, callback = check_soon })
vim.api.nvim_create_autocmd("OptionSet", {
  group = group,
  pattern = { "*number", "*column", "winbar", "laststatus", "cmdheight", "showtabline" },
  callback = check_soon,
})

return M
