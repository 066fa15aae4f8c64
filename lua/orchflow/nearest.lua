-- Owns the guess at what a mistyped word was meant to be.

---The number of letters to insert, remove or replace to turn one word into the other.
---@param a string
---@param b string
---@return integer
local function distance(a, b)
  local row = {} ---@type table<integer, integer>
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local corner = row[0]
    row[0] = i
    for j = 1, #b do
      local replaced = corner + (a:byte(i) == b:byte(j) and 0 or 1)
      corner = row[j]
      row[j] = math.min(replaced, row[j] + 1, row[j - 1] + 1)
    end
  end
  return row[#b]
end

---The candidate that is most like the word, unless none is much like it.
---@param word string
---@param candidates string[]
---@return string|nil
return function(word, candidates)
  local best, least = nil, math.max(2, math.floor(#word / 2)) + 1
  for _, candidate in ipairs(candidates) do
    local steps = vim.startswith(candidate, word) and 1 or distance(word, candidate)
    if steps < least then
      best, least = candidate, steps
    end
  end
  return best
end
