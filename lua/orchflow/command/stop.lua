-- Owns `:Orchflow stop`: ends an agent's program; its terminal stays.

---@type orchflow.Verb
return {
  desc = "End an agent's program and what it has started; without a name, the one in this window",
  usage = "[name]",
  run = function(args)
    return require("orchflow.one").call("agent.stop", args[1], function(_, name)
      require("orchflow.message").info(("%s is being stopped"):format(name))
    end)
  end,
  complete = function(lead, args)
    return #args == 0 and require("orchflow.known").complete(lead) or {}
  end,
}
