-- Owns the two channels to a daemon: one for the calls, and a lifeline whose only purpose is to end
-- with it, because Lua is not told when an RPC channel closes.

---@class orchflow.Link
---@field rpc integer
---@field private lifeline integer
---@field private closed boolean
local Link = {}
Link.__index = Link

---@param path string
---@param opts table
---@return integer|nil channel
local function connect(path, opts)
  -- The error only says that nobody listens, which is what nil means here.
  local fine, channel = pcall(vim.fn.sockconnect, "pipe", path, opts)
  return fine and channel > 0 and channel --[[@as integer]] or nil
end

---@param path string
---@param on_end fun(link: orchflow.Link) The daemon, or the connection to it, is gone.
---@return orchflow.Link|nil
function Link.open(path, on_end)
  if require("orchflow.socket").distrust(vim.fs.dirname(path)) then
    return nil -- Starting a daemon comes next, and that says what is wrong with the folder.
  end
  local rpc = connect(path, { rpc = true })
  if not rpc then
    return nil
  end
  local self = setmetatable({ rpc = rpc, closed = false }, Link)
  local lifeline = connect(path, {
    on_data = function(_, data)
      local ended = #data == 1 and data[1] == ""
      if ended and not self.closed then
        on_end(self)
      end
    end,
  })
  self.lifeline = lifeline or 0
  if not lifeline then
    self:close()
    return nil
  end
  return self
end

function Link:close()
  self.closed = true
  for _, channel in ipairs({ self.rpc, self.lifeline }) do
    -- A channel that the other side has closed is no channel any more, and says so.
    pcall(vim.fn.chanclose, channel)
  end
end

---Has the lifeline end with the other channel, which the daemon can close alone.
---@param client string The daemon's name for that channel.
function Link:follow(client)
  local notification = 2 -- As msgpack-RPC numbers its kinds of messages.
  local message = { notification, "client.follow", { { client = client } } }
  vim.fn.chansend(self.lifeline, vim.mpack.encode(message))
end

---Sends one message; it never waits.
---@param ... any method, parameters and perhaps a token
---@return boolean sent
---@return string|nil problem
function Link:send(...)
  local sent, problem = pcall(vim.rpcnotify, self.rpc, ...)
  return sent, not sent and tostring(problem) or nil
end

---Whether the RPC channel is still there.
---@return boolean
function Link:is_open()
  return not self.closed and vim.api.nvim_get_chan_info(self.rpc).id ~= nil
end

return Link
