-- Owns the greeting: what the editor says of itself, and what is said of a daemon that does not fit.

local M = {}

local message = require("orchflow.message")
local version = require("orchflow.version")

---@return orchflow.daemon.HelloParams
function M.params()
  local normal = vim.api.nvim_get_hl(0, { name = "Normal", link = false })
  return {
    client = { name = "nvim", version = version.neovim() },
    protocol = version.protocol,
    -- The first two are what Neovim's terminal does since 0.12; the daemon keeps account of its scrollback.
    capabilities = vim.fn.has("nvim-0.12") == 1
        and { "reflow", "erase_scrollback", "numbered_frames" }
      or { "narrow_pictographs", "numbered_frames" },
    colors = normal.fg and normal.bg and { fg = normal.fg, bg = normal.bg } or nil,
  }
end

---What replaces an unfitting daemon. It ends no program.
---@param callback fun(hint: string)
local function remedy(callback)
  local binary = require("orchflow.binary")
  local path = binary.find()
  if not path then
    return callback("to build it, type: " .. binary.BUILD)
  end
  binary.version(path, function(found)
    if not found or vim.version.lt(found, version.plugin) then
      return callback(("%s is old too; type: %s"):format(path, binary.BUILD))
    end
    callback(":Orchflow restart")
  end)
end

local told = {} ---@type table<string, true>

---A daemon outlives plugin updates, so one of another version is nothing strange: it is said once.
---@param hello orchflow.daemon.Hello
function M.judge(hello)
  local theirs, ours = hello.protocol.major, version.protocol.major
  local text
  if theirs ~= ours then
    text = ("the daemon (%s) speaks protocol %d, this plugin %d"):format(
      hello.version,
      theirs,
      ours
    )
  elseif vim.version.lt(hello.version, version.plugin) then
    text = ("the daemon (%s) is older than this plugin (%s)"):format(hello.version, version.plugin)
  end
  if text and not told[text] then
    told[text] = true
    remedy(function(hint)
      message.warn(text, hint)
    end)
  end
end

return M
