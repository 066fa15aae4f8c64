-- Owns the highlight groups of what terminals have printed: one for each look, made when it is first
-- met. They are made with `default`, so what a person or a colour scheme has defined holds.

local M = {}

---The colours 0 to 15 as Neovim's terminals have them, where `g:terminal_color_N` does not say other.
-- stylua: ignore
local COLORS = {
  [0] = 0x000000, 0xe00000, 0x00e000, 0xe0e000, 0x0000e0, 0xe000e0, 0x00e0e0, 0xe0e0e0,
  0x808080, 0xff4040, 0x40ff40, 0xffff40, 0x4040ff, 0xff40ff, 0x40ffff, 0xffffff,
}

---Neovim has room for 20,000 groups in all; looks beyond so many are shown plain.
local MOST = 5000

local FLAGS = {
  "bold",
  "italic",
  "reverse",
  "strikethrough",
  "underline",
  "undercurl",
  "underdashed",
  "underdotted",
  "underdouble",
}

---Since 0.12 there are these too.
local NEW = vim.fn.has("nvim-0.12") == 1

local made = {} ---@type table<string, orchflow.terminal.Style> By the group's name.
local count = 0

---@param index integer
---@return integer color
---@return boolean own Whether somebody has chosen it.
local function palette(index)
  local name = vim.g["terminal_color_" .. index]
  local chosen = type(name) == "string" and vim.api.nvim_get_color_by_name(name) or -1
  if chosen >= 0 then
    return chosen, true
  end
  local usual = COLORS[index] --[[@as integer]]
  return usual, false
end

---@param value integer|nil
---@param index integer|nil
---@return integer|nil color
---@return boolean|nil indexed It is the colour that the terminal around Neovim has for the number.
local function color(value, index)
  if value or not index then
    return value
  end
  local chosen, own = palette(index)
  return chosen, not own
end

---@param name string
---@param style orchflow.terminal.Style
local function define(name, style)
  local opts = { default = true, ctermfg = style.fg_index, ctermbg = style.bg_index }
  opts.fg, opts.fg_indexed = color(style.fg, style.fg_index)
  opts.bg, opts.bg_indexed = color(style.bg, style.bg_index)
  opts.sp = color(style.sp, style.sp_index)
  for _, flag in ipairs(FLAGS) do
    opts[flag] = style[flag]
  end
  if NEW then
    opts.dim, opts.conceal = style.dim, style.hidden
  end
  vim.api.nvim_set_hl(0, name, opts)
end

---`OrchflowHistory_fg1_bold` is bold red text, `OrchflowHistory_bg_00ff7f` has a ground of that value.
---@param style orchflow.terminal.Style
---@return string
local function name_of(style)
  local parts = { "OrchflowHistory" }
  for _, key in ipairs({ "fg", "bg", "sp" }) do
    local value = style[key] ---@type integer|nil
    local index = style[key .. "_index"] ---@type integer|nil
    if value then
      table.insert(parts, ("%s_%06x"):format(key, value))
    elseif index then
      table.insert(parts, key .. index)
    end
  end
  for _, flag in ipairs({ "dim", "hidden", unpack(FLAGS) }) do
    if style[flag] then
      table.insert(parts, flag)
    end
  end
  return table.concat(parts, "_")
end

---@param style orchflow.terminal.Style
---@return integer|nil group None for too many, and for what has a link and looks plain.
function M.group(style)
  local name = name_of(style)
  if name == "OrchflowHistory" then
    return
  elseif not made[name] then
    if count >= MOST then
      return
    end
    made[name], count = style, count + 1
    define(name, style)
  end
  return vim.api.nvim_get_hl_id_by_name(name)
end

-- A colour scheme clears all groups, and may bring other colours for terminals.
vim.api.nvim_create_autocmd("ColorScheme", {
  group = vim.api.nvim_create_augroup("orchflow.history", {}),
  callback = function()
    for name, style in pairs(made) do
      define(name, style)
    end
  end,
})

return M
