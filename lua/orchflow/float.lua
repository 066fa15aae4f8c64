-- Owns floating windows: in the middle, and there they stay when the editor's size changes. To
-- leave one that shows a terminal hides its buffer, as with any window; the terminal goes on.

local M = {}

---@param wanted number Up to 1 a share of the room, beyond that cells.
---@param room integer
---@return integer
local function cells(wanted, room)
  local size = wanted <= 1 and math.floor(wanted * room) or math.floor(wanted)
  return math.max(1, math.min(size, room))
end

---@return vim.api.keyset.win_config
local function layout()
  local wanted = require("orchflow.config").get().float
  local edge = wanted.border == "none" and 0 or 2
  local rows, cols = vim.o.lines - vim.o.cmdheight - edge, vim.o.columns - edge
  local height, width = cells(wanted.height, rows), cells(wanted.width, cols)
  return {
    relative = "editor",
    row = math.floor((rows - height) / 2),
    col = math.floor((cols - width) / 2),
    width = width,
    height = height,
    border = wanted.border --[[@as "rounded"]],
  }
end

vim.api.nvim_create_autocmd("VimResized", {
  group = vim.api.nvim_create_augroup("orchflow.float", {}),
  desc = "Keep floating windows in the middle",
  callback = function()
    for _, win in ipairs(vim.api.nvim_list_wins()) do
      if vim.w[win].orchflow_float then
        vim.api.nvim_win_set_config(win, layout())
      end
    end
  end,
})

---@param buf integer
---@param border? { title: string, footer: string } What stands in it, where there is one.
function M.open(buf, border)
  local config = layout()
  if config.border ~= "none" then
    config = vim.tbl_extend("error", config, border or {})
  end
  local win = vim.api.nvim_open_win(buf, true, config)
  vim.w[win].orchflow_float = true
end

return M
