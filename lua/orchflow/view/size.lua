-- Owns the size of views: the size that Neovim gives the terminal in a buffer, told to the daemon
-- when it changes.

local M = {}

---A terminal's size has these limits.
local LEAST, MOST = 1, 1000

---The largest of the windows that show the buffer, in all tabs, as Neovim's own terminals have it.
---@param view orchflow.View Keeps its size where it is not shown.
---@return boolean changed
function M.measure(view)
  local rows, cols = 0, 0
  for _, win in ipairs(vim.fn.win_findbuf(view.buf)) do
    local info = assert(vim.fn.getwininfo(win)[1])
    rows = math.max(rows, info.height)
    cols = math.max(cols, info.width - info.textoff)
  end
  if rows < LEAST or cols < LEAST then
    return false
  end
  local old_rows, old_cols = view.rows, view.cols
  view.rows, view.cols = math.min(rows, MOST), math.min(cols, MOST)
  return view.rows ~= old_rows or view.cols ~= old_cols
end

---Neovim's own terminal moves and cuts its lines when it becomes narrower or wider. Since 0.12 the
---daemon can erase that scrollback and send it anew; before, only a fresh terminal is empty.
local ERASES = vim.fn.has("nvim-0.12") == 1

---A window that has kept its size for so long is not being dragged any more.
local SETTLED_MS = 150

---@param view orchflow.View
local function renew_later(view)
  local rows, cols = view.rows, view.cols
  vim.defer_fn(function()
    -- With fewer lines than rows the buffer is damaged: Neovim has lost count of them, see `note`.
    local has_scrollback = vim.api.nvim_buf_is_valid(view.buf)
      and vim.api.nvim_buf_line_count(view.buf) ~= view.rows
    if not has_scrollback or not view.view or view.ended then
      return
    elseif view.rows ~= rows or view.cols ~= cols then
      return renew_later(view)
    end
    require("orchflow.view.fate").renew(view)
  end, SETTLED_MS)
end

---Whoever reads keeps the place while the daemon makes the lines anew.
---@param view orchflow.View
local function keep_reading(view)
  local rebuild = require("orchflow.view.rebuild")
  rebuild.restore(view.buf, rebuild.places(view.buf))
end

---A resize and a frame have come together, which has left lines in the wrong place: they are made anew.
---Once is enough for all frames that this resize has met.
---@param view orchflow.View
function M.doubt(view)
  if view.doubted == view.resizes then
    return
  end
  view.doubted = view.resizes
  if ERASES then
    require("orchflow.client").notify("view.renew", { view = view.view })
    keep_reading(view)
  else
    renew_later(view)
  end
end

---Neovim puts the lines that a terminal has moved into the buffer later, 10 ms if it has the time, in one go, and
---counts from the height that the terminal has by then: where lines were moved both by a frame and by another
---height, some stand twice, or in another order, or are lost.
---@param view orchflow.View
---@param what "moved"|"resized"
local function note(view, what)
  if not (view.moved or view.resized) then
    vim.api.nvim_buf_attach(view.buf, false, {
      on_lines = function()
        view.moved, view.resized = false, false
        return true -- It tells of each line; the first will do.
      end,
    })
  end
  view[what] = true
  if view.moved and view.resized then
    M.doubt(view)
  end
end

---Saves the cursor, asks where it stands when it is put further than any screen goes, and restores it.
local ASK = "\0277\27[999;999H\27[6n\0278"

---Whether Neovim's terminal has the size of its windows. Neovim 0.10 gives it the size of one that begins to show
---it only with whatever changes next, and only the terminal itself can tell.
---@param view orchflow.View
---@return boolean
local function fits(view)
  if ERASES then
    return true
  end
  view.answer = ""
  vim.api.nvim_chan_send(view.channel, ASK) -- It answers at once.
  local rows, cols = view.answer:match("^\27%[(%d+);(%d+)R$")
  view.answer = nil
  return not rows
    or tonumber(rows) == math.min(view.rows, 999) and tonumber(cols) == math.min(view.cols, 999)
end

---Tells the daemon if the size has changed.
---@param view orchflow.View
function M.check(view)
  local rows, cols = view.rows, view.cols
  if view.view and M.measure(view) then
    local params = { view = view.view, rows = view.rows, cols = view.cols }
    view.resizes = view.resizes + 1
    require("orchflow.client").notify("view.resize", params)
    require("orchflow.view.settle").soon(view.buf)
    if view.rows ~= rows then
      note(view, "resized")
    end
    if view.cols ~= cols and ERASES then
      keep_reading(view)
    elseif view.cols ~= cols then
      renew_later(view)
    end
  end
end

---Makes the lines anew where Neovim's terminal has not the size of its windows: once, as a fresh terminal has it from
---the start, and what does not help must not be done for ever.
---@param view orchflow.View
local function check_fit(view)
  local size = ("%dx%d"):format(view.rows, view.cols)
  if fits(view) then
    view.misfit = nil
  elseif view.misfit ~= size then
    view.misfit = size
    M.doubt(view)
  end
end

---A frame is about to be painted.
---@param view orchflow.View
---@param moves boolean Whether it moves lines.
function M.frame(view, moves)
  if moves then
    note(view, "moved")
  end
  check_fit(view)
end

---Whether a window on the screen shows the buffer.
---@param buf integer
---@return boolean
local function is_watched(buf)
  for _, win in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    if vim.api.nvim_win_get_buf(win) == buf then
      return true
    end
  end
  return false
end

---Tells the daemon when nobody can see the view any more, and when somebody can again: what is not
---seen is not painted.
---@param view orchflow.View
local function watch(view)
  local watched = is_watched(view.buf)
  if view.view and watched ~= view.watched then
    view.watched = watched
    local method = watched and "view.show" or "view.hide"
    require("orchflow.client").notify(method, { view = view.view })
  end
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
      watch(view)
    end
  end)
end

local group = vim.api.nvim_create_augroup("orchflow.size", {})
local layout =
  { "WinResized", "VimResized", "BufWinEnter", "BufHidden", "WinClosed", "TabEnter", "TermEnter" }
vim.api.nvim_create_autocmd(layout, { group = group, callback = check_soon })
vim.api.nvim_create_autocmd("OptionSet", {
  group = group,
  pattern = { "*number", "*column", "winbar", "laststatus", "cmdheight", "showtabline" },
  callback = check_soon,
})

return M
