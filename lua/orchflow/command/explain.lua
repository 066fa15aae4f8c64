-- Owns `:Orchflow explain`: why an agent is thought to do what it does.

---@param evidence orchflow.agent.Evidence
---@return string
local function tell(evidence)
  if not evidence.source then
    return "nothing was seen yet"
  end
  local age = ("%.1f s ago"):format(evidence.age_ms / 1000)
  local words = evidence.text:gsub("%s+", " ")
  return ("%s: %s, %s, “%s”"):format(evidence.source, evidence.rule, age, words)
end

---@param explained orchflow.agent.Explained
local function show(explained)
  local lines = {
    { ("%s is %s"):format(explained.name, explained.status), "Title" },
    { ("\n  by %s\n  because %s"):format(tell(explained.evidence), explained.reason) },
  }
  for _, said in ipairs(explained.said) do
    table.insert(lines, { ("\n  %-9s %s"):format(said.status, tell(said.evidence)), "Comment" })
  end
  vim.api.nvim_echo(lines, true, {})
end

---@type orchflow.Verb
return {
  desc = "Say why an agent is thought to do what it does; without a name, the one in this window",
  usage = "[name]",
  run = function(args)
    return require("orchflow.one").call("agent.explain", args[1], show)
  end,
  complete = function(lead)
    return require("orchflow.known").complete(lead)
  end,
}
