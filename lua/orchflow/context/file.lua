-- Owns `{file}`: the file. Of one that is not saved, what the disk has not is told too.

local words = require("orchflow.words")

---The file as it is on disk, as lines in the editor's encoding.
---@param here orchflow.Here
---@return string|nil
local function on_disk(here)
  local file = io.open(here.path --[[@as string]], "rb")
  local text = file and file:read("*a")
  if not file or not text then
    return
  end
  file:close()
  local encoding = vim.bo[here.buf].fileencoding
  if encoding ~= "" and encoding ~= "utf-8" then
    text = vim.fn.iconv(text, encoding, "utf-8")
  end
  return vim.bo[here.buf].fileformat == "dos" and text:gsub("\r\n", "\n") or text
end

---@type orchflow.Placeholder
return {
  desc = "the file; with what is not saved",
  expand = function(here, give)
    if here.path and not here.unsaved then
      return give({ { path = here.path } })
    end
    local lines = vim.api.nvim_buf_get_lines(here.buf, 0, -1, false)
    local old = here.path and on_disk(here)
    if not here.path or not old then
      local block = words.block(lines, vim.bo[here.buf].filetype)
      return give(here.path and { { path = here.path }, " (not saved yet)", block } or { block })
    end
    local changes = require("orchflow.difference")(old, table.concat(lines, "\n") .. "\n")
    local block = words.block(changes, "diff")
    give({ { path = here.path }, " (in the editor, not saved yet)", block })
  end,
}
