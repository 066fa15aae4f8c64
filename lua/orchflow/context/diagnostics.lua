-- Owns `{diagnostics}`: what linters and language servers say of the file, or of the range in it.

---As quickfix lists and compilers name them.
local KINDS = { "error", "warning", "info", "hint" }

---@param here orchflow.Here
---@param found vim.Diagnostic
---@return boolean
local function is_meant(here, found)
  local first, last = found.lnum + 1, (found.end_lnum or found.lnum) + 1
  return not here.first or (first <= here.last and last >= here.first)
end

---@type orchflow.Placeholder
return {
  desc = "the diagnostics of the file, or of the range",
  expand = function(here, give)
    local all = vim.tbl_filter(function(found)
      return is_meant(here, found)
    end, vim.diagnostic.get(here.buf))
    if #all == 0 then
      return give(nil, here.first and "there are none in these lines" or "there are none here")
    end
    table.sort(all, function(a, b)
      return a.lnum < b.lnum or (a.lnum == b.lnum and a.col < b.col)
    end)
    local findings = vim.tbl_map(function(found)
      local source = found.source and (" [%s]"):format(vim.trim(found.source)) or ""
      ---@type orchflow.Finding
      return {
        path = here.path,
        line = found.lnum + 1,
        column = found.col + 1,
        kind = KINDS[
          found.severity --[[@as integer]]
        ] or "",
        text = found.message .. source,
      }
    end, all)
    give(require("orchflow.findings")(findings))
  end,
}
