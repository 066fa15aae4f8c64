-- Owns how text of the editor stands among a person's words: valid, bounded, and marked as what it is.

local M = {}

---More than that of one thing, in bytes, is no help to an agent, which can read files itself.
M.MOST = 64 * 1024

local CHARACTER = vim.lpeg.utfR(0, 0xd7ff) + vim.lpeg.utfR(0xe000, 0x10ffff)
---@cast CHARACTER any -- Not the number that a checker takes these operators to make.
local VALID = vim.lpeg.Cs((CHARACTER + vim.lpeg.P(1) / "\u{fffd}") ^ 0)
---@cast VALID any

---Buffers and programs may hold any bytes; the protocol's strings are text.
---@param text string
---@return string
function M.valid(text)
  return VALID:match(text)
end

---@param text string
---@return string text
---@return boolean cut
function M.bound(text)
  if #text <= M.MOST then
    return M.valid(text), false
  end
  local whole = text:sub(1, M.MOST):match("^(.*)\n") or text:sub(1, M.MOST)
  return M.valid(whole), true
end

---@param text string
---@param least integer
---@return string ticks More of them than stand anywhere in the text.
local function ticks(text, least)
  local most = least - 1
  for run in text:gmatch("`+") do
    most = math.max(most, #run)
  end
  return ("`"):rep(most + 1)
end

---Lines as a block of their own.
---@param lines string[]|string
---@param language? string
---@return string
function M.block(lines, language)
  local whole = type(lines) == "table" and table.concat(lines, "\n") or lines --[[@as string]]
  local text, cut = M.bound((whole:gsub("\n$", "")))
  local fence = ticks(text, 3)
  local note = cut and ("(cut after %d KB)\n"):format(#text / 1024) or ""
  return ("\n%s%s\n%s\n%s\n%s"):format(fence, language or "", text, fence, note)
end

---A line among other words.
---@param line string
---@return string
function M.inline(line)
  local text = M.bound(vim.trim(line))
  if text == "" then
    return "(an empty line)"
  end
  local fence = ticks(text, 1)
  local pad = (text:find("^`") or text:find("`$")) and " " or ""
  return fence .. pad .. text .. pad .. fence
end

return M
