-- Owns what a program in a terminal gets of the editor's environment, and how it is started.

local M = {}

-- They describe the editor, or the terminal that the editor runs in.
local NOT_THEIRS = {
  "^NVIM",
  "^VIM$",
  "^VIMRUNTIME$",
  "^MYVIMRC$",
  "^TERM",
  "^COLORTERM$",
  "^LINES$",
  "^COLUMNS$",
  "^TMUX",
  "^STY$",
  "^WINDOWID$",
}

-- The protocol's strings are text; Unix allows any bytes in a variable.
local CHARACTER = vim.lpeg.utfR(0, 0xd7ff) + vim.lpeg.utfR(0xe000, 0x10ffff)
local TEXT = CHARACTER ^ 0 * vim.lpeg.P(-1)
---@cast TEXT any -- Not the number that a checker takes these operators to make.

---@param name string
---@param value string
---@return boolean
local function is_theirs(name, value)
  for _, pattern in ipairs(NOT_THEIRS) do
    if name:find(pattern) then
      return false
    end
  end
  return TEXT:match(name) ~= nil and TEXT:match(value) ~= nil
end

---The editor's environment, which may be newer than the daemon's.
---@param added? table<string, string>
---@return table<string, string>
function M.variables(added)
  local variables = {}
  for name, value in pairs(vim.fn.environ()) do
    if is_theirs(name, value) then
      variables[name] = value
    end
  end
  variables = vim.tbl_extend("force", variables, added or {})
  return next(variables) and variables or vim.empty_dict()
end

---A shell line is handed to 'shell', as :terminal does.
---@param cmd? string|string[]
---@return orchflow.terminal.Command
function M.command(cmd)
  local shell = vim.split(vim.o.shell, "%s+", { trimempty = true })
  if cmd == nil then
    return shell
  elseif type(cmd) == "table" or (vim.o.shell == vim.env.SHELL and vim.o.shellcmdflag == "-c") then
    return cmd -- The daemon does the same then, and names the terminal after the command.
  end
  local flags = vim.split(vim.o.shellcmdflag, "%s+", { trimempty = true })
  return vim.list_extend(vim.list_extend(shell, flags), { cmd })
end

---@param cwd? string
---@return string|nil
function M.directory(cwd)
  if not cwd then
    cwd = vim.fn.getcwd()
    return cwd ~= "" and cwd or nil -- It is empty where the directory has been deleted.
  end
  return (vim.fn.fnamemodify(vim.fs.normalize(cwd), ":p"):gsub("(.)/+$", "%1"))
end

return M
