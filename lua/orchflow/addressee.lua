-- Owns which agent is meant: the one that is named, or else the one that a person would take for it.

local M = {}

local last ---@type string|nil The terminal of the one that was told something last.

---@param agents orchflow.agent.Info[]
---@param key string A name, or an id of it or of its terminal.
---@return orchflow.agent.Info|nil
function M.find(agents, key)
  for _, info in ipairs(agents) do
    if key == info.name or key == info.id or key == info.terminal then
      return info
    end
  end
end

---@param agents orchflow.agent.Info[]
---@param key string
---@return orchflow.Fault
function M.unknown(agents, key)
  local names = vim.tbl_map(function(info)
    return info.name
  end, agents)
  local meant = require("orchflow.nearest")(key, names)
  local hint = meant and ("did you mean %s?"):format(meant) or table.concat(names, ", ")
  return {
    kind = "not_found",
    message = ("there is no agent `%s`"):format(key),
    hint = hint ~= "" and hint or ":Orchflow agent claude",
  }
end

---@param agents orchflow.agent.Info[]
---@return orchflow.agent.Info[] Those that are in a window of this tab.
local function visible(agents)
  local shown = {}
  for _, win in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    local view = require("orchflow.view").of(vim.api.nvim_win_get_buf(win))
    if view and view.id and not view.ended then
      shown[view.id] = true
    end
  end
  return vim.tbl_filter(function(info)
    return shown[info.terminal] ~= nil
  end, agents)
end

---@param agents orchflow.agent.Info[]
---@return orchflow.Fault|nil fault Where there is none to tell anything.
function M.none(agents)
  if #require("orchflow.agents").running(agents) == 0 then
    local hint = "to start one: :Orchflow agent claude"
    return { kind = "not_found", message = "no agent runs", hint = hint }
  end
end

---The one that is meant without a name, where there is no doubt.
---@param agents orchflow.agent.Info[]
---@return orchflow.agent.Info|nil
function M.obvious(agents)
  agents = require("orchflow.agents").running(agents)
  local here = require("orchflow.view").of(vim.api.nvim_get_current_buf())
  local seen = visible(agents)
  return #agents == 1 and agents[1]
    or here and here.id and M.find(agents, here.id)
    or #seen == 1 and seen[1]
    or last and (M.find(seen, last) or M.find(agents, last))
    or nil
end

---@param info orchflow.agent.Info
---@return string
local function line(info)
  local role = info.role and ("  %s"):format(info.role) or ""
  return ("%s  %s  %s%s"):format(info.name, info.profile, info.status, role)
end

---@param agents orchflow.agent.Info[]
---@param callback fun(agent: orchflow.agent.Info|nil, guessed: boolean) None where the person has
---chosen none.
function M.choose(agents, callback)
  agents = require("orchflow.agents").running(agents)
  local agent = M.obvious(agents)
  if agent then
    return callback(agent, #agents > 1)
  end
  local opts = require("orchflow.choosing").opts("Agent", "orchflow_agent", line, function(info)
    return info.terminal
  end)
  vim.ui.select(agents, opts, function(chosen)
    callback(chosen, false)
  end)
end

---@param agent orchflow.agent.Info
function M.remember(agent)
  last = agent.terminal
end

return M
