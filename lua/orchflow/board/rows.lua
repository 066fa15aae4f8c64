-- Owns the buffer of a board: applies the rows that look different, knows what each line is about, and
-- keeps the cursor on whom the person has chosen, wherever that row goes.

local M = {}

---@class orchflow.Rows
---@field buf integer
---@field items table<integer, orchflow.board.Row> By line, from 1.
---@field chosen? string The terminal that the cursor is on.
---@field name? string Its name.
---@field filtered? boolean The person filters, and has chosen nobody since: then the first will do.
---@field line? integer Where the cursor was when it was last looked at.
---@field gone? string The name of the one that was chosen, and is there no more.
---@field aside? boolean The person has put the cursor on a heading: nobody is chosen.
local Rows = {}
Rows.__index = Rows

local namespace = vim.api.nvim_create_namespace("orchflow.board")

---@return orchflow.Rows
function M.new()
  local buf = vim.api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = "hide"
  vim.bo[buf].undolevels = -1
  vim.bo[buf].modifiable = false
  vim.bo[buf].filetype = "orchflow"
  require("orchflow.board.names").give(buf, "board")
  return setmetatable({ buf = buf, items = {} }, Rows)
end

---@package
---@param line integer
---@param row orchflow.board.Row
function Rows:paint_spans(line, row)
  for _, span in ipairs(row.spans) do
    vim.api.nvim_buf_set_extmark(self.buf, namespace, line, span.from, {
      end_col = span.to,
      hl_group = span.group,
    })
  end
end

---A buffer has one line at least.
---@package
---@param count integer
function Rows:resize(count)
  local wanted, have = math.max(count, 1), vim.api.nvim_buf_line_count(self.buf)
  if have > wanted then
    vim.api.nvim_buf_set_lines(self.buf, wanted, -1, false, {})
  elseif have < wanted then
    local blank = {}
    for i = 1, wanted - have do
      blank[i] = ""
    end
    vim.api.nvim_buf_set_lines(self.buf, -1, -1, false, blank)
  end
  for line in pairs(self.items) do
    if line > count then
      self.items[line] = nil
    end
  end
end

---Applies what looks different. Everything else in the buffer is left alone.
---@param painted orchflow.board.Painted
---@param fresh boolean All rows are new.
function Rows:apply(painted, fresh)
  local buf = self.buf
  if not vim.api.nvim_buf_is_valid(buf) then
    return
  end
  vim.bo[buf].modifiable = true
  if fresh then
    vim.api.nvim_buf_set_lines(buf, 0, -1, false, {})
    self.items = {}
  end
  self:resize(painted.count)
  for _, piece in ipairs(painted.pieces) do
    local texts = {}
    for i, row in ipairs(piece.rows) do
      texts[i] = row.text
    end
    vim.api.nvim_buf_clear_namespace(buf, namespace, piece.at, piece.at + #texts)
    vim.api.nvim_buf_set_lines(buf, piece.at, piece.at + #texts, false, texts)
    for i, row in ipairs(piece.rows) do
      self.items[piece.at + i] = row.terminal and row or nil
      self:paint_spans(piece.at + i - 1, row)
    end
  end
  for _, edit in ipairs(painted.edits or {}) do
    vim.api.nvim_buf_set_text(buf, edit.at, edit.from, edit.at, edit.to, { edit.text })
  end
  vim.bo[buf].modifiable = false
  self:follow()
  self:note()
end

---Where the cursor stands now it was put by us, or by lines that went.
---@package
function Rows:note()
  local here = vim.api.nvim_get_current_buf() == self.buf
  local win = here and 0 or vim.fn.win_findbuf(self.buf)[1]
  self.line = win and vim.api.nvim_win_get_cursor(win)[1]
end

---The cursor has moved: a person's own movement chooses.
---@param line integer
function Rows:moved(line)
  if line ~= self.line then
    self.line, self.filtered = line, false
    self:choose(line)
  end
end

---@param terminal string
---@return integer|nil line
---@return orchflow.board.Row|nil
function Rows:find(terminal)
  for line, row in pairs(self.items) do
    if row.terminal == terminal then
      return line, row
    end
  end
end

---The first line from here on that is about something.
---@param line integer
---@param step integer 1 or -1.
---@return integer|nil
function Rows:next(line, step)
  local count = vim.api.nvim_buf_line_count(self.buf)
  while line >= 1 and line <= count do
    local row = self.items[line] ---@type orchflow.board.Row|nil
    if row then
      return line
    end
    line = line + step
  end
end

---Puts the cursor on a line, in every window.
---@param line integer
function Rows:go(line)
  for _, win in ipairs(vim.fn.win_findbuf(self.buf)) do
    local cursor = vim.api.nvim_win_get_cursor(win)
    if cursor[1] ~= line then
      vim.api.nvim_win_set_cursor(win, { line, 0 })
    end
    -- The heading is worth a row.
    if line <= 2 and vim.fn.line("w0", win) > 1 then
      vim.api.nvim_win_call(win, function()
        vim.fn.winrestview({ topline = 1 })
      end)
    end
  end
  self:choose(line)
  self.line = line
end

---Keeps the cursor on whom it was on. Where that one is gone nobody is chosen: what is typed next was
---not meant for whoever has come in its place.
---@package
function Rows:follow()
  local line = self.chosen and self:find(self.chosen)
  if line then
    self:go(line)
  elseif self.chosen and not self.filtered then
    self.chosen, self.gone = nil, self.name
  elseif not self.gone and not self.aside then
    local first = self:next(1, 1)
    if first then
      self:go(first)
    else
      self.chosen = nil
    end
  end
end

---The person looks again: where nobody was chosen, the first will do.
function Rows:begin()
  self.aside = false
  self:follow()
  self:note()
end

---The cursor was moved. A heading is nobody.
---@param line integer
function Rows:choose(line)
  local row = self.items[line] ---@type orchflow.board.Row|nil
  self.aside, self.gone = row == nil, nil
  self.chosen, self.name = row and row.terminal, row and row.name
end

---Who is under the cursor, wherever the person has put it a moment ago.
---@return orchflow.board.Row|nil
function Rows:current()
  if vim.api.nvim_get_current_buf() == self.buf then
    self:moved(vim.api.nvim_win_get_cursor(0)[1])
  end
  local _, row = self:find(self.chosen or "")
  return row
end

return M
