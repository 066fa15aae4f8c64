-- Owns `{buffers}`: the files that are listed by :ls.

---More files than that are none to look at.
local MOST = 100

---@type orchflow.Placeholder
return {
  desc = "the files of the listed buffers",
  expand = function(_, give)
    local parts, here = {}, require("orchflow.here")
    for _, buf in ipairs(vim.api.nvim_list_bufs()) do
      local path = vim.bo[buf].buflisted and here.path(buf)
      if path and #parts < 2 * MOST then
        vim.list_extend(parts, { #parts > 0 and " " or "", { path = path } })
      end
    end
    if #parts == 0 then
      return give(nil, "no buffer has a file")
    end
    give(parts)
  end,
}
