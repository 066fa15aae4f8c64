---@meta orchflow.types
-- The protocol's types. Generated from src/protocol/: change it there, then run
-- `ORCHFLOW_BLESS=1 cargo test generated`.

---The parameters of methods that take none, and the result of methods that only succeed.
---@class orchflow.Empty

---An error as it stands on the wire and before a person.
---@class orchflow.Fault
---@field hint? string What to type or do about it.
---@field kind orchflow.Kind What sort of error this is.
---@field message string One sentence for a person.

---The closed list of error kinds. Programs match on these; people read the message.
---@alias orchflow.Kind "invalid_params"|"unknown_method"|"not_found"|"conflict"|"unavailable"|"permission"|"timeout"|"exhausted"|"protocol"|"internal"

---A protocol version.
---@class orchflow.Version
---@field major integer Changes when an old peer would misunderstand.
---@field minor integer Changes when something is added.

---The answer to a call that carried a token.
---@class orchflow.daemon.Answered
---@field error? orchflow.Fault Why the call failed.
---@field result? any The result, unless the call failed.
---@field token integer The caller's token.

---A connecting program.
---@class orchflow.daemon.ClientInfo
---@field name string `nvim` gets its notices as calls of one Lua function; every other name gets plain notifications.
---@field version? string Its version, for the log.

---Default colours as 24-bit numbers, `0xRRGGBB`.
---@class orchflow.daemon.Colors
---@field bg integer Default background colour.
---@field fg integer Default text colour.

---How much a daemon holds.
---@class orchflow.daemon.Counts
---@field clients integer Connections that have said `hello`.
---@field running integer Terminals whose program runs.
---@field terminals integer Terminals, the exited ones included.
---@field views integer Views of terminals.

---A one-way call that failed.
---@class orchflow.daemon.Failed
---@field error orchflow.Fault Why it failed.
---@field method string The method that was called.

---Whom to follow.
---@class orchflow.daemon.FollowParams
---@field client string The client, as `hello` has named it.

---The daemon's side of `hello`.
---@class orchflow.daemon.Hello
---@field capabilities string[] What the daemon can do beyond the plain protocol.
---@field client string This connection.
---@field pid integer The daemon's process.
---@field protocol orchflow.Version The protocol it speaks. With another major only `daemon.info` and `daemon.stop` can be called.
---@field version string The daemon's version.

---Who connects.
---@class orchflow.daemon.HelloParams
---@field capabilities? string[] What it can do beyond the plain protocol: `reflow`, its terminals wrap rows anew when they become narrower; `erase_scrollback`, they obey `CSI 3 J`. Unknown ones are ignored.
---@field client orchflow.daemon.ClientInfo The program that connects.
---@field colors? orchflow.daemon.Colors The editor's colours, with which the daemon answers programs that ask for them.
---@field protocol orchflow.Version The protocol it speaks.

---The daemon.
---@class orchflow.daemon.Info
---@field binary string The program file it runs from.
---@field counts orchflow.daemon.Counts How much it holds.
---@field log string The log file now written to.
---@field pid integer Its process.
---@field protocol orchflow.Version The protocol it speaks.
---@field rss? integer Resident memory in bytes, where the system tells.
---@field socket string Where it listens.
---@field started integer When it started, in seconds since 1970.
---@field state_dir string Where it keeps its log and state.
---@field version string Its version.

---Notices that could not be kept for a slow client.
---@class orchflow.daemon.Lost
---@field count integer How many.

---How to stop.
---@class orchflow.daemon.StopParams
---@field force? boolean End running programs too.

---What a stop ends.
---@class orchflow.daemon.Stopped
---@field ended integer How many running programs end with it.

---A terminal's end.
---@class orchflow.terminal.Closed
---@field id string The terminal.
---@field name string Its name.

---What to start. A list is run as it is; a text is handed to the user's shell.
---@alias orchflow.terminal.Command string[]|string

---A place on the screen.
---@class orchflow.terminal.Cursor
---@field col integer Column, from 0.
---@field row integer Row, from 0.

---How a program ended.
---@class orchflow.terminal.Exit
---@field code integer Its exit code; 128 + the signal's number where a signal ended it.
---@field signal? string The signal that ended it, by name where it has one.

---A program's end.
---@class orchflow.terminal.Exited
---@field exit orchflow.terminal.Exit How the program ended.
---@field id string The terminal.
---@field name string Its name.

---What a wait ended with.
---@alias orchflow.terminal.Happened { event: "exited", exit: orchflow.terminal.Exit }|{ event: "matched", groups: string[], line: string, text: string }|{ event: "quiet" }

---Names a terminal.
---@class orchflow.terminal.IdParams
---@field id string A terminal's id or name.

---One terminal.
---@class orchflow.terminal.Info
---@field cols integer Width in columns.
---@field command string[] What was started.
---@field cwd string Where it was started.
---@field exit? orchflow.terminal.Exit How it ended, once it has.
---@field id string Its id.
---@field name string Its unique name.
---@field opened integer When it was opened, in seconds since 1970.
---@field pid integer The process started in it.
---@field rows integer Height in rows.
---@field title string The title the program set, without control characters.

