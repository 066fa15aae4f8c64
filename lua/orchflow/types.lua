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
---@alias orchflow.Kind "invalid_params"|"unknown_method"|"not_found"|"conflict"|"unsupported"|"unavailable"|"permission"|"timeout"|"exhausted"|"protocol"|"internal"

---A protocol version.
---@class orchflow.Version
---@field major integer Changes when an old peer would misunderstand.
---@field minor integer Changes when something is added.

---What a person can do about an agent that does not get on: it has ended, or is not logged in.
---@class orchflow.agent.Advice
---@field hint string What to type.
---@field text string What is the matter, with its last words where it has ended at once.

---Words for an agent: one there is, or one that is about to be started.
---@class orchflow.agent.ComposeParams
---@field cwd? string The directory that it will be started in.
---@field id? string An agent's id or name, or its terminal's id.
---@field parts orchflow.agent.Part[] The words in their order, with what is to be referred to between them.
---@field profile? string The profile of one that is about to be started, instead of `id`.

---What to tell an agent.
---@class orchflow.agent.Composed
---@field text string For `agent.prompt` or `agent.spawn`.

---Why an agent is thought to be in a status.
---@class orchflow.agent.Evidence
---@field age_ms integer How long ago, in milliseconds.
---@field rule string The rule of the profile that was applied, such as `hook Stop` or `screen 2`.
---@field source? orchflow.agent.Source By which way it came; none before anything was seen.
---@field text string What was seen: the event, or the words on the screen.

---A status with all that speaks for and against it.
---@class orchflow.agent.Explained
---@field evidence orchflow.agent.Evidence From what.
---@field name string The agent's name.
---@field reason string Why that and not another, in a sentence.
---@field said orchflow.agent.Said[] What each source has said last, the most trustworthy first.
---@field status orchflow.agent.Status What is concluded.

---Names an agent.
---@class orchflow.agent.IdParams
---@field id string An agent's id or name, or its terminal's id.

---One agent.
---@class orchflow.agent.Info
---@field advice? orchflow.agent.Advice What to do where it does not get on.
---@field conversation? string The program's own name of the conversation, once it has told it.
---@field cwd string The directory that it was started in.
---@field evidence orchflow.agent.Evidence Why that is thought.
---@field exit? orchflow.terminal.Exit How its program ended, once it has.
---@field for_ms integer For how long, in milliseconds.
---@field id string Its id.
---@field model? string The model that has answered last.
---@field name string Its unique name.
---@field profile string Its profile.
---@field purpose? string What it is there for.
---@field role? string What it is in the swarm.
---@field status orchflow.agent.Status What it is doing.
---@field terminal string The terminal that it runs in.
---@field usage? orchflow.agent.Usage What it has used so far; told after each turn.

---All agents.
---@class orchflow.agent.Listing
---@field agents orchflow.agent.Info[] Oldest first.

---A part of what an agent is told: words as they are, or a place to refer to.
---@alias orchflow.agent.Part string|orchflow.agent.Place

---A file, or lines of it.
---@class orchflow.agent.Place
---@field column? integer One position in the first line instead of whole lines, counted from 1.
---@field first? integer The first line, counted from 1.
---@field last? integer The last line; without it, the first one.
---@field path string Its absolute path.

---A process that a hook comes from.
---@class orchflow.agent.Process
---@field call? integer A number that is the same where its arguments are.
---@field group? integer Its process group.
---@field pid? integer Its number.
---@field program? string The name of what it runs; empty for a shell that only carries out a line.
---@field start? integer When it was started, as the system counts: a number may pass to another process.

---The programs that are known.
---@class orchflow.agent.Profiles
---@field profiles orchflow.agent.Program[] In the order of their names.

---One program that is known.
---@class orchflow.agent.Program
---@field acp string[] The command that speaks the Agent Client Protocol; empty where it has none.
---@field fault? string What is wrong with its profile, if anything.
---@field forks boolean `agent.resume` with `fork` goes on with a copy.
---@field hooks boolean It tells by hooks what it does, for the launch only.
---@field hooks_by_hand? string Hooks of its own can be had, where a person puts them into this file.
---@field install string What to type where it is not installed.
---@field login string What to type where it is not logged in.
---@field name string What `agent.spawn` takes.
---@field once string[] The command that answers one prompt and ends, `{prompt}` in it; empty where it has none.
---@field once_usage? table<string, string> Where its answer tells what, by name: `text`, `conversation`, `cost`, `tokens_in`, `tokens_out`. Of all the objects of JSON that it prints (one, a list, or one on each line) the last one that has such a path counts; `*` in it is any name.
---@field proven? string The version that its profile was seen to work with; without one, the profile is not proven.
---@field resumes boolean `agent.resume` brings a conversation back.
---@field title string What it calls itself.
---@field version string[] The command that tells its version; empty where that is not known.

