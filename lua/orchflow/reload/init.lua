-- Owns that buffers follow what agents do to their files: while an agent runs, files in its project are
-- watched, and a buffer whose file has changed is read anew. What was not saved is never overwritten.

local M = {}

local agents = require("orchflow.agents")
local conflict = require("orchflow.reload.conflict")
local queue = require("orchflow.reload.queue")
local watch = require("orchflow.reload.watch")

---An agent that has stopped has left its files as they are: then all are looked at, also those that
---could not be watched.
local STOPPED = { done = true, idle = true, blocked = true, exited = true }

local group ---@type integer|nil While an agent runs.
local roots = {} ---@type table<string, string> By the directory of an agent: its project's.
local planned = false

---@param directory string
---@return string
local function root(directory)
  if not roots[directory] then
    -- Neovim names a buffer by the file that a link leads to.
    local real = vim.uv.fs_realpath(directory) or directory
    roots[directory] = vim.fs.root(real, ".git") or real
  end
  return roots[directory]
end

---@return string[] projects Of all agents that run.
local function projects()
  local all = {}
  for _, info in ipairs(agents.running()) do
    all[root(info.cwd)] = true
  end
  return vim.tbl_keys(all)
end

---@param path string
---@param folder string
---@return boolean
local function is_below(path, folder)
  return vim.startswith(path, folder == "/" and folder or folder .. "/")
end

---The buffers that show files of these projects.
---@param within string[]
---@return table<integer, string> paths
local function buffers(within)
  local found = {}
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    local path = vim.api.nvim_buf_is_loaded(buf) and require("orchflow.here").path(buf)
    for _, folder in ipairs(path and within or {}) do
      if
        is_below(path --[[@as string]], folder)
      then
        found[buf] = path
      end
    end
  end
  return found
end

local function look_around()
  planned = false
  local within = group and projects() or {}
  local found = buffers(within)
  watch.only(found)
  conflict.only(found)
end

---Buffers come and go in bursts.
local function plan()
  if not planned then
    planned = true
    vim.schedule(look_around)
  end
end

local function begin()
  group = vim.api.nvim_create_augroup("orchflow.reload", {})
  vim.api.nvim_create_autocmd({ "BufReadPost", "BufFilePost", "BufWritePost", "BufUnload" }, {
    group = group,
    desc = "Watch the files of buffers that an agent may change",
    callback = plan,
  })
end

agents.on_change(function(info)
  local any = #agents.running() > 0
  if any and not group then
    begin()
  elseif not any and group then
    vim.api.nvim_del_augroup_by_id(group)
    group = nil
  end
  local stopped = info and STOPPED[info.status]
  if stopped and info then
    queue.add(vim.tbl_keys(buffers({ root(info.cwd) })))
  end
  if not info or not stopped or not any then
    plan()
  end
end)

return M
