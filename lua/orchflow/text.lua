-- Owns reading the text of a buffer of any size without holding the editor up.

local M = {}

---A text of more bytes or lines is not compared: to read that many lines takes Neovim some ms, and to
---compare them another thread about a second.
M.MOST = 2 * 1024 * 1024
local MOST_LINES = 64 * 1024

---Lines that are read at once.
local STEP = 1024

---All of it, with the newline of its last line.
---@param buf integer
---@return string|nil text None where it is too large to compare.
function M.whole(buf)
  local count = vim.api.nvim_buf_line_count(buf)
  if count <= MOST_LINES and vim.api.nvim_buf_get_offset(buf, count) <= M.MOST then
    return table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), "\n") .. "\n"
  end
end

---As many lines as may be told, and where there are more, some of those, so that it is seen to be cut.
---@param buf integer
---@param first integer
---@param last integer
---@return string[]
function M.lines(buf, first, last)
  local most, lines, size = require("orchflow.words").MOST, {}, 0
  for from = first - 1, last - 1, STEP do
    local to = math.min(from + STEP, last) --[[@as integer]]
    for _, line in ipairs(vim.api.nvim_buf_get_lines(buf, from, to, false)) do
      table.insert(lines, line)
      size = size + #line + 1
    end
    if size > most + 1 then -- The last newline is none of a block's text.
      break
    end
  end
  return lines
end

return M
