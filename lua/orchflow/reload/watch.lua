-- Owns the watches on the folders of files: the system tells, nothing is asked again and again.

local M = {}

local queue = require("orchflow.reload.queue")

---The system has a limited number of them for all programs of a person. Files in further folders are
---looked at when their agent stops.
local MOST = 200

---@class orchflow.Watch
---@field handle? uv.uv_fs_event_t On the folder, or where that is gone, on the nearest one above it.
---@field files table<string, integer> Buffers, by the names of their files.

local watches = {} ---@type table<string, orchflow.Watch> By folder.

local attach ---@type fun(folder: string, watch: orchflow.Watch)

---Another folder may have this name now, as after a checkout, or none.
---@param folder string
---@param watch orchflow.Watch
local function again(folder, watch)
  if watches[folder] == watch then
    attach(folder, watch)
    queue.add(vim.tbl_values(watch.files))
  end
end

---@param handle uv.uv_fs_event_t
---@param folder string
---@param place string The folder, or the one above it that is there.
---@param watch orchflow.Watch
---@return boolean started
local function start(handle, folder, place, watch)
  -- What tells of the place itself comes with its own name.
  local own, below = vim.fs.basename(place), folder:sub(#place + 1):match("[^/]+")
  -- This is called for each change of each file, whether or not a buffer shows it.
  return handle:start(place, {}, function(_, name)
    if not name then
      queue.add(vim.tbl_values(watch.files))
    elseif place == folder and watch.files[name] then
      queue.add({ watch.files[name] })
    end
    if (name == own or name == below) and watch.handle == handle then
      vim.schedule(function()
        again(folder, watch)
      end)
    end
  end) == 0
end

---@param folder string
---@param watch orchflow.Watch
function attach(folder, watch)
  if watch.handle then
    watch.handle:close()
  end
  watch.handle = vim.uv.new_fs_event()
  local place = folder
  while watch.handle and not start(watch.handle, folder, place, watch) do
    if place == vim.fs.dirname(place) then -- There are too many watches.
      watch.handle:close()
      watch.handle = nil
    end
    place = vim.fs.dirname(place)
  end
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
      watches[folder], count = nil, count - 1
      if watch.handle then
        watch.handle:close()
      end
    end
  end
  for folder, files in pairs(wanted) do
    local watch = watches[folder] ---@type orchflow.Watch|nil
    if not watch and count < MOST then
      watch = { files = {} }
      attach(folder, watch)
      watches[folder], count = watch, count + 1
    end
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
