-- Owns the list of a board's keys that `?` shows.

local M = {}

local layout = require("orchflow.board.layout")

---The widest of what is typed, and the widest of both.
local TYPED, WIDTH = 10, 38

local namespace = vim.api.nvim_create_namespace("orchflow.help")

---@return string[]
local function lines()
  local list = {}
  for i, key in ipairs(require("orchflow.board.keys").KEYS) do
    local typed = table.concat(key.keys, " "):gsub("<2%-LeftMouse>", "click")
    list[i] = (" %-" .. TYPED .. "s %s"):format(typed, key.desc)
  end
  return list
end

---@param text string[]
---@return integer buf
local function create(text)
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, text)
  vim.bo[buf].bufhidden, vim.bo[buf].modifiable = "wipe", false
  for line = 0, #text - 1 do
    local span = { end_col = 1 + TYPED, hl_group = "OrchflowName" }
    vim.api.nvim_buf_set_extmark(buf, namespace, line, 1, span)
  end
  return buf
end

---In the middle, as many lines as there is room for; in the border it is said that there are more.
---@param count integer
---@return vim.api.keyset.win_config
local function placed(count)
  local edge, rows, columns = layout.edge(), vim.o.lines - vim.o.cmdheight, vim.o.columns
  local width = math.max(math.min(WIDTH, columns - edge), 1)
  local height = math.max(math.min(count, rows - edge), 1)
  local config = layout.config({
    row = math.floor((rows - height - edge) / 2),
    col = math.floor((columns - width - edge) / 2),
    width = width,
    height = height,
  })
  config.zindex = 60
  if edge > 0 then
    local more = height < count and (" %d of %d  j k scroll  q closes "):format(height, count)
    config.title = { { " keys ", "OrchflowTitle" } }
    config.footer = { { more or " q closes ", "OrchflowDim" } }
    config.footer_pos = "right"
  end
  return config
end

---Shows what the keys do. Any key that leaves it closes it.
function M.open()
  local text = lines()
  local buf = create(text)
  local win = vim.api.nvim_open_win(buf, true, placed(#text))
  require("orchflow.board.plain")(win)
  vim.wo[win].winhighlight = layout.LOOK
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
