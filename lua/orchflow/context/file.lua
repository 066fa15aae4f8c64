-- Owns `{file}`: the file. Of one that is not saved, what the disk has not is told too.

local text = require("orchflow.text")
local words = require("orchflow.words")

local TOO_LARGE = " (in the editor, not saved yet; too large to tell what was changed)"

---The file as it is on disk, as lines in the editor's encoding.
---@param here orchflow.Here
---@return string|nil
local function on_disk(here)
  local file = io.open(here.path --[[@as string]], "rb")
  local bytes = file and file:read("*a")
  if not file or not bytes then
    return
  end
  file:close()
  local encoding = vim.bo[here.buf].fileencoding
  if encoding ~= "" and encoding ~= "utf-8" then
    bytes = vim.fn.iconv(bytes, encoding, "utf-8")
  end
  return vim.bo[here.buf].fileformat == "dos" and bytes:gsub("\r\n", "\n") or bytes
end

---@param here orchflow.Here
---@return orchflow.agent.Part[]
local function as_text(here)
  local lines = text.lines(here.buf, 1, vim.api.nvim_buf_line_count(here.buf))
  local block = words.block(lines, vim.bo[here.buf].filetype)
  return here.path and { { path = here.path }, " (not saved yet)", block } or { block }
end

---@type orchflow.Placeholder
return {
  desc = "the file; with what is not saved",
  expand = function(here, give)
    if here.path and not here.unsaved then
      return give({ { path = here.path } })
    end
    local path = here.path
    local stat = path and vim.uv.fs_stat(path)
    if not path or not stat then
      return give(as_text(here))
    end
    local place = { path = path }
    local new = stat.size <= text.MOST and text.whole(here.buf)
    if not new then
      return give({ place, TOO_LARGE })
    end
    local old = on_disk(here)
    if not old then
      return give(as_text(here))
    end
    require("orchflow.difference")({ old = old, new = new }, nil, function(changes, why)
      if not changes then
        return give(nil, why)
      end
      local block = words.block(changes, "diff")
      give({ place, " (in the editor, not saved yet)", block })
    end)
  end,
}
