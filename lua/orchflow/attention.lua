-- Owns what the person is told when a terminal's program asks for attention, and when an agent asks
-- something or is done: a message, unless the terminal is before their eyes; one for all that come
-- together. What the daemon has to say of it is a message wherever they look.

local M = {}

local message = require("orchflow.message")
local notices = require("orchflow.notices")

---What comes within so long comes in one message.
local TOGETHER_MS = 150

---@class orchflow.News
---@field what "blocked"|"done"
---@field agent string
---@field terminal string
---@field name string
---@field words? string What is asked.

---@class orchflow.Notify
---@field blocked integer|false Of `vim.log.levels`.
---@field done integer|false
---@field quiet? string[] From when to when of a day, such as { "22:00", "07:00" }.
---@field osc? 9|777 Told to the terminal that Neovim runs in too.
---@field callback? fun(news: orchflow.News[]): boolean|nil True where it has told the person itself.

---@return orchflow.Notify|nil
local function wanted()
  local notify = require("orchflow.config").get().notify
  local defaults = { blocked = vim.log.levels.INFO, done = vim.log.levels.INFO }
  if type(notify) == "table" then
    return vim.tbl_extend("force", defaults, notify) --[[@as orchflow.Notify]]
  end
  return notify and defaults or nil
end

---Whether it is the time of day in which a person wants to be left alone.
---@param quiet string[]|nil
---@param now string As `%H:%M`.
---@return boolean
function M.is_quiet(quiet, now)
  if not quiet then
    return false
  end
  local from, to = quiet[1], quiet[2]
  if from <= to then
    return from <= now and now < to
  end
  return now >= from or now < to
end

---@param id string
---@return boolean
local function is_visible(id)
  for _, view in ipairs(require("orchflow.view").live(id)) do
    if vim.fn.bufwinid(view.buf) ~= -1 then
      return true
    end
  end
  return require("orchflow.board.preview").is_seen(id)
end

---@param list orchflow.News[]
---@return string text
---@return string hint
local function words(list)
  local first = list[1] --[[@as orchflow.News]]
  if #list == 1 and first.what == "done" then
    return first.name .. " is done", ":Orchflow attach " .. first.name
  elseif #list == 1 then
    local hint, who = ":Orchflow next", first.name .. " asks: "
    -- More than one line would have to be confirmed by a key.
    local room = vim.v.echospace - #"orchflow:  ()" - #hint - vim.fn.strdisplaywidth(who)
    return who .. require("orchflow.describe").line(first.words or "", room), hint
  end
  local names, parts = { blocked = {}, done = {} }, {}
  for _, news in ipairs(list) do
    table.insert(names[news.what], news.name)
  end
  for what, verb in pairs({ blocked = "ask", done = "are done" }) do
    local count = #names[what]
    if count > 0 then
      verb = count == 1 and (what == "blocked" and "asks" or "is done") or verb
      local who = count > 1 and ("%d agents "):format(count) or ""
      local colon = table.concat(names[what], ", ")
      table.insert(
        parts,
        count > 1 and ("%s%s: %s"):format(who, verb, colon) or colon .. " " .. verb
      )
    end
  end
  table.sort(parts)
  local hint = #names.blocked > 0 and ":Orchflow inbox" or ":Orchflow"
  local room = vim.v.echospace - #"orchflow:  ()" - #hint
  return require("orchflow.describe").line(table.concat(parts, "; "), room), hint
end

---Has the terminal that Neovim runs in tell it, where that can.
---@param kind 9|777
---@param text string
local function pass_on(kind, text)
  local clean = text:gsub("[%c;]", " ")
  local sequence = kind == 9 and "\27]9;%s\27\\" or "\27]777;notify;orchflow;%s\27\\"
  local send = vim.api.nvim_ui_send
    or io.stdout and function(bytes)
      io.stdout:write(bytes)
    end
  if #vim.api.nvim_list_uis() > 0 and send then
    send(sequence:format(clean))
  end
end

local waiting = {} ---@type orchflow.News[]
local pending = false

local function tell()
  local list = waiting
  waiting, pending = {}, false
  local notify = wanted()
  if not notify then
    return
  end
  list = vim.tbl_filter(function(news)
    return notify[news.what] and not is_visible(news.terminal)
  end, list)
  if
    #list == 0 or M.is_quiet(notify.quiet, os.date("%H:%M") --[[@as string]])
  then
    return
  elseif notify.callback and notify.callback(vim.deepcopy(list)) then
    return
  end
  local level = vim.log.levels.TRACE ---@type number
  for _, news in ipairs(list) do
    level = math.max(level, notify[news.what] or 0)
  end
  local text, hint = words(list)
  message.say(level --[[@as integer]], text, hint)
  if notify.osc then
    pass_on(notify.osc, text)
  end
end

---@param news orchflow.News
local function note(news)
  if not wanted() or is_visible(news.terminal) then
    return
  end
  -- Of each agent only the last is told.
  waiting = vim.tbl_filter(function(one)
    return one.agent ~= news.agent
  end, waiting)
  table.insert(waiting, news)
  if not pending then
    pending = true
    vim.defer_fn(function()
      message.guard(tell)
    end, TOGETHER_MS)
  end
end

---What is no more is no news.
---@param agent string
---@param what "blocked"|"done"
local function forget(agent, what)
  waiting = vim.tbl_filter(function(one)
    return one.agent ~= agent or one.what ~= what
  end, waiting)
end

---The question that each agent has asked last, by agent.
local asked = {} ---@type table<string, string>

---@param question orchflow.inbox.Question
notices.on("inbox.opened", function(question)
  asked[question.agent] = question.id
  note({
    what = "blocked",
    agent = question.agent,
    terminal = question.terminal,
    name = question.name,
    words = question.question,
  })
end)

---@param question orchflow.inbox.Question
notices.on("inbox.changed", function(question)
  for _, news in ipairs(waiting) do
    if news.agent == question.agent and news.what == "blocked" then
      news.words = question.question
    end
  end
end)

---@param closed orchflow.inbox.Closed
notices.on("inbox.closed", function(closed)
  if asked[closed.agent] == closed.id then
    asked[closed.agent] = nil
    forget(closed.agent, "blocked")
  end
end)

---Who has ended its turn, until it works again: it is told once.
local done = {} ---@type table<string, true>

require("orchflow.agents").on_change(function(info)
  if not info then -- All were listed: what they are is no news.
    done = {}
    for _, known in ipairs(require("orchflow.agents").all()) do
      done[known.id] = known.status == "done" or nil
    end
  end
end)

---@param info orchflow.agent.Info
notices.on("agent.changed", function(info)
  local is_done = info.status == "done"
  if is_done and not done[info.id] then
    note({ what = "done", agent = info.id, terminal = info.terminal, name = info.name })
  elseif not is_done then
    forget(info.id, "done")
  end
  done[info.id] = is_done or nil
end)

---@param notified orchflow.terminal.Notified
notices.on("terminal.notified", function(notified)
  local ours = notified.source == "orchflow"
  if not ours and (not wanted() or is_visible(notified.id)) then
    return
  end
  local parts = vim.tbl_filter(function(part)
    return part ~= ""
  end, { notified.title, notified.body })
  message.note(notified.name, table.concat(parts, ": "), notified.urgency == "critical")
end)

return M
