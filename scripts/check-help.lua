-- Owns the check of the help files in one folder; type: nvim --clean -l scripts/check-help.lua doc
-- It reports long lines, doubled tags and links that lead nowhere, and exits with 1 when there are any.

local folder = assert(arg[1], "Type: nvim --clean -l scripts/check-help.lua doc")
local max_columns = 78
local problems = {}

local function problem(...)
  problems[#problems + 1] = string.format(...)
end

---@param path string
---@return table<string, true>
local function read_tags(path)
  local tags = {}
  for _, line in ipairs(vim.fn.readfile(path)) do
    tags[line:match("^[^\t]+")] = true
  end
  return tags
end

-- :helptags writes a file beside what it reads, so it gets a copy.
local copy = vim.fn.tempname()
vim.fn.mkdir(copy, "p")
local files = vim.fn.globpath(folder, "*.txt", true, true)
if #files == 0 then
  problem("%s: there is no help file here", folder)
end
for _, path in ipairs(files) do
  vim.uv.fs_copyfile(path, copy .. "/" .. vim.fs.basename(path))
end
local ok, message = pcall(vim.cmd.helptags, copy)
if not ok then
  problem("%s", message)
end

local known = {}
for _, path in ipairs({ copy .. "/tags", vim.env.VIMRUNTIME .. "/doc/tags" }) do
  if vim.uv.fs_stat(path) then
    known = vim.tbl_extend("force", known, read_tags(path))
  end
end

for _, path in ipairs(files) do
  local example = false
  for number, line in ipairs(vim.fn.readfile(path)) do
    local where = ("%s:%d"):format(path, number)
    if vim.fn.strdisplaywidth(line) > max_columns then
      problem("%s: longer than %d columns", where, max_columns)
    end
    -- An example begins after a line that ends in `>` and goes on until a line that does not begin with a blank.
    if example and line:find("^%S") then
      example = false
    end
    if not example then
      -- Text in backquotes is literal, as in |help-writing|: a bar in it opens no link.
      for link in line:gsub("`[^`]*`", ""):gmatch('|([^%s|"*]+)|') do
        if not known[link] then
          problem("%s: |%s| leads nowhere", where, link)
        end
      end
    end
    if line:find("^>%l*$") or line:find("%s>%l*$") then
      example = true
    end
  end
end

vim.fn.delete(copy, "rf")
for _, text in ipairs(problems) do
  io.stderr:write(text, "\n")
end
print(("%d help file(s), %d problem(s)."):format(#files, #problems))
os.exit(#problems == 0 and 0 or 1)
