-- Owns what stands above windows that show terminals: name, status, since when, branch, kept as it was
-- painted last; and the 'busy' mark of their buffers, where Neovim has it.

local M = {}

local views = require("orchflow.view")

local painting ---@type orchflow.Painting|nil
local lines = {} ---@type table<integer, orchflow.board.Row>
local texts = {} ---@type table<string, string> By terminal.

---@param row orchflow.board.Row
---@return string
local function text_of(row)
  local function escape(text)
    return (text:gsub("%%", "%%%%"))
  end
  local parts, last = { " " }, 0
  for _, span in ipairs(row.spans) do
    table.insert(parts, escape(row.text:sub(last + 1, span.from)))
    local text = escape(row.text:sub(span.from + 1, span.to))
    table.insert(parts, ("%%#%s#%s%%*"):format(span.group, text))
    last = span.to
  end
  table.insert(parts, escape(row.text:sub(last + 1)))
  return table.concat(parts)
end

---@param painted orchflow.board.Painted
---@param fresh boolean
local function paint(painted, fresh)
  if fresh then
    lines = {}
  end
  for _, piece in ipairs(painted.pieces) do
    for i, row in ipairs(piece.rows) do
      lines[piece.at + i] = row
    end
  end
  texts = {}
  for line, row in pairs(lines) do
    if line > painted.count then
      lines[line] = nil
    elseif row.terminal then
      texts[row.terminal] = text_of(row)
    end
  end
  vim.cmd.redrawstatus({ bang = true })
end

---Whether a window on the screen shows one of our terminals.
---@return boolean
local function is_seen()
  for _, win in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    if views.of(vim.api.nvim_win_get_buf(win)) then
      return true
    end
  end
  return false
end

---Nothing is painted while nobody can see it.
local function watch()
  if painting then
    painting:update({ hidden = not is_seen() })
  end
end

function M.start()
  if painting then
    return
  end
  require("orchflow.highlights")
  local icons = require("orchflow.config").get().icons
  local params = { kind = "titles", cols = 200, rows = 1000, icons = icons }
  painting = require("orchflow.board.painting").open(params, paint, true)
  vim.api.nvim_create_autocmd({ "BufWinEnter", "WinClosed", "TabEnter" }, {
    group = vim.api.nvim_create_augroup("orchflow.winbar", {}),
    callback = vim.schedule_wrap(watch),
  })
end

---What stands above the window that is drawn.
---@return string
function M.text()
  if not painting then
    vim.schedule(M.start)
  end
  local win = vim.g.statusline_winid or vim.api.nvim_get_current_win()
  local view = vim.api.nvim_win_is_valid(win) and views.of(vim.api.nvim_win_get_buf(win))
  return view and view.id and texts[view.id] or ""
end

---Has the windows of a view show it, where the person wants that.
---@param buf integer
function M.keep(buf)
  if not require("orchflow.config").get().winbar then
    return
  end
  local function give()
    for _, win in ipairs(vim.fn.win_findbuf(buf)) do
      vim.wo[win][0].winbar = "%{%v:lua.require'orchflow'.winbar()%}"
    end
  end
  vim.api.nvim_create_autocmd("BufWinEnter", { buffer = buf, callback = give })
  give()
end

---@param info orchflow.agent.Info
local function keep_busy(info)
  for _, view in ipairs(views.live(info.terminal)) do
    local busy = info.status == "working" and 1 or 0
    if vim.bo[view.buf].busy ~= busy then
      vim.bo[view.buf].busy = busy
    end
  end
end

---Marks the buffers of agents that work, where Neovim has a mark for that.
---@param info? orchflow.agent.Info Without it, all that are known.
function M.mark_busy(info)
  if vim.fn.exists("&busy") == 1 then
    vim.tbl_map(keep_busy, info and { info } or require("orchflow.agents").all())
  end
end

require("orchflow.agents").on_change(M.mark_busy)

return M