---All terminals.
---@class orchflow.terminal.Listing
---@field terminals orchflow.terminal.Info[] Oldest first.

---A new terminal.
---@class orchflow.terminal.OpenParams
---@field clear_env? boolean Start from an empty environment instead of the daemon's own.
---@field cols? integer Width in columns, 1 to 1000, 80 if not given.
---@field command? orchflow.terminal.Command What to start. Without it, the user's shell.
---@field cwd? string The directory to start in. Without it, the home directory.
---@field env? table<string, string> Environment variables to set.
---@field name? string A unique name without blanks. Without it, one is made from the command.
---@field rows? integer Height in rows, 1 to 1000, 24 if not given.

---A terminal that was opened.
---@class orchflow.terminal.Opened
---@field id string Its id, never used again.
---@field name string Its name.
---@field pid integer The process started in it.

---What to read.
---@class orchflow.terminal.ReadParams
---@field history? integer How many of the last scrollback lines to give too.
---@field id string A terminal's id or name.

---A new name.
---@class orchflow.terminal.RenameParams
---@field id string A terminal's id or name.
---@field name string The new name: unique, without blanks, not of the form `t1`.

---A new name.
---@class orchflow.terminal.Renamed
---@field id string The terminal.
---@field name string Its name now.

---A terminal's new size.
---@class orchflow.terminal.ResizeParams
---@field cols integer Width in columns, 1 to 1000.
---@field id string A terminal's id or name.
---@field rows integer Height in rows, 1 to 1000.

---A terminal's screen as a person sees it.
---@class orchflow.terminal.Screen
---@field alt_screen boolean Whether the program uses the alternate screen.
---@field cols integer Width in columns.
---@field cursor orchflow.terminal.Cursor Where the cursor stands.
---@field exit? orchflow.terminal.Exit How the program ended, once it has.
---@field history_lines? string[] The last scrollback lines, oldest first, if asked for.
---@field lines string[] The rows of the screen, top to bottom, without trailing blanks.
---@field rows integer Height in rows.
---@field title string The title the program set.

---The signals a person sends to a program.
---@alias orchflow.terminal.Signal "HUP"|"INT"|"QUIT"|"KILL"|"USR1"|"USR2"|"TERM"|"CONT"|"STOP"|"TSTP"|"WINCH"

---A signal to send.
---@class orchflow.terminal.SignalParams
---@field id string A terminal's id or name.
---@field signal orchflow.terminal.Signal Which one.

---A new title.
---@class orchflow.terminal.Titled
---@field id string The terminal.
---@field title string Its title, without control characters.

---What to wait for: whichever of them comes first.
---@class orchflow.terminal.WaitParams
---@field exit? boolean Wait for the end of the program. (Its end ends every wait.)
---@field id string A terminal's id or name.
---@field match? string A regular expression, looked for in each row of the screen and each row that scrolls by.
---@field quiet_ms? integer Wait until nothing was printed for so many milliseconds.
---@field timeout_ms integer How long to wait, in milliseconds.

---What to type.
---@class orchflow.terminal.WriteParams
---@field data string The bytes, exactly as the program shall read them.
---@field id string A terminal's id or name.
---@field view? string The view typed in, whose size the terminal then takes.

---A view of this connection.
---@class orchflow.view.IdParams
---@field view string The view's id.

---Which terminal to show, and where.
---@class orchflow.view.OpenParams
---@field channel integer The channel that `nvim_open_term` gave.
---@field cols integer The window's width in columns, 1 to 1000.
---@field rows integer The window's height in rows, 1 to 1000.
---@field terminal string A terminal's id or name.

---A view that was opened.
---@class orchflow.view.Opened
---@field terminal orchflow.terminal.Info The terminal it shows.
---@field view string The view.

---A view's new size.
---@class orchflow.view.ResizeParams
---@field cols integer The window's width in columns, 1 to 1000.
---@field rows integer The window's height in rows, 1 to 1000.
---@field view string The view's id.

---A method of the daemon.
---@alias orchflow.Method
---| "hello"
---| "client.follow"
---| "daemon.info"
---| "daemon.stop"
---| "terminal.open"
---| "terminal.list"
---| "terminal.get"
---| "terminal.write"
---| "terminal.resize"
---| "terminal.signal"
---| "terminal.close"
---| "terminal.rename"
---| "terminal.read"
---| "terminal.wait"
---| "view.open"
---| "view.resize"
---| "view.close"

---A notice from the daemon.
---@alias orchflow.Notice
---| "terminal.opened"
---| "terminal.titled"
---| "terminal.renamed"
---| "terminal.exited"
---| "terminal.closed"
---| "call.answered"
---| "call.failed"
---| "events.lost"
---| "daemon.stopping"
