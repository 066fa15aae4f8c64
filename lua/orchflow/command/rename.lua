-- Owns `:Orchflow rename`: another name for a terminal.

---@type orchflow.Verb
return {
  desc = "Give a terminal another name; with one name, the terminal in this window",
  usage = "[name] {new}",
  run = function(args)
    local here = require("orchflow.view").of(vim.api.nvim_get_current_buf())
    if #args == 1 and here and here.id then
      args = { here.id, args[1] }
    elseif #args ~= 2 then
      local message = "a terminal is renamed with its name and the new one"
      return { kind = "invalid_params", message = message }
    end
    -- The notice that everybody gets renames the buffer.
    require("orchflow.client").request("terminal.rename", { id = args[1], name = args[2] })
  end,
  complete = function(lead, args)
    return #args == 0 and require("orchflow.known").complete(lead) or {}
  end,
}
