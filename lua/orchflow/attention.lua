-- Owns what the person is told when a terminal's program asks for attention, and when an agent asks
-- something: a message, unless the terminal is before their eyes. What the daemon has to say of it is
-- a message wherever they look.

local message = require("orchflow.message")
local notices = require("orchflow.notices")

---@param id string
---@return boolean
local function is_visible(id)
  for _, view in ipairs(require("orchflow.view").live(id)) do
    if vim.fn.bufwinid(view.buf) ~= -1 then
      return true
    end
  end
  return false
end

---@param question orchflow.inbox.Question
notices.on("inbox.opened", function(question)
  if not require("orchflow.config").get().notify or is_visible(question.terminal) then
    return
  end
  local hint, who = ":Orchflow next", ("%s asks: "):format(question.name)
  -- More than one line would have to be confirmed by a key.
  local room = vim.v.echospace - #"orchflow:  ()" - #hint - vim.fn.strdisplaywidth(who)
  message.info(who .. require("orchflow.inbox").words(question, room), hint)
end)

---@param notified orchflow.terminal.Notified
notices.on("terminal.notified", function(notified)
  local ours = notified.source == "orchflow"
  if not ours and (not require("orchflow.config").get().notify or is_visible(notified.id)) then
    return
  end
  local parts = vim.tbl_filter(function(part)
    return part ~= ""
  end, { notified.title, notified.body })
  message.note(notified.name, table.concat(parts, ": "), notified.urgency == "critical")
end)
