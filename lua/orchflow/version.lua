-- Owns which release these Lua files belong to, and which protocol they speak.

return { plugin = "0.1.0", protocol = { major = 1, minor = 0 } }
