-- Owns that a window of ours shows lines as they are painted.

---All that can hide rows, move them or look other than we paint them, whatever the person has set for their own text.
local PLAIN = {
  breakindent = false,
  colorcolumn = "",
  conceallevel = 0,
  cursorbind = false,
  cursorcolumn = false,
  cursorline = false,
  diff = false,
  foldcolumn = "0",
  foldenable = false,
  foldmethod = "manual",
  linebreak = false,
  list = false,
  number = false,
  relativenumber = false,
  rightleft = false,
  scrollbind = false,
  sidescrolloff = 0,
  signcolumn = "no",
  smoothscroll = false,
  spell = false,
  statuscolumn = "",
  winfixbuf = true,
  wrap = false,
}

---@param win integer
return function(win)
  for option, value in pairs(PLAIN) do
    vim.api.nvim_set_option_value(option, value, { scope = "local", win = win })
  end
  -- Nobody writes here: what others do after each change of text (matchparen does) would be done sixty times a second.
  if vim.fn.exists("+eventignorewin") == 1 then
    vim.wo[win].eventignorewin = "TextChanged"
  end
end