---Something to do.
---@class orchflow.agent.PromptParams
---@field id string An agent's id or name, or its terminal's id.
---@field text string What to do, in the person's words.
---@field when? orchflow.agent.When When to tell it: after its turn, in an open and empty box, or `now`, typed and submitted whatever it does and shows.

---A new name.
---@class orchflow.agent.RenameParams
---@field id string An agent's id or name, or its terminal's id.
---@field name string A unique name without blanks, which is its terminal's too.

---What a hook tells.
---@class orchflow.agent.ReportParams
---@field by? orchflow.agent.Process[] The processes that the hook comes from, its parent first: a program of the same kind that an agent has started is not the agent either. Without it, whoever speaks is heard.
---@field event string The event, by the name that its program gives it.
---@field id string The agent's id, or its terminal's.
---@field payload? string What the program says of it, as JSON; at most 64 KB.
---@field profile string The profile of the program that tells it: one that an agent has started is not the agent.

---A conversation to go on with: an agent's own, or by the name that its program gives it.
---@class orchflow.agent.ResumeParams
---@field clear_env? boolean Of a new agent: start from an empty environment instead of the daemon's own.
---@field conversation? string With `profile`: the program's own name of the conversation. Without it, the one that was last in the directory.
---@field cwd? string Of a new agent: the directory to work in. Without it, that of the one that is forked, or the home directory.
---@field env? table<string, string> Of a new agent: environment variables to set.
---@field fork? boolean Go on with a copy of it, in a new agent.
---@field id? string An agent's id or name, or its terminal's id. Its program must have ended, but with `fork`: it is started again in the same terminal, directory and environment, and the agent stays the same.
---@field name? string Of a new agent: a unique name without blanks. Without it, a pronounceable one is made.
---@field profile? string Instead of `id`: the profile, for a new agent.
---@field prompt? string What it is to do first.
---@field purpose? string Of a new agent: what it is there for.
---@field role? string Of a new agent: what it is in the swarm.
---@field size? orchflow.terminal.Size Of a new agent: the size of its terminal. Without it, 24 rows of 80 columns.

---What one source has said last.
---@class orchflow.agent.Said
---@field evidence orchflow.agent.Evidence Why.
---@field status orchflow.agent.Status The status, were there no other source.

---By which way a sign came, the most trustworthy first.
---@alias orchflow.agent.Source "hook"|"sequence"|"process"|"screen"|"prompt"

---A new agent.
---@class orchflow.agent.SpawnParams
---@field args? string[] Arguments for the program, behind those of the profile.
---@field clear_env? boolean Start from an empty environment instead of the daemon's own.
---@field cwd? string The directory to work in. Without it, the home directory.
---@field env? table<string, string> Environment variables to set.
---@field name? string A unique name without blanks. Without it, a pronounceable one is made.
---@field profile string The profile: which program, and how it is talked to.
---@field prompt? string What it is to do first.
---@field purpose? string What it is there for, in a sentence.
---@field role? string What it is in the swarm, in a few words: `reviewer`.
---@field size? orchflow.terminal.Size The size of its terminal. Without it, 24 rows of 80 columns.

---An agent that was started.
---@class orchflow.agent.Spawned
---@field id string Its id, never used again.
---@field name string Its unique name, which is its terminal's too.
---@field terminal string The terminal that it runs in.

---What an agent is doing, as far as is known.
---@alias orchflow.agent.Status "starting"|"working"|"blocked"|"done"|"idle"|"exited"|"unknown"

---What an agent has used, as far as its program tells.
---@class orchflow.agent.Usage
---@field cached? integer Tokens of `tokens_in` that came from a cache.
---@field context? integer Tokens that are in its context now.
---@field context_left? integer Tokens that its context has room for yet.
---@field cost? number In US dollars.
---@field tokens_in? integer Tokens that its model was sent, those from a cache too.
---@field tokens_out? integer Tokens that its model has answered with.

---Which status to wait for.
---@class orchflow.agent.WaitParams
---@field id string An agent's id or name, or its terminal's id.
---@field status orchflow.agent.Status[] Whichever of them comes first. One that is there already ends the wait at once. An agent that was started with a prompt is `starting` until it has begun with that.
---@field timeout_ms integer How long to wait, in milliseconds.

