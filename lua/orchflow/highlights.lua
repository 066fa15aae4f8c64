-- Owns our highlight groups: links to what every colour scheme has, so that they are readable with any.

local M = {}

---Name and what it looks like without a word of the person's or the colour scheme's.
M.LINKS = {
  OrchflowTitle = "Title",
  OrchflowSession = "Directory",
  OrchflowBranch = "Comment",
  OrchflowName = "Identifier",
  OrchflowDim = "Comment",
  OrchflowMark = "Special",
  OrchflowChosen = "Visual",
  OrchflowQuestion = "WarningMsg",
  OrchflowBlocked = "WarningMsg",
  OrchflowDone = "String",
  OrchflowWorking = "Function",
  OrchflowStarting = "Function",
  OrchflowIdle = "Comment",
  OrchflowUnknown = "Comment",
  OrchflowRunning = "Comment",
  OrchflowExited = "Comment",
  OrchflowFailed = "ErrorMsg",
}

local function define()
  for name, link in pairs(M.LINKS) do
    vim.api.nvim_set_hl(0, name, { link = link, default = true })
  end
end

vim.api.nvim_create_autocmd("ColorScheme", {
  group = vim.api.nvim_create_augroup("orchflow.highlights", {}),
  callback = define,
})
define()

return M
