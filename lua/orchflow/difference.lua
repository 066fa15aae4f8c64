-- Owns what differs between two texts, as a unified diff without its header.

---@param old string
---@param new string
---@return string
return function(old, new)
  local diff = vim.text and vim.text.diff or vim.diff -- The second is its name before 0.12.
  return diff(old, new, { result_type = "unified", ctxlen = 3 }) --[[@as string]]
end