---When a prompt is typed.
---@alias orchflow.agent.When "after_turn"|"now"

---How many agents are in which status.
---@class orchflow.board.Counts
---@field blocked integer Wait for an answer.
---@field done integer Have finished, and nobody has looked.
---@field exited integer Have ended.
---@field idle integer Wait for something to do.
---@field unknown integer Nobody knows.
---@field working integer Work, or are starting.

---A row of which only text is different, and no longer or shorter: how it looks and what it is about stay.
---@class orchflow.board.Edit
---@field at integer Where it stands, from 0.
---@field from integer The first byte that is replaced, from 0.
---@field text string What stands there now.
---@field to integer The byte after the last.

---Which characters stand for a status.
---@alias orchflow.board.Icons "unicode"|"ascii"

---A board of this connection.
---@class orchflow.board.IdParams
---@field board string The board's id.

---What is painted.
---@alias orchflow.board.Kind "list"|"line"|"titles"

---A board to paint.
---@class orchflow.board.OpenParams
---@field cols integer How wide, 1 to 1000 cells.
---@field edits? boolean Whether a row may be told by the text that differs in it.
---@field icons? orchflow.board.Icons Which characters stand for a status.
---@field kind? orchflow.board.Kind What is painted.
---@field motion? boolean Whether what works turns.
---@field rows integer How many of its rows can be seen, from the first on, 1 to 1000.

---A board that was opened.
---@class orchflow.board.Opened
---@field board string It. Its rows follow as notices.

---Rows that look different now. All others stay as they are.
---@class orchflow.board.Painted
---@field board string The board.
---@field count integer How many rows it has now.
---@field counts orchflow.board.Counts The agents.
---@field edits? orchflow.board.Edit[] What differs in other rows, for a board that was opened for it.
---@field pieces orchflow.board.Piece[] Those that look different, top to bottom.
---@field waiting? orchflow.board.Waiting The one that has waited longest.

---Rows that follow each other.
---@class orchflow.board.Piece
---@field at integer Where the first of them stands, from 0.
---@field rows orchflow.board.Row[] They.

---A row of a board.
---@class orchflow.board.Row
---@field agent? string The agent in that terminal, if there is one.
---@field name? string Its name.
---@field spans orchflow.board.Span[] How it looks where it is not plain.
---@field status? string The status as this row tells it, such as `blocked`; of a terminal `running` or `exited`.
---@field terminal? string The terminal that it is about, if it is about one.
---@field text string Its text.

---A stretch of a row that looks different.
---@class orchflow.board.Span
---@field from integer The first byte, from 0.
---@field group string A highlight group of the plugin's, such as `OrchflowBlocked`.
---@field to integer The byte after the last.

---What is to be painted from now on. What is not given stays.
---@class orchflow.board.UpdateParams
---@field board string The board's id.
---@field cols? integer How wide, 1 to 1000 cells.
---@field filter? string Only rows that have all these words.
---@field first? integer The first row that can be seen, from 0.
---@field hidden? boolean Nobody can see it: nothing is painted.
---@field marked? string[] These are marked, and no others.
---@field rows? integer How many rows can be seen from there, 1 to 1000. Others are painted later.

---An agent that waits for its person.
---@class orchflow.board.Waiting
---@field agent string It.
---@field name string Its name.
---@field since integer Since when, in seconds since 1970.
---@field terminal string The terminal that it runs in.

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

---The database, which keeps documents.
---@class orchflow.daemon.Database
---@field lost? orchflow.daemon.LostDatabase A database that could not be used and was set aside, as long as it is there.
---@field path string Its file.
---@field trouble? orchflow.Fault Why nothing could be written when it was last tried, if that is so. It is tried again with the next change.

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
---@field capabilities? string[] What it can do beyond the plain protocol: `reflow`, its terminals wrap rows anew when they become narrower; `erase_scrollback`, they obey `CSI 3 J`; `narrow_pictographs`, they give pictographs such as U+1F6E0 one cell, and the editor draws them in two; `numbered_frames`, it takes frames through Lua and heeds their numbers. Unknown ones are ignored.
---@field client orchflow.daemon.ClientInfo The program that connects.
---@field colors? orchflow.daemon.Colors The editor's colours, with which the daemon answers programs that ask for them.
---@field protocol orchflow.Version The protocol it speaks.

