-- Owns `:Orchflow log`: the daemon's log, read-only, at its end.

---The newest log file there is, when no daemon can be asked.
---@return string|nil
local function newest()
  local state = vim.env.XDG_STATE_HOME
  local folder = vim.startswith(state or "", "/") and state or vim.fs.normalize("~/.local/state")
  local logs = vim.fn.glob(folder .. "/orchflow/*log*", false, true)
  table.sort(logs, function(a, b)
    return vim.fn.getftime(a) < vim.fn.getftime(b)
  end)
  return logs[#logs]
end

---@param path string
---@param mods table
local function view(path, mods)
  vim.cmd({ cmd = "sview", args = { path }, mods = mods, magic = { file = false, bar = false } })
  vim.bo.autoread = true
  vim.bo.bufhidden = "wipe"
  vim.api.nvim_win_set_cursor(0, { vim.api.nvim_buf_line_count(0), 0 })
end

---@type orchflow.Verb
return {
  desc = "Show the daemon's log",
  usage = "",
  run = function(_, cmd)
    local client = require("orchflow.client")
    if client.is_connected() or not client.connect(false) then
      client.request("daemon.info", {}, function(fault, info)
        if fault then
          return require("orchflow.message").fault(fault)
        end
        view(info.log, cmd.smods)
      end)
      return
    end
    local path = newest()
    if not path then
      local message = "there is no log: no daemon has run yet"
      return { kind = "not_found", message = message, hint = ":checkhealth orchflow" }
    end
    view(path, cmd.smods)
  end,
}
