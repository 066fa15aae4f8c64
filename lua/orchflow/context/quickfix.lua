-- Owns `{quickfix}`: the entries of the quickfix list.

local KINDS = { E = "error", W = "warning", I = "info", N = "note", H = "hint" }

---@type orchflow.Placeholder
return {
  desc = "the quickfix list",
  expand = function(_, give)
    local findings = {} ---@type orchflow.Finding[]
    for _, item in ipairs(vim.fn.getqflist()) do
      local is_place = item.valid == 1 and item.bufnr ~= 0
      if is_place then
        table.insert(findings, {
          path = require("orchflow.here").path(item.bufnr),
          line = item.lnum,
          column = item.col,
          kind = KINDS[item.type:upper()] or "",
          text = item.text,
        })
      end
    end
    if #findings == 0 then
      return give(nil, "the quickfix list is empty")
    end
    give(require("orchflow.findings")(findings))
  end,
}
