-- Owns `:Orchflow close`: ends the program in a terminal, and the terminal with it.

---@param name string
local function close(name)
  local view = require("orchflow.view").find(name)
  if view then
    view.leaving = true -- Then the notice that it is closed takes the buffer along.
  end
  require("orchflow.client").request("terminal.close", { id = name }, function(fault)
    if fault then
      if view then
        view.leaving = nil
      end
      require("orchflow.message").fault(fault)
    end
  end)
end

---@type orchflow.Verb
return {
  desc = "End the program of a terminal, and forget it; without a name, the one in this window",
  usage = "[name] ...",
  run = function(args)
    if #args == 0 then
      local here = require("orchflow.view").of(vim.api.nvim_get_current_buf())
      if not here or not here.id or here.ended then
        return { kind = "invalid_params", message = "there is no terminal in this window" }
      end
      args = { here.id }
    end
    for _, name in ipairs(args) do
      close(name)
    end
  end,
  complete = function(lead)
    return require("orchflow.known").complete(lead)
  end,
}