---The daemon.
---@class orchflow.daemon.Info
---@field binary string The program file it runs from.
---@field counts orchflow.daemon.Counts How much it holds.
---@field database? orchflow.daemon.Database Where documents are kept; older daemons keep none.
---@field keeper? orchflow.daemon.Keeper The process that holds the programs; none before the first is started.
---@field log string The log file now written to.
---@field pid integer Its process.
---@field protocol orchflow.Version The protocol it speaks.
---@field rss? integer Resident memory in bytes, where the system tells.
---@field socket string Where it listens.
---@field started integer When it started, in seconds since 1970.
---@field state_dir string Where it keeps its log and state.
---@field version string Its version.

---The process that holds PTYs and programs, so that they outlive the daemon.
---@class orchflow.daemon.Keeper
---@field braked boolean Whether it had given up, after 5 starts in a minute, when this daemon came.
---@field last_crash? integer When a daemon was last lost, in seconds since 1970.
---@field pid integer Its process.
---@field restarts integer How often it has started a daemon again.
---@field version string Its version; it may be older than the daemon's.

---Notices that could not be kept for a slow client.
---@class orchflow.daemon.Lost
---@field count integer How many.

---A database that could not be used.
---@class orchflow.daemon.LostDatabase
---@field at integer When it was set aside, in seconds since 1970. What was kept until then is in it alone.
---@field kept string Where it is now.
---@field why string What is wrong with it.

---How to stop.
---@class orchflow.daemon.StopParams
---@field force? boolean End running programs too.
---@field keep? boolean End the daemon only: every terminal lives on, and the next daemon has it.

---What a stop ends.
---@class orchflow.daemon.Stopped
---@field ended integer How many running programs end with it.

---An answer.
---@class orchflow.inbox.AnswerParams
---@field choice string One of its choices, by its key or its words; upper and lower case are one.
---@field id string The question's id.

---One of the answers that a question offers.
---@class orchflow.inbox.Choice
---@field key? string What stands before it, where something does: `1`.
---@field label string Its words.

---A question that does not wait any more.
---@class orchflow.inbox.Closed
---@field agent string Who asked.
---@field choice? string What was chosen, if it was by `inbox.answer`.
---@field how orchflow.inbox.Ending How it ended.
---@field id string Its id.
---@field name string Its unique name.

---How a question ended.
---@alias orchflow.inbox.Ending "answered"|"withdrawn"|"exited"|"closed"

---What waits for an answer.
---@class orchflow.inbox.Listing
---@field questions orchflow.inbox.Question[] The one that waits longest first.

---A question of an agent that nobody has answered yet.
---@class orchflow.inbox.Question
---@field agent string Who asks.
---@field answerable boolean The profile knows how to press the choices, so `inbox.answer` can.
---@field choices orchflow.inbox.Choice[] What can be answered, where it can be read.
---@field evidence orchflow.agent.Evidence Why it is thought to ask.
---@field for_ms integer For how long it has waited, in milliseconds.
---@field id string Its id. It is never used again: an answer goes to the question that was seen, or nowhere.
---@field name string Its unique name.
---@field profile string Its profile.
---@field question string What it asks, line by line, as far as it can be read: at most its last 2000 characters.
---@field terminal string The terminal that it asks in.

---Values for the ends of arrays.
---@class orchflow.state.AppendParams
---@field path string Which arrays, as for `state.set`: one that is not there yet is empty.
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.
---@field value any What becomes the last element of each.

---Changes that belong together.
---@class orchflow.state.BatchParams
---@field ops orchflow.state.Op[] They, in their order; of as many documents as you like, 1000 at most.

---Changes that were made.
---@class orchflow.state.Batched
---@field results orchflow.state.Written[] What each has done.

---A value for each place, if nobody has changed the document meanwhile.
---@class orchflow.state.CasParams
---@field path string Which places, as for `state.set`.
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.
---@field value any What stands there from now on.
---@field version integer The version that the document must still have; 0 for one that has never been written.

---A change of a document, as it is remembered.
---@class orchflow.state.Change
---@field at integer When, in seconds since 1970.
---@field count integer How many places it has changed.
---@field op string What was done: `set`, `merge`, `delete`, `increment`, `append`, `cas` or `import`.
---@field path string The path, as it was given.
---@field places orchflow.state.Place[] The first of them.
---@field version integer The version that it has led to.
---@field who string Who: the client's name and id.

---What a watched path selects is not what it was. Changes that come fast are told together: `old` is what was told before.
---@class orchflow.state.Changed
---@field cut? boolean The values are too long to be told, and were left out: ask for them with `state.get`.
---@field new? any[] The values now.
---@field old? any[] The values that were told before.
---@field path string The path, as it was given.
---@field scope string Whose document.
---@field version integer The document's version.
---@field watch string The watch.

