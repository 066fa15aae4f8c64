-- Owns `:Orchflow health`: another way to type :checkhealth orchflow.

---@type orchflow.Verb
return {
  desc = "Check that everything is in place",
  usage = "",
  run = function()
    vim.cmd.checkhealth("orchflow")
  end,
}
