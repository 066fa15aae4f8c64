-- Owns `:Orchflow interrupt`: stops what an agent does at the moment.

---@type orchflow.Verb
return {
  desc = "Stop what an agent does at the moment, as its own key would; without a name, the one in this window",
  usage = "[name]",
  run = function(args)
    local id, fault, name = require("orchflow.one")(args[1])
    if not id then
      return fault
    end
    require("orchflow.client").request("agent.interrupt", { id = id }, function(refused)
      local message = require("orchflow.message")
      if refused then
        return message.fault(refused)
      end
      message.info(("%s was interrupted"):format(name))
    end)
  end,
  complete = function(lead, args)
    return #args == 0 and require("orchflow.known").complete(lead) or {}
  end,
}
