-- Owns the watches on the folders of files: the system tells, nothing is asked again and again.

local M = {}

local queue = require("orchflow.reload.queue")

---The system has a limited number of them for all programs of a person. Files in further folders are
---looked at when their agent stops.
local MOST = 200

---@class orchflow.Watch
---@field handle uv.uv_fs_event_t
---@field files table<string, integer> Buffers, by the names of their files.

local watches = {} ---@type table<string, orchflow.Watch> By folder.

---@param folder string
---@return orchflow.Watch|nil
local function begin(folder)
  local handle = vim.uv.new_fs_event()
  if not handle then
    return
  end
  ---@type orchflow.Watch
  local watch = { handle = handle, files = {} }
  -- This is called for each change of each file, whether or not a buffer shows it.
  local started = handle:start(folder, {}, function(_, name)
    if not name then
      queue.add(vim.tbl_values(watch.files))
    elseif watch.files[name] then
      queue.add({ watch.files[name] })
    end
  end)
  if not started then -- The folder is gone, or there are too many watches.
    return handle:close()
  end
  return watch
end

---Those that are new may have changed between being read and being watched.
---@param before table<string, integer>
---@param now table<string, integer>
local function look_at_new(before, now)
  for name, buf in pairs(now) do
    if before[name] ~= buf then
      queue.add({ buf })
    end
  end
end

---Watches these files, and no others.
---@param paths table<integer, string> By buffer.
function M.only(paths)
  local wanted, count = {}, 0 ---@type table<string, table<string, integer>>
  for buf, path in pairs(paths) do
    local folder, name = vim.fs.dirname(path), vim.fs.basename(path)
    wanted[folder] = wanted[folder] or {}
    wanted[folder][name] = buf
  end
  for folder, watch in pairs(watches) do
    count = count + 1
    if not wanted[folder] then
      watch.handle:close()
      watches[folder], count = nil, count - 1
    end
  end
  for folder, files in pairs(wanted) do
    if not watches[folder] and count < MOST then
      watches[folder] = begin(folder)
      count = watches[folder] and count + 1 or count
    end
    local watch = watches[folder] ---@type orchflow.Watch|nil
    if watch then
      look_at_new(watch.files, files)
      watch.files = files
    end
  end
end

---@return string[] folders
function M.folders()
  return vim.tbl_keys(watches)
end

return M
