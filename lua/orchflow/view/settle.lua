-- Owns what a window shows of a terminal after it became lower: Neovim keeps the cursor where it was,
-- before the terminal moves its lines, which leaves a gap below the last line.

local M = {}

---@param win integer
local function close_gap(win)
  vim.api.nvim_win_call(win, function()
    local top = math.max(1, vim.fn.line("$") - vim.api.nvim_win_get_height(win) + 1)
    if vim.fn.line("w0") > top then
      vim.fn.winrestview({ topline = top })
    end
  end)
end

---Closes the gap once the terminal has moved its lines.
---@param buf integer
function M.soon(buf)
  vim.api.nvim_buf_attach(buf, false, {
    on_lines = function()
      vim.schedule(function()
        for _, win in ipairs(vim.fn.win_findbuf(buf)) do
          close_gap(win)
        end
      end)
      return true -- Once is enough.
    end,
  })
end

return M
