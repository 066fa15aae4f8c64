-- Owns `:Orchflow attach`: shows a terminal, or lets the person choose one.

local flags = require("orchflow.flags")

---@param info orchflow.terminal.Info
---@return string
local function line(info)
  local describe = require("orchflow.describe")
  return ("%s  %s  %s"):format(info.name, describe.state(info), describe.command(info))
end

---@param place orchflow.Place
local function choose(place)
  require("orchflow").list(function(fault, terminals)
    local message = require("orchflow.message")
    if fault then
      return message.fault(fault)
    elseif #terminals == 0 then
      return message.info("there are no terminals", ":Orchflow terminal")
    end
    local opts = require("orchflow.choosing").opts(
      "Terminal",
      "orchflow_terminal",
      line,
      function(info)
        return info.id
      end
    )
    vim.ui.select(terminals, opts, function(info)
      if info then
        require("orchflow.terminal").attach(info.id, place)
      end
    end)
  end)
end

---@type orchflow.Verb
return {
  desc = "Show a terminal; without a name, choose one",
  usage = "[++float] [name]",
  run = function(_, cmd)
    local given, name, fault = flags.parse(cmd.line, {})
    if fault then
      return fault
    end
    local place = vim.tbl_extend("force", cmd.place, given)
    if name == "" then
      return choose(place)
    end
    require("orchflow.terminal").attach(name, place)
  end,
  complete = flags.before_name("orchflow.known"),
}
