-- Owns `:Orchflow list`: all terminals with their agents, one a line, as :ls shows buffers.

local describe = require("orchflow.describe")

---Which column is which, where their order matters.
local NAME, STATE, PURPOSE = 3, 4, 5

---What an agent asks goes on for so many cells.
local ROOM = 60

local HIGHLIGHT = { blocked = "WarningMsg", done = "MoreMsg" }

---@param info orchflow.terminal.Info
---@param agent? orchflow.agent.Info
---@return string[] columns
---@return string highlight Of the state.
local function row(info, agent)
  local shown = require("orchflow.view").find(info.id) and "a" or " "
  local directory = vim.fn.fnamemodify(info.directory or info.cwd, ":~")
  local purpose = info.purpose == "other" and "" or info.purpose or "" -- An older daemon has none.
  local failed = info.exit and info.exit.code ~= 0
  local state, work = describe.state(info), describe.work(info)
  if agent then
    -- Its command is long and tells nothing that its profile does not.
    state, purpose, work =
      describe.status(info, agent), agent.profile, describe.concern(agent, ROOM)
  end
  local columns = { shown, info.id, info.name, state, purpose, directory, work }
  return columns, failed and "ErrorMsg" or agent and HIGHLIGHT[agent.status] or "Comment"
end

---@param rows string[][]
---@return integer[]
local function widths(rows)
  local widest = {} ---@type table<integer, integer>
  for _, columns in ipairs(rows) do
    for i, text in ipairs(columns) do
      widest[i] = math.max(widest[i] or 0, vim.fn.strdisplaywidth(text))
    end
  end
  return widest
end

---Where there is no room for all columns in a line, what a terminal is for is left out: its command
---says as much.
---@param rows string[][]
---@return string[][]
local function fit(rows)
  local needed = 0
  for _, width in ipairs(widths(rows)) do
    needed = needed + width + 1
  end
  if needed > vim.o.columns then
    for _, columns in ipairs(rows) do
      table.remove(columns, PURPOSE)
    end
  end
  return rows
end

---@param terminals orchflow.terminal.Info[]
---@param agents orchflow.agent.Info[]
local function show(terminals, agents)
  local within = {} ---@type table<string, orchflow.agent.Info>
  for _, agent in ipairs(agents) do
    within[agent.terminal] = agent
  end
  local rows, highlights, chunks = {}, {}, {}
  for i, info in ipairs(terminals) do
    rows[i], highlights[i] = row(info, within[info.id])
  end
  local widest = widths(fit(rows))
  for i, columns in ipairs(rows) do
    for j, text in ipairs(columns) do
      -- The last column goes on as far as it likes.
      local room = j < #columns and (widest[j] or 0) - vim.fn.strdisplaywidth(text) + 1 or 0
      local highlight = j == STATE and highlights[i] or j == NAME and "Identifier" or nil
      table.insert(chunks, {
        text .. (" "):rep(room --[[@as integer]]),
        highlight,
      })
    end
    table.insert(chunks, { i < #rows and "\n" or "" })
  end
  vim.api.nvim_echo(chunks, false, {})
end

---@type orchflow.Verb
return {
  desc = "List the terminals, and what the agents in them do",
  usage = "",
  run = function()
    require("orchflow").list(function(fault, terminals)
      local message = require("orchflow.message")
      if fault then
        message.fault(fault)
      elseif #terminals == 0 then
        message.info("there are no terminals", "to open one: :Orchflow terminal")
      else
        -- Without them there is still much to show.
        require("orchflow.agents").list(function(_, agents)
          show(terminals, agents)
        end)
      end
    end)
  end,
}
