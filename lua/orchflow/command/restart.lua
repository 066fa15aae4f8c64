-- Owns `:Orchflow restart`: ends the daemon and starts the one that is installed now. Programs live on.

local client = require("orchflow.client")
local describe = require("orchflow.describe")
local message = require("orchflow.message")

local function start()
  client.request("daemon.info", {}, function(fault, info)
    if fault then
      return message.fault(fault)
    end
    local text = "restarted: %s, pid %d; programs that run on: %d"
    local told = text:format(info.version, info.pid, info.counts.running)
    -- One that has no room in a line would have to be confirmed by a key.
    message.info(describe.line(told, vim.v.echospace - #"orchflow: "))
  end)
end

---@type orchflow.Verb
return {
  desc = "End the daemon and start it anew; the programs in its terminals run on",
  usage = "",
  run = function()
    local recovery = require("orchflow.recovery")
    recovery.expect(start)
    client.request("daemon.stop", { keep = true }, function(fault)
      if fault and fault.kind ~= "unavailable" then -- A daemon may be gone before it has answered.
        recovery.expect(nil)
        message.fault(fault)
      end
    end)
  end,
}
