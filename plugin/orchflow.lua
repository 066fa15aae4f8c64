-- Owns what is there before the first use: the command, and what `:edit orchflow://NAME` does.

if vim.g.loaded_orchflow then
  return
end
vim.g.loaded_orchflow = true

if vim.fn.has("nvim-0.10") == 0 then
  vim.notify("orchflow: this needs Neovim 0.10 or newer", vim.log.levels.ERROR)
  return
end

vim.api.nvim_create_user_command("Orchflow", function(cmd)
  require("orchflow.command").run(cmd)
end, {
  desc = "Terminals that outlive the editor",
  nargs = "*",
  bang = true,
  -- A count before the command is a size, as with :split; `addr` keeps it from being a line.
  range = 0,
  addr = "other",
  complete = function(lead, line, column)
    return require("orchflow.command").complete(lead, line:sub(1, column))
  end,
})

vim.api.nvim_create_autocmd("BufReadCmd", {
  group = vim.api.nvim_create_augroup("orchflow", {}),
  pattern = "orchflow://*",
  nested = true,
  desc = "Show the terminal of that name, or its history",
  callback = function(event)
    local history = vim.startswith(event.match, "orchflow://history/")
    require(history and "orchflow.history" or "orchflow.terminal").read(event.buf, event.match)
  end,
})
