-- Owns what `make try` shows: a terminal of orchflow, and above it what to type.

local lines = {
  " Type below. <C-\\><C-n> leaves the terminal, i goes back. :help orchflow",
  " Start something, :qa!, `make try` again, :Orchflow attach NAME: it went on.",
}

local hint = vim.api.nvim_create_buf(false, true)
vim.api.nvim_buf_set_lines(hint, 0, -1, false, lines)
vim.bo[hint].modifiable = false
local place = { split = "above", height = #lines, style = "minimal" }
local window = vim.api.nvim_open_win(hint, false, place)
-- The hint stays as it is, whatever opens and closes below it.
vim.wo[window].winfixheight = true
vim.wo[window].winfixbuf = true
vim.wo[window].wrap = false

vim.cmd("Orchflow terminal")
