-- Owns where the daemon listens, and whether what lies there can be trusted.

local M = {}

---@param name string
---@return string|nil
local function absolute(name)
  local path = vim.env[name] --[[@as string|nil]]
  return path and vim.startswith(path, "/") and path or nil
end

---The same places, in the same order, as the daemon's own (src/places.rs).
---@return string
function M.path()
  local explicit = absolute("ORCHFLOW_SOCKET")
  if explicit then
    return explicit
  end
  local runtime = absolute("XDG_RUNTIME_DIR")
  if runtime then
    return vim.fs.joinpath(runtime, "orchflow/daemon.sock")
  end
  local own = ("orchflow-%d"):format(vim.uv.getuid())
  return vim.fs.joinpath(absolute("TMPDIR") or "/tmp", own, "daemon.sock")
end

---@return string
function M.folder()
  return vim.fs.dirname(M.path())
end

---Why the folder cannot be trusted: in one that others can write to, the socket may be theirs.
---@param folder string
---@return string|nil problem
function M.distrust(folder)
  local found = vim.uv.fs_lstat(folder)
  if not found then
    return "is not there"
  elseif found.type ~= "directory" then
    return ("is a %s, not a folder"):format(found.type)
  elseif found.uid ~= vim.uv.getuid() then
    return ("belongs to user %d"):format(found.uid)
  elseif bit.band(found.mode, 63) ~= 0 then -- 63 is octal 077: any right of group or others.
    return ("is open to others (mode %o)"):format(bit.band(found.mode, 511))
  end
end

return M
