-- Owns the filter of a board, which is typed in the command line and seen while it is typed.

local M = {}

local group = vim.api.nvim_create_augroup("orchflow.filter", {})

---@param board orchflow.Board
function M.ask(board)
  local before = board.filter
  vim.api.nvim_create_autocmd("CmdlineChanged", {
    group = group,
    callback = function()
      board:set_filter(vim.fn.getcmdline())
    end,
  })
  ---@diagnostic disable-next-line: param-type-mismatch it has two forms
  local fine, typed = pcall(vim.fn.input, {
    prompt = "Filter: ",
    default = before,
    cancelreturn = vim.NIL,
  })
  vim.api.nvim_clear_autocmds({ group = group })
  board:set_filter(fine and typed ~= vim.NIL and typed or before)
end

return M