---Places to be removed.
---@class orchflow.state.DeleteParams
---@field path string Which places. `$` leaves no document.
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.

---A document as it is listed.
---@class orchflow.state.Document
---@field changed integer When it was last changed, in seconds since 1970.
---@field scope string Whose it is.
---@field size integer How many bytes its JSON has.
---@field version integer Its version.

---A document with its content.
---@class orchflow.state.Exported
---@field scope string Whose it is.
---@field value any All of it, as `state.import` takes it.
---@field version integer Its version.

---What to read.
---@class orchflow.state.GetParams
---@field path? string Which of its values: a JSONPath (RFC 9535), such as `$.tasks[?@.done == false].title`. All of it if not given.
---@field paths? boolean Tell where each of them stands, too.
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.

---What was read.
---@class orchflow.state.Got
---@field paths? string[] Where each stands, as a normalized path, where that was asked for.
---@field values any[] The values that the path selects; none where nothing is.
---@field version integer The document's version, which grows with every change; 0 where it has never been written.

---The latest changes of a document.
---@class orchflow.state.History
---@field changes orchflow.state.Change[] They, the newest first. Of each document the last hundred are kept.

---Which changes to list.
---@class orchflow.state.HistoryParams
---@field limit? integer How many at most; as many as are kept if not given.
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.

---A whole document.
---@class orchflow.state.ImportParams
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.
---@field value any What it is from now on.

---Numbers to be counted up.
---@class orchflow.state.IncrementParams
---@field by? number By how much; down, if it is negative. 1 if not given.
---@field path string Which numbers, as for `state.set`: one that is not there yet counts from 0.
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.

---All documents.
---@class orchflow.state.Listing
---@field documents orchflow.state.Document[] They, by scope.

---A patch for each place.
---@class orchflow.state.MergeParams
---@field path? string Which places, as for `state.set`. All of the document if not given.
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.
---@field value any What is merged into what stands there, as RFC 7386 has it: members replace members, null removes one.

---One change of a batch: its parameters, and under `op` what it does.
---@alias orchflow.state.Op { op: "set", path: string, scope: string, value: any }|{ op: "merge", path?: string, scope: string, value: any }|{ op: "delete", path: string, scope: string }|{ by?: number, op: "increment", path: string, scope: string }|{ op: "append", path: string, scope: string, value: any }|{ op: "cas", path: string, scope: string, value: any, version: integer }|{ op: "import", scope: string, value: any }

---A place that a change has changed. A value that is too long to be kept is left out, and `cut` says so.
---@class orchflow.state.Place
---@field cut? boolean Whether a value is left out.
---@field new? any What stands there since, if anything does.
---@field old? any What stood there, if anything did.
---@field path string Where, as a normalized path.

---One document, by its scope.
---@class orchflow.state.ScopeParams
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.

---A value for each place.
---@class orchflow.state.SetParams
---@field path string Which places: all that the path selects. A path of names alone may name a place that is not there yet; it is made, with objects along the way.
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.
---@field value any What stands there from now on.

---A watch of this client.
---@class orchflow.state.UnwatchParams
---@field watch string It.

---What to watch.
---@class orchflow.state.WatchParams
---@field path? string Which of its values. All of it if not given.
---@field scope string Whose document: `shared`, `project:DIR`, or a session's name.

---What is watched, and how it is now.
---@class orchflow.state.Watched
---@field values any[] The values that the path selects at present.
---@field version integer The document's version.
---@field watch string The watch, which ends with its client.

---A change that was made.
---@class orchflow.state.Written
---@field count integer How many places it has changed.
---@field version integer The document's version now; as before where no place was changed.

---A program has rung the bell.
---@class orchflow.terminal.Belled
---@field id string The terminal.
---@field missed integer So many times before this one were not told, because there were too many.
---@field name string Its name.

---A terminal's end.
---@class orchflow.terminal.Closed
---@field id string The terminal.
---@field name string Its name.

---What to start. A list is run as it is; a text is handed to the user's shell.
---@alias orchflow.terminal.Command string[]|string

---A shell's command has ended.
---@class orchflow.terminal.CommandFinished
---@field command string The line, without control characters; empty where the shell did not say it.
---@field directory string Where it was started.
---@field duration_ms integer How long it ran, in milliseconds.
---@field exit_code? integer Its exit code, where the shell said it.
---@field id string The terminal.
---@field name string Its name.
---@field started integer When it was started, in seconds since 1970.

