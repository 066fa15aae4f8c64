-- Owns `:Orchflow restart`: ends the daemon and starts the one that is installed now.

local client = require("orchflow.client")
local message = require("orchflow.message")

local function start()
  client.request("daemon.info", {}, function(fault, info)
    if fault then
      return message.fault(fault)
    end
    message.info(("the daemon was restarted: %s, pid %d"):format(info.version, info.pid))
  end)
end

---@param force boolean
local function stop(force)
  local recovery = require("orchflow.recovery")
  recovery.expect(start)
  client.request("daemon.stop", { force = force }, function(fault)
    if fault and fault.kind ~= "unavailable" then -- A daemon may be gone before it has answered.
      recovery.expect(nil)
      message.fault(fault)
    end
  end)
end

---@type orchflow.Verb
return {
  desc = "End the daemon and start it anew; with ! even while programs run in its terminals",
  usage = "",
  run = function(_, cmd)
    client.request("daemon.info", {}, function(fault, info)
      if fault then
        return message.fault(fault)
      end
      local running = info.counts.running
      if running > 0 and not cmd.bang then
        local text = ("a restart would end %d running terminal(s)"):format(running)
        return message.fault({ kind = "conflict", message = text, hint = ":Orchflow! restart" })
      end
      stop(cmd.bang)
    end)
  end,
}
