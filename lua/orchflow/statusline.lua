-- Owns the words of a statusline: kept as they were painted last, so that to ask for them costs nothing.

local M = {}

local painted ---@type { row?: orchflow.board.Row, counts: orchflow.board.Counts, waiting?: orchflow.board.Waiting }|nil
local coloured, plain = "", ""
local started = false

---What stands in a statusline is not evaluated there.
---@param text string
---@return string
local function escape(text)
  return (text:gsub("%%", "%%%%"))
end

---@param row orchflow.board.Row|nil
---@return string
local function colour(row)
  if not row then
    return ""
  end
  local parts, last = { "%@v:lua.require'orchflow.statusline'.click@" }, 0
  for _, span in ipairs(row.spans) do
    table.insert(parts, escape(row.text:sub(last + 1, span.from)))
    table.insert(
      parts,
      ("%%#%s#%s%%*"):format(span.group, escape(row.text:sub(span.from + 1, span.to)))
    )
    last = span.to
  end
  table.insert(parts, escape(row.text:sub(last + 1)))
  table.insert(parts, "%X")
  return table.concat(parts)
end

---@param news orchflow.board.Painted
---@param fresh boolean
local function paint(news, fresh)
  local row = not fresh and painted and painted.row or nil
  for _, piece in ipairs(news.pieces) do
    row = piece.rows[1]
  end
  if news.count == 0 then
    row = nil
  end
  painted = { row = row, counts = news.counts, waiting = news.waiting }
  local before = coloured
  coloured, plain = colour(row), escape(row and row.text or "")
  -- Whoever keeps what was drawn forgets it now, and is asked again when it is drawn.
  require("orchflow.events").fire("OrchflowStatus", M.status())
  if coloured ~= before then
    vim.cmd.redrawstatus({ bang = true })
  end
end

---Listens from now on. Nothing is started for it.
function M.start()
  if started then
    return
  end
  started = true
  vim.schedule(function()
    require("orchflow.highlights")
    local icons = require("orchflow.config").get().icons
    local params = { kind = "line", cols = 200, rows = 1, icons = icons }
    require("orchflow.board.painting").open(params, paint, true)
    require("orchflow.client").connect(false)
  end)
end

---For 'statusline', with colours, and a click on it shows the board.
---@return string
function M.text()
  if not started then
    M.start()
  end
  return coloured
end

---The same without colours and clicks, for those who bring their own.
---@return string
function M.plain()
  if not started then
    M.start()
  end
  return plain
end

---@class orchflow.StatusTable : orchflow.board.Counts
---@field total integer Agents that run.
---@field waiting? orchflow.board.Waiting The one that has waited longest for an answer.

---@return orchflow.StatusTable
function M.status()
  if not started then
    M.start()
  end
  local counts = painted and painted.counts
    or { blocked = 0, working = 0, done = 0, idle = 0, unknown = 0, exited = 0 }
  local total = counts.blocked + counts.working + counts.done + counts.idle + counts.unknown
  local more = { total = total, waiting = painted and painted.waiting }
  return vim.tbl_extend("force", counts, more) --[[@as orchflow.StatusTable]]
end

---Somebody has clicked on it.
---@param _ integer
---@param _clicks integer
---@param button string
function M.click(_, _clicks, button)
  vim.schedule(function()
    if button == "r" then
      vim.cmd("Orchflow inbox")
    else
      require("orchflow.board").toggle("float")
    end
  end)
end

return M