---A shell's command has begun.
---@class orchflow.terminal.CommandStarted
---@field command string The line, without control characters; empty where the shell did not say it.
---@field directory string Where it was started.
---@field id string The terminal.
---@field name string Its name.
---@field since integer When it was started, in seconds since 1970.

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

---One of the facts.
---@alias orchflow.terminal.Fact "directory"|"progress"|"running"|"last_command"|"purpose"|"tags"

---A shell's command that has ended.
---@class orchflow.terminal.Finished
---@field command string The line, without control characters; empty where the shell did not say it.
---@field directory string Where it was started.
---@field duration_ms integer How long it ran, in milliseconds.
---@field exit_code? integer Its exit code, where the shell said it.
---@field started integer When it was started, in seconds since 1970.

---What was found.
---@class orchflow.terminal.Found
---@field first_line integer The number of the oldest line that is kept.
---@field matches orchflow.terminal.Match[] In the order in which the lines were looked at.
---@field next? integer Where to go on, as `from` or `before`. Absent where all lines were looked at; there may be none even without a match, as a call ends after a second.
---@field reading? string The lines are kept as this, for the next call; only where they are to be, and where there are more. At most 4 are kept for a client, and each until nobody has read on in it for 10 minutes; then it is not found.
---@field screen_line integer The number of the first line that is, or ends, on the screen.

---What a wait ended with.
---@alias orchflow.terminal.Happened { event: "exited", exit: orchflow.terminal.Exit }|{ event: "matched", groups: string[], line: string, text: string }|{ event: "quiet" }

---Lines of the scrollback and, last, of the primary screen, which is there also while the alternate one is shown.
---@class orchflow.terminal.History
---@field first integer The number of the first line given.
---@field first_line integer The number of the oldest line that is kept.
---@field lines string[] The text of each, oldest first.
---@field more boolean Whether there are more lines in the direction asked for: from `first + #lines` on, or before `first`.
---@field name string The terminal's name.
---@field reading? string The lines are kept as this, for the next call; only where they are to be, and where there are more. At most 4 are kept for a client, and each until nobody has read on in it for 10 minutes; then it is not found.
---@field runs integer[][] What does not look plain, in order. Each four numbers: which of `lines`, from 0, the first byte, the byte behind the last, which of `styles`, from 0.
---@field screen_line integer The number of the first line that is, or ends, on the screen. What comes before does not change any more.
---@field styles orchflow.terminal.Style[] How the runs look.

---Which lines to read: whole lines, however wide the terminal was. Their numbers are counted since the terminal's start.
---@class orchflow.terminal.HistoryParams
---@field before? integer Read the lines right before the one of this number.
---@field count? integer At most so many lines; one answer holds at most 500, and fewer where they are long or colourful.
---@field from? integer Read on from the line of this number. Without this and `before`: the newest lines.
---@field id string A terminal's id or name.
---@field keep? boolean Keep the lines as they are now, to read on in them: while more of them are printed, the oldest fall out. The answer says as which `reading`.
---@field reading? string Read on in lines that were kept.

---Names a terminal.
---@class orchflow.terminal.IdParams
---@field id string A terminal's id or name.

---One terminal.
---@class orchflow.terminal.Info
---@field cols integer Width in columns.
---@field command string[] What was started.
---@field cwd string Where it was started.
---@field directory string Where the program works now (OSC 7), else where it was started.
---@field ended? integer When a daemon heard that its program had ended, in seconds since 1970.
---@field exit? orchflow.terminal.Exit How it ended, once it has.
---@field id string Its id.
---@field last_command? orchflow.terminal.Finished The command that the shell ran last.
---@field name string Its unique name.
---@field opened integer When it was opened, in seconds since 1970.
---@field pid integer The process started in it.
---@field progress? orchflow.terminal.Progress How far it is (OSC 9;4), while it says so.
---@field purpose orchflow.terminal.Purpose What the terminal is for: guessed from its command line, unless it was set.
---@field rows integer Height in rows.
---@field running? orchflow.terminal.Running The command that the shell runs now, where it marks its prompts (OSC 133).
---@field tags string[] Words of its user's choice, in alphabetic order.
---@field title string The title the program set, without control characters.

---Where a terminal's raw output is kept.
---@class orchflow.terminal.Journal
---@field folder? string The folder with its journal; absent where none is kept (`terminal.journal = 0` in `config.toml`).

---All terminals.
---@class orchflow.terminal.Listing
---@field terminals orchflow.terminal.Info[] Oldest first.

