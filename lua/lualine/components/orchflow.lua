-- Owns lualine's component: `sections = { lualine_x = { "orchflow" } }`.

---@diagnostic disable-next-line: unresolved-require it is there where lualine is
local Component = require("lualine.component"):extend()

function Component:init(options)
  Component.super.init(self, options)
  self.options.on_click = self.options.on_click
    or function(_, button)
      require("orchflow.statusline").click(0, 1, button)
    end
end

function Component.update_status()
  return require("orchflow.statusline").plain()
end

return Component
