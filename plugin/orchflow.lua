-- Owns what is there before the first use: the command with its range, and what `:edit orchflow://NAME`
-- does.

if vim.g.loaded_orchflow then
  return
end
vim.g.loaded_orchflow = true

if vim.fn.has("nvim-0.10") == 0 then
  vim.notify("orchflow: this needs Neovim 0.10 or newer", vim.log.levels.ERROR)
  return
end

---What comes before the command is a size, as with :split, which may be more than the buffer has lines;
---for Neovim that is "other". Or it is a range of lines, which may have marks and patterns in it.
---@param addr "other"|"lines"
local function define(addr)
  vim.api.nvim_create_user_command("Orchflow", function(cmd)
    require("orchflow.command").run(cmd)
  end, {
    desc = "Terminals and agents that outlive the editor",
    nargs = "*",
    bang = true,
    range = 0,
    addr = addr,
    complete = function(lead, line, column)
      return require("orchflow.command").complete(lead, line:sub(1, column))
    end,
  })
end

define("other")

for name, command in pairs({
  board = "Orchflow board",
  grid = "Orchflow grid",
  inbox = "Orchflow inbox",
  next = "Orchflow next",
  send = "Orchflow send",
  terminal = "Orchflow terminal",
}) do
  local desc = "orchflow: " .. name
  vim.keymap.set(
    "n",
    ("<Plug>(orchflow-%s)"):format(name),
    ("<Cmd>%s<CR>"):format(command),
    { desc = desc }
  )
end
vim.keymap.set("x", "<Plug>(orchflow-send)", ":Orchflow send<CR>", { desc = "orchflow: send" })

local group = vim.api.nvim_create_augroup("orchflow", {})

vim.api.nvim_create_autocmd("CmdlineLeave", {
  group = group,
  pattern = ":",
  desc = "Let a typed :Orchflow have any range",
  callback = function()
    if vim.fn.getcmdline():find("^[^%a]*['/?\\].*Orchflow") then
      define("lines")
      vim.schedule(function() -- The line is run before that.
        define("other")
      end)
    end
  end,
})

vim.api.nvim_create_autocmd("BufReadCmd", {
  group = group,
  pattern = "orchflow://*",
  nested = true,
  desc = "Show the terminal of that name, or its history",
  callback = function(event)
    local history = vim.startswith(event.match, "orchflow://history/")
    require(history and "orchflow.history" or "orchflow.terminal").read(event.buf, event.match)
  end,
})

vim.api.nvim_create_autocmd("SessionLoadPost", {
  group = group,
  desc = "Close what was a board when the session was kept",
  callback = function()
    vim.schedule(function()
      require("orchflow.board.names").forget()
    end)
  end,
})
