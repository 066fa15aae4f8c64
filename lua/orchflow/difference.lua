-- Owns what differs between two texts, as a unified diff without its header. Another thread compares
-- them: that of long texts takes seconds.

---A function for the other thread: it sees nothing of what is around it.
---@param old string
---@param new string
---@param first integer
---@param last integer
---@param most integer
---@return string
local function compare(old, new, first, last, most)
  ---@diagnostic disable-next-line: deprecated -- A thread of Neovim 0.10 has no vim.text.
  local diff = vim.diff or vim.text.diff
  local whole = diff(old, new, { result_type = "unified", ctxlen = 3 }) --[[@as string]]
  local hunks, size, is_in = {}, 0, false
  for line in whole:gmatch("[^\n]*\n?") do
    local from, count = line:match("^@@ %-[%d,]+ %+(%d+),?(%d*) @@")
    local start, rows = tonumber(from), tonumber(count) or 1
    if start then
      is_in = first <= start + math.max(rows, 1) - 1 and last >= start
    end
    if is_in and size <= most then
      table.insert(hunks, line)
      size = size + #line
    end
  end
  return table.concat(hunks)
end

---@param texts { old: string, new: string }
---@param lines { first: integer, last: integer }|nil Of the new text. Only the hunks that these are in.
---@param callback fun(diff: string|nil, why: string|nil) The diff may be cut after `words.MOST`.
return function(texts, lines, callback)
  local ended = vim.schedule_wrap(function(diff)
    callback(diff, not diff and "it cannot be compared with what is there" or nil)
  end)
  local first, last = lines and lines.first or 0, lines and lines.last or math.huge
  local most = require("orchflow.words").MOST
  ---@cast compare fun(...: uv.threadargs): string
  vim.uv.new_work(compare, ended):queue(texts.old, texts.new, first, last, most)
end
