-- Owns what luacheck refuses in the Lua files: unused and undefined names, shadowing, long lines.
std = "luajit"
max_line_length = 120

-- `vim` belongs to Neovim; only these parts of it are meant to be written to.
local writable = { read_only = false, other_fields = true }
read_globals = {
  vim = {
    other_fields = true,
    fields = {
      b = writable,
      bo = writable,
      env = writable,
      g = writable,
      go = writable,
      o = writable,
      opt = writable,
      opt_local = writable,
      t = writable,
      w = writable,
      wo = writable,
    },
  },
}

-- Generated from the Rust types, whose descriptions are as long as they are.
files["lua/orchflow/types.lua"] = { max_line_length = false }
