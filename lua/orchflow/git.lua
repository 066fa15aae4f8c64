-- Owns calls of git: never waited for, and bounded in time and in what they print.

---A repository on a slow disk answers within that time, or is too slow to ask.
local PATIENCE_MS = 10000

---@param arguments string[]
---@param cwd string
---@param callback fun(text: string|nil, why: string|nil, hint: string|nil)
---@param most? integer A text of more bytes is cut a little after them. Without it: `words.MOST`.
return function(arguments, cwd, callback, most)
  most = most or require("orchflow.words").MOST
  local pieces, size = {}, 0
  local process ---@type vim.SystemObj|nil
  local opts = {
    cwd = cwd,
    timeout = PATIENCE_MS,
    -- Whoever only looks holds nobody up; and what it says is read here.
    env = { GIT_OPTIONAL_LOCKS = "0", LC_ALL = "C" },
    stdout = function(_, piece)
      if piece and size <= most then
        table.insert(pieces, piece)
        size = size + #piece
      elseif piece and process then
        process:kill("sigterm")
      end
    end,
  }
  local ended = vim.schedule_wrap(function(done)
    if done.code ~= 0 and size <= most then
      local said = vim.trim(done.stderr or ""):match("[^\n]*") or ""
      if said:lower():find("not a git repository", 1, true) then
        local directory = vim.fn.fnamemodify(cwd, ":~")
        return callback(nil, directory .. " is in no git repository", "to begin one: git init")
      end
      said = said:gsub("^fatal: ", "")
      return callback(nil, said ~= "" and said or ("git ended with %d"):format(done.code))
    end
    callback(table.concat(pieces))
  end)
  local started, problem =
    pcall(vim.system, vim.list_extend({ "git", "--no-pager" }, arguments), opts, ended)
  if started then
    process = problem --[[@as vim.SystemObj]]
  else
    callback(nil, "git cannot be started: " .. tostring(problem):gsub("^.-:%d+: ", ""))
  end
end