---The first match in a line.
---@class orchflow.terminal.Match
---@field around string The line's text; where that is longer than 1 KiB, the part with the beginning of the match.
---@field end integer See `start`.
---@field end_col integer How many cells of the line come before its end.
---@field groups? string[] What the first 32 groups of the pattern caught.
---@field line integer The line's number, as in `terminal.history`.
---@field start integer The first byte of it in the line's text, from 0, and the byte behind the last; the same where it is empty.
---@field start_col integer How many cells of the line come before its first byte.
---@field text string What matched; its first 1 KiB where it is longer.

---A program wants its person's attention, or the daemon does because of it.
---@class orchflow.terminal.Notified
---@field body string The text, without control characters; may be empty where there is a title.
---@field id string The terminal.
---@field missed integer So many before this one were not told, because there were too many.
---@field name string Its name.
---@field source orchflow.terminal.Source How it was said.
---@field title string A headline, without control characters; may be empty.
---@field urgency orchflow.terminal.Urgency How much it matters, by the program's own word.

---A new terminal.
---@class orchflow.terminal.OpenParams
---@field clear_env? boolean Start from an empty environment instead of the daemon's own.
---@field cols? integer Width in columns, 1 to 1000, 80 if not given.
---@field command? orchflow.terminal.Command What to start. Without it, the user's shell.
---@field cwd? string The directory to start in. Without it, the home directory.
---@field env? table<string, string> Environment variables to set.
---@field name? string A unique name without blanks. Without it, one is made from the command.
---@field purpose? orchflow.terminal.Purpose What it is for. Without it, that is guessed from the command.
---@field rows? integer Height in rows, 1 to 1000, 24 if not given.
---@field tags? string[] At most 16 tags, each one word of at most 32 characters.

---A terminal that was opened.
---@class orchflow.terminal.Opened
---@field id string Its id, never used again.
---@field name string Its name.
---@field pid integer The process started in it.

---How far a program is.
---@class orchflow.terminal.Progress
---@field percent? integer 0 to 100, where it is known.
---@field state orchflow.terminal.ProgressState How it goes.

---How it goes.
---@alias orchflow.terminal.ProgressState "normal"|"error"|"indeterminate"|"paused"

---What a terminal is for.
---@alias orchflow.terminal.Purpose "agent"|"build"|"database"|"debugger"|"editor"|"git"|"log"|"monitor"|"remote"|"repl"|"server"|"shell"|"test"|"other"

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

---A shell's command that runs.
---@class orchflow.terminal.Running
---@field command string The line, without control characters; empty where the shell did not say it.
---@field directory string Where it was started.
---@field since integer When it was started, in seconds since 1970.

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

---What to look for in the whole lines of the scrollback and of the primary screen.
---@class orchflow.terminal.SearchParams
---@field before? integer Look at the lines before the one of this number, newest first. Without this and `from`: from the newest line back.
---@field from? integer Look at the line of this number and those after it, oldest first.
---@field id string A terminal's id or name.
---@field ignore_case? boolean Let upper case match lower case, and the other way round.
---@field keep? boolean Keep the lines as they are now, to read on in them: while more of them are printed, the oldest fall out. The answer says as which `reading`.
---@field limit? integer At most so many matches, 100 if not given, and never more than 1000.
---@field pattern string A regular expression of at most 4 KiB. Of each line the first match is told.
---@field reading? string Read on in lines that were kept.

---The signals a person sends to a program.
---@alias orchflow.terminal.Signal "HUP"|"INT"|"QUIT"|"KILL"|"USR1"|"USR2"|"TERM"|"CONT"|"STOP"|"TSTP"|"WINCH"

---A signal to send.
---@class orchflow.terminal.SignalParams
---@field id string A terminal's id or name.
---@field signal orchflow.terminal.Signal Which one.

---A size in character cells.
---@class orchflow.terminal.Size
---@field cols integer Width in columns, 1 to 1000.
---@field rows integer Height in rows, 1 to 1000.

---The sequence that a notification came by: iTerm2's, kitty's or urxvt's. Or it is the daemon's own.
---@alias orchflow.terminal.Source "osc9"|"osc99"|"osc777"|"orchflow"

