-- Owns the keys of a board, and the help that lists them.

local M = {}

---@class orchflow.Key
---@field keys string[]
---@field desc string
---@field act string The function of `orchflow.board.act` or of the board itself.
---@field arg? any

---@type orchflow.Key[]
M.KEYS = {
  { keys = { "<CR>", "<2-LeftMouse>" }, desc = "open in place", act = "open", arg = "current" },
  { keys = { "s" }, desc = "open in a split", act = "open", arg = "below" },
  { keys = { "v" }, desc = "open in a vertical split", act = "open", arg = "right" },
  { keys = { "t" }, desc = "open in a tab", act = "open", arg = "tab" },
  { keys = { "p" }, desc = "prompt", act = "prompt" },
  { keys = { "a" }, desc = "answer its question", act = "answer" },
  { keys = { "i" }, desc = "interrupt", act = "interrupt" },
  { keys = { "x" }, desc = "stop", act = "stop" },
  { keys = { "r" }, desc = "resume", act = "resume" },
  { keys = { "R" }, desc = "rename", act = "rename" },
  { keys = { "m", "<Space>" }, desc = "mark", act = "mark" },
  { keys = { "M" }, desc = "mark nobody", act = "unmark" },
  { keys = { "b" }, desc = "broadcast to those marked", act = "broadcast" },
  { keys = { "/" }, desc = "filter as you type", act = "filter" },
  { keys = { "g" }, desc = "grid of live screens", act = "grid" },
  { keys = { "?" }, desc = "these keys", act = "help" },
  { keys = { "q", "<Esc>" }, desc = "hide", act = "hide" },
}

---@param board orchflow.Board
---@param key orchflow.Key
---@param lhs string
local function map(board, key, lhs)
  vim.keymap.set("n", lhs, function()
    ---@diagnostic disable-next-line: need-check-nil
    require("orchflow.board.act")[key.act](board, key.arg)
  end, { buffer = board.rows.buf, nowait = true, desc = "orchflow: " .. key.desc })
end

---@param board orchflow.Board
function M.map(board)
  for _, key in ipairs(M.KEYS) do
    for _, lhs in ipairs(key.keys) do
      map(board, key, lhs)
    end
  end
  vim.keymap.set("n", "<LeftRelease>", function()
    board.rows:choose(vim.api.nvim_win_get_cursor(0)[1])
    board:moved()
  end, { buffer = board.rows.buf })
  for lhs, step in pairs({ j = 1, k = -1, ["<Down>"] = 1, ["<Up>"] = -1 }) do
    vim.keymap.set("n", lhs, function()
      for _ = 1, vim.v.count1 do
        local line = vim.api.nvim_win_get_cursor(0)[1]
        -- Where the one that was chosen is gone, the first step only chooses.
        local from = board.rows.chosen and line + step or line
        local next = board.rows:next(from, step)
        if next then
          board.rows:go(next)
        end
      end
      board:moved()
    end, { buffer = board.rows.buf, nowait = true })
  end
end

---@return string[]
local function lines()
  local list = {}
  for i, key in ipairs(M.KEYS) do
    list[i] = ("  %-14s %s"):format(
      table.concat(key.keys, " "):gsub("<2%-LeftMouse>", "click"),
      key.desc
    )
  end
  return list
end

---Shows what the keys do. Any key that leaves it closes it.
function M.help()
  local text = lines()
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, text)
  vim.bo[buf].bufhidden, vim.bo[buf].modifiable = "wipe", false
  local width, rows = 44, vim.o.lines - vim.o.cmdheight - 2
  width = math.min(width, vim.o.columns - 2)
  local height = math.max(1, math.min(#text, rows - 2))
  local win = vim.api.nvim_open_win(buf, true, {
    relative = "editor",
    row = math.floor((rows - height) / 2),
    col = math.floor((vim.o.columns - width) / 2),
    width = width,
    height = height,
    border = require("orchflow.board.layout").border() --[[@as "rounded"]],
    style = "minimal",
    zindex = 60,
  })
  local ns = vim.api.nvim_create_namespace("orchflow.keys")
  for line = 0, #text - 1 do
    vim.api.nvim_buf_set_extmark(buf, ns, line, 2, { end_col = 16, hl_group = "OrchflowName" })
  end
  local function close()
    if vim.api.nvim_win_is_valid(win) then
      vim.api.nvim_win_close(win, true)
    end
  end
  for _, lhs in ipairs({ "q", "<Esc>", "?", "<CR>" }) do
    vim.keymap.set("n", lhs, close, { buffer = buf, nowait = true })
  end
  vim.api.nvim_create_autocmd("WinLeave", { buffer = buf, once = true, callback = close })
end

return M
