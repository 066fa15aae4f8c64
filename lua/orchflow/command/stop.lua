-- Owns `:Orchflow stop`: ends an agent's program; its terminal stays.

---@type orchflow.Verb
return {
  desc = "End an agent's program and what it has started; without a name, the one in this window",
  usage = "[name]",
  run = function(args)
    local id, fault, name = require("orchflow.one")(args[1])
    if not id then
      return fault
    end
    require("orchflow.client").request("agent.stop", { id = id }, function(refused)
      local message = require("orchflow.message")
      if refused then
        return message.fault(refused)
      end
      message.info(("%s is being stopped"):format(name))
    end)
  end,
  complete = function(lead, args)
    return #args == 0 and require("orchflow.known").complete(lead) or {}
  end,
}