---How text looks. Colours: `fg` for the text, `bg` for its ground, `sp` for the underline.
---@class orchflow.terminal.Style
---@field bg? integer As `fg`.
---@field bg_index? integer As `fg_index`.
---@field bold? boolean Bold.
---@field dim? boolean Less bright.
---@field fg? integer `0xRRGGBB`. Absent for the default and for the colours 0 to 15 of the palette, which are the editor's.
---@field fg_index? integer The colour's number in the palette of 256, or that of the nearest.
---@field hidden? boolean Not to be seen.
---@field italic? boolean Italic.
---@field link? string Where it leads (OSC 8). Of more than 2 KiB none is given.
---@field reverse? boolean Text and ground have changed places.
---@field sp? integer As `fg`.
---@field sp_index? integer As `fg_index`.
---@field strikethrough? boolean Struck out.
---@field undercurl? boolean Underlined with a wave.
---@field underdashed? boolean Underlined with dashes.
---@field underdotted? boolean Underlined with dots.
---@field underdouble? boolean Underlined twice.
---@field underline? boolean Underlined.

---A new title.
---@class orchflow.terminal.Titled
---@field id string The terminal.
---@field title string Its title, without control characters.

---What is to be known of a terminal. What is not given stays.
---@class orchflow.terminal.UpdateParams
---@field id string A terminal's id or name.
---@field purpose? orchflow.terminal.Purpose What it is for.
---@field tags? string[] All its tags: at most 16, each one word of at most 32 characters.

---Other facts than before.
---@class orchflow.terminal.Updated
---@field changed orchflow.terminal.Fact[] Which of the facts have changed. One of them that is missing here is no more.
---@field directory string Where the program works now (OSC 7), else where it was started.
---@field id string The terminal.
---@field last_command? orchflow.terminal.Finished The command that the shell ran last.
---@field name string Its name.
---@field progress? orchflow.terminal.Progress How far it is (OSC 9;4), while it says so.
---@field purpose orchflow.terminal.Purpose What the terminal is for: guessed from its command line, unless it was set.
---@field running? orchflow.terminal.Running The command that the shell runs now, where it marks its prompts (OSC 133).
---@field tags string[] Words of its user's choice, in alphabetic order.

---How much a notification matters.
---@alias orchflow.terminal.Urgency "low"|"normal"|"critical"

---What to wait for: whichever of them comes first.
---@class orchflow.terminal.WaitParams
---@field exit? boolean Wait for the end of the program. (Its end ends every wait.)
---@field id string A terminal's id or name.
---@field match? string A regular expression, looked for in each line of the screen and each line that scrolls by. A line that is wrapped is looked at whole; on the alternate screen each row is.
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
---@field bare? boolean What it is shown on keeps no scrollback and stays on one screen: only what is visible is sent.
---@field channel integer The channel that `nvim_open_term` gave, which the frames will name; any number where there is no editor.
---@field cols integer The window's width in columns, 1 to 1000.
---@field glance? boolean It is a picture beside others: who sees it has not looked at what is done.
---@field keep_size? boolean The terminal keeps its size when this view is opened or resized. To type in it counts nevertheless.
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
---| "terminal.update"
---| "terminal.read"
---| "terminal.history"
---| "terminal.search"
---| "terminal.journal"
---| "terminal.wait"
---| "agent.spawn"
---| "agent.profiles"
---| "agent.list"
---| "agent.get"
---| "agent.prompt"
---| "agent.compose"
---| "agent.wait"
---| "agent.explain"
---| "agent.interrupt"
---| "agent.rename"
---| "agent.stop"
---| "agent.resume"
---| "agent.report"
---| "inbox.list"
---| "inbox.answer"
---| "board.open"
---| "board.update"
---| "board.close"
---| "state.get"
---| "state.set"
---| "state.merge"
---| "state.delete"
---| "state.increment"
---| "state.append"
---| "state.cas"
---| "state.batch"
---| "state.list"
---| "state.history"
---| "state.export"
---| "state.import"
---| "state.watch"
---| "state.unwatch"
---| "view.open"
---| "view.resize"
---| "view.renew"
---| "view.hide"
---| "view.show"
---| "view.close"

---A notice from the daemon.
---@alias orchflow.Notice
---| "terminal.opened"
---| "terminal.restarted"
---| "terminal.titled"
---| "terminal.renamed"
---| "terminal.updated"
---| "terminal.command_started"
---| "terminal.command_finished"
---| "terminal.notified"
---| "terminal.belled"
---| "terminal.exited"
---| "terminal.closed"
---| "agent.spawned"
---| "agent.changed"
---| "inbox.opened"
---| "inbox.changed"
---| "inbox.closed"
---| "board.painted"
---| "state.changed"
---| "call.answered"
---| "call.failed"
---| "events.lost"
---| "daemon.stopping"
