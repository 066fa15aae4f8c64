-- Owns what is done with the questions of agents: how one is told in a line, shown where it is asked,
-- and answered.

local M = {}

local client = require("orchflow.client")
local describe = require("orchflow.describe")
local message = require("orchflow.message")

local TERMINAL = "Open its terminal"

---@param question orchflow.inbox.Question
---@param room integer
---@return string In one line.
function M.words(question, room)
  return describe.line(question.question, room)
end

---@param question orchflow.inbox.Question
---@return string
local function line(question)
  local who = ("%s  %s  "):format(question.name, describe.age(question.for_ms))
  -- The number that stands before it needs some room too.
  return who .. M.words(question, vim.o.columns - vim.fn.strdisplaywidth(who) - 5)
end

---Gives the open questions, and of them the one that waits longest; or says that there are none.
---@param name? string Only that agent's.
---@param use fun(questions: orchflow.inbox.Question[], longest: orchflow.inbox.Question)
function M.list(name, use)
  client.request("inbox.list", {}, function(fault, listing)
    if fault then
      return message.fault(fault)
    end
    local questions = vim.tbl_filter(function(question)
      return not name or question.name == name or question.agent == name
    end, listing.questions)
    local longest = questions[1]
    if not longest then
      return message.info(name and ("%s asks nothing"):format(name) or "no agent asks anything")
    end
    use(questions, longest)
  end)
end

---Goes to the terminal in which it is asked, ready to type.
---@param question orchflow.inbox.Question
---@param place orchflow.Place Where to show it, if no window does.
function M.open(question, place)
  local views = require("orchflow.view")
  local shown = views.find(question.terminal)
  local here = shown and vim.fn.bufwinid(shown.buf) or -1
  local win = shown and (here ~= -1 and here or vim.fn.win_findbuf(shown.buf)[1])
  if win then
    require("orchflow.window").make_room()
    vim.api.nvim_set_current_win(win)
  else
    require("orchflow.terminal").attach(question.terminal, place)
  end
  if views.of(vim.api.nvim_get_current_buf()) then
    vim.cmd.startinsert()
  end
end

---@param question orchflow.inbox.Question
---@param choice orchflow.inbox.Choice
local function press(question, choice)
  local params = { id = question.id, choice = choice.key or choice.label }
  client.request("inbox.answer", params, function(fault)
    if fault then
      return message.fault(fault)
    end
    local who = describe.called(question.name, question.agent)
    message.info(("%s was answered: %s"):format(who, describe.line(choice.label, 40)))
  end)
end

---Lets the person choose an answer. Where none can be pressed there is only the terminal.
---@param question orchflow.inbox.Question
---@param place orchflow.Place
---@param before_open? fun() Called before the terminal is shown.
function M.answer(question, place, before_open)
  local function open()
    if before_open then
      before_open()
    end
    M.open(question, place)
  end
  if not question.answerable then
    return open()
  end
  local choices = vim.list_extend({}, question.choices)
  table.insert(choices, { label = TERMINAL })
  local opts = {
    prompt = ("%s: %s"):format(question.name, M.words(question, vim.o.columns - 30)),
    kind = "orchflow_answer",
    format_item = function(choice)
      return choice.label
    end,
  }
  vim.ui.select(choices, opts, function(choice, index)
    if not choice then
      return
    elseif index == #choices then
      return open()
    end
    press(question, choice)
  end)
end

---Lets the person choose a question, then its answer.
---@param questions orchflow.inbox.Question[]
---@param place orchflow.Place
function M.choose(questions, place)
  local opts = require("orchflow.choosing").opts("Inbox", "orchflow_inbox", line, function(question)
    return question.terminal
  end)
  vim.ui.select(questions, opts, function(question)
    if question then
      M.answer(question, place)
    end
  end)
end

return M
