-- Owns `:Orchflow compare`: a buffer beside its file as it is on disk.

---@param buf integer
---@param path string
---@param mods table
local function show(buf, path, mods)
  if vim.fn.bufwinid(buf) == -1 then
    vim.cmd.sbuffer({ args = { tostring(buf) } })
  else
    vim.api.nvim_set_current_win(vim.fn.bufwinid(buf))
  end
  local win, language = vim.api.nvim_get_current_win(), vim.bo[buf].filetype
  vim.cmd.diffthis()
  vim.cmd.new({ mods = vim.tbl_extend("keep", { vertical = true }, mods) })
  vim.cmd.read({ args = { vim.fn.fnameescape(path) }, range = { 0 }, mods = { silent = true } })
  local copy = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(copy, -2, -1, false, {})
  vim.bo[copy].buftype, vim.bo[copy].bufhidden, vim.bo[copy].swapfile = "nofile", "wipe", false
  vim.bo[copy].filetype, vim.bo[copy].modifiable = language, false
  vim.api.nvim_buf_set_name(copy, ("%s (on disk, %d)"):format(path, copy))
  vim.cmd.diffthis()
  vim.api.nvim_create_autocmd("BufWipeout", {
    buffer = copy,
    once = true,
    callback = function()
      if vim.api.nvim_win_is_valid(win) then
        vim.api.nvim_win_call(win, vim.cmd.diffoff)
      end
    end,
  })
end

---@type orchflow.Verb
return {
  desc = "Show a buffer beside its file on disk; without a name, the one of a conflict, or this one",
  usage = "[file]",
  run = function(_, cmd)
    local meant = require("orchflow.reload.conflict").meant
    local buf = cmd.line == "" and meant() or vim.fn.bufnr(cmd.line)
    local path = buf ~= -1 and require("orchflow.here").path(buf)
    if not path or not vim.uv.fs_stat(path) then
      local message = "there is no such file on disk: "
        .. (cmd.line ~= "" and cmd.line or "this one")
      return { kind = "not_found", message = message }
    end
    show(buf, path, cmd.smods)
  end,
  complete = function(lead)
    return vim.fn.getcompletion(lead, "buffer")
  end,
}
