-- Owns the keys of a board.

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

---What would select text: a row is none.
local SELECTING = { "<LeftDrag>", "<3-LeftMouse>", "<4-LeftMouse>" }
for clicks = 2, 4 do
  vim.list_extend(
    SELECTING,
    { ("<%d-LeftRelease>"):format(clicks), ("<%d-LeftDrag>"):format(clicks) }
  )
end

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
  for _, lhs in ipairs(SELECTING) do
    vim.keymap.set("n", lhs, "<Nop>", { buffer = board.rows.buf })
  end
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

return M
