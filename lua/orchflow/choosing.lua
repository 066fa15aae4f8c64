-- Owns what pickers are told of a choice: its kind, how a line of it reads, and a live preview for those
-- that show one.

local M = {}

---@param prompt string
---@param kind string
---@param format fun(item: any): string
---@param terminal fun(item: any): string|nil The terminal to look at.
---@return table opts What `vim.ui.select` takes.
function M.opts(prompt, kind, format, terminal)
  local preview ---@type orchflow.Preview|nil
  return {
    prompt = prompt,
    kind = kind,
    format_item = format,
    preview_item = function(item)
      local id = terminal(item)
      if not id then
        return nil
      end
      if not preview or not vim.api.nvim_buf_is_valid(preview.buf) then
        preview = require("orchflow.board.preview").new()
        vim.bo[preview.buf].bufhidden = "wipe"
        preview:resize(40, 120)
      end
      preview:show(id)
      return { buf = preview.buf }
    end,
  }
end

return M
