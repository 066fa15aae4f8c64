-- Owns `:Orchflow interrupt`: stops what an agent does at the moment.

---@type orchflow.Verb
return {
  desc = "Stop what an agent does at the moment, as its own key would; without a name, the one in this window",
  usage = "[name]",
  run = function(args)
    return require("orchflow.one").call("agent.interrupt", args[1], function(_, name)
      require("orchflow.message").info(("%s was interrupted"):format(name))
    end)
  end,
  complete = function(lead, args)
    return #args == 0 and require("orchflow.known").complete(lead) or {}
  end,
}
