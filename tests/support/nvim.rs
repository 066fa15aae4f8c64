//! Owns a real Neovim with the plugin, driven over its own RPC, with its screen captured as a UI would draw it.

use std::process::{Child, ExitStatus};
use std::time::Duration;

use rmpv::Value;
use serde_json::{Value as Json, json};

use super::json::{to_json, to_msgpack};
use super::launch::Launch;
use super::process;
use super::rpc::{Lost, Rpc};
use super::sandbox::Sandbox;
use super::screen::Screen;
use super::version::Version;
use super::wait::{DEADLINE, wait_until, wait_until_shown};

/// One running editor. It is killed when dropped, as a crash would; `quit` ends it as a person would.
pub struct Editor {
    pub(super) rpc: Rpc,
    pub(super) screen: Screen,
    pub(super) child: Child,
    pub(super) version: Version,
    pub(super) errors: std::path::PathBuf,
}

impl Editor {
    /// Starts one of 80 × 24 with the plugin and the built `orchflow`, and waits until it is ready.
    #[track_caller]
    pub fn start(version: Version, sandbox: &Sandbox) -> Self {
        Self::with(version).start(sandbox)
    }

    /// Prepares one that differs.
    pub fn with(version: Version) -> Launch {
        Launch::new(version)
    }

    /// Its version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Calls an API function, such as `nvim_get_mode`, with a list of arguments; `Err` is Neovim's message.
    #[track_caller]
    pub fn try_call(&self, function: &str, args: &Json) -> Result<Json, String> {
        match self.rpc.try_request(function, arguments(args), DEADLINE) {
            Ok(Ok(value)) => Ok(to_json(&value)),
            Ok(Err(error)) => Err(message(&to_json(&error))),
            Err(lost) => {
                panic!("{function} in Neovim {}: {lost}\n{}", self.version, self.describe())
            }
        }
    }

    /// Calls an API function, expecting success.
    #[track_caller]
    pub fn call(&self, function: &str, args: &Json) -> Json {
        match self.try_call(function, args) {
            Ok(value) => value,
            Err(error) => {
                panic!("{function} in Neovim {}: {error}\n{}", self.version, self.describe())
            }
        }
    }

    /// Runs Lua and gives what it returns. `args` (a list, or one value) is its `...`.
    #[track_caller]
    pub fn lua(&self, code: &str, args: Json) -> Json {
        self.call("nvim_exec_lua", &json!([code, list(args)]))
    }

    /// Like `lua`; `Err` is the error.
    #[track_caller]
    pub fn try_lua(&self, code: &str, args: Json) -> Result<Json, String> {
        self.try_call("nvim_exec_lua", &json!([code, list(args)]))
    }

    /// Asks Lua again and again until it returns neither nil nor false: for state that nothing announces.
    #[track_caller]
    pub fn wait_lua(&self, what: &str, code: &str, args: Json) -> Json {
        let what = format!("{what} in Neovim {}", self.version);
        wait_until_shown(&what, DEADLINE, || match self.lua(code, args.clone()) {
            Json::Null | Json::Bool(false) => Err(self.describe()),
            fact => Ok(fact),
        })
    }

    /// Runs an Ex command; panics with Neovim's message when it fails.
    #[track_caller]
    pub fn command(&self, command: &str) {
        self.call("nvim_command", &json!([command]));
    }

    /// Like `command`; `Err` is Neovim's message.
    #[track_caller]
    pub fn try_command(&self, command: &str) -> Result<(), String> {
        self.try_call("nvim_command", &json!([command])).map(drop)
    }

    /// Types keys, in the notation of mappings (`<Esc>`). Neovim takes them when it comes to it.
    #[track_caller]
    pub fn input(&self, keys: &str) {
        let taken = self.call("nvim_input", &json!([keys]));
        assert_eq!(taken, json!(keys.len()), "Neovim's input buffer is full; type less at once");
    }

    /// Pastes text, as a terminal with bracketed paste would.
    #[track_caller]
    pub fn paste(&self, text: &str) {
        self.call("nvim_paste", &json!([text, true, -1]));
    }

    /// What `:messages` lists.
    #[track_caller]
    pub fn messages(&self) -> String {
        let answer = self.call("nvim_exec2", &json!(["messages", {"output": true}]));
        answer["output"].as_str().unwrap_or_default().to_owned()
    }

    /// Waits until Neovim tells us something (`vim.rpcnotify`); panics with the screen when it never does.
    #[track_caller]
    pub fn wait_notification<T>(
        &self,
        what: &str,
        look: impl FnMut(&str, &[Value]) -> Option<T>,
    ) -> T {
        match self.rpc.try_wait_notification(DEADLINE, look) {
            Ok(fact) => fact,
            Err(lost) => panic!("{what} of Neovim {}: {lost}\n{}", self.version, self.describe()),
        }
    }

    /// The connection itself: Neovim's notifications to us (`vim.rpcnotify`), or requests that must not be waited for.
    pub fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// `:qa!`, and waits for its end.
    #[track_caller]
    pub fn quit(mut self) -> ExitStatus {
        self.rpc.notify("nvim_command", vec![Value::from("qa!")]);
        self.wait_exit()
    }

    /// Waits for its end, which something else has caused.
    #[track_caller]
    pub fn wait_exit(&mut self) -> ExitStatus {
        let what = format!("the end of Neovim {}\n{}", self.version, self.describe());
        wait_until(&what, DEADLINE, || self.child.try_wait().expect("our child"))
    }

    /// SIGKILL, as a crash.
    pub fn kill(mut self) {
        process::kill(self.child.id());
        self.child.wait().expect("our child");
    }

    /// Waits for a request that was sent through `rpc`.
    pub fn collect(
        &self,
        ticket: super::rpc::Ticket,
        timeout: Duration,
    ) -> Result<Result<Json, String>, Lost> {
        let answer = self.rpc.collect(ticket, timeout)?;
        Ok(answer.map(|value| to_json(&value)).map_err(|error| message(&to_json(&error))))
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn arguments(args: &Json) -> Vec<Value> {
    args.as_array().map(|args| args.iter().map(to_msgpack).collect()).expect("a list of arguments")
}

fn list(args: Json) -> Json {
    match args {
        Json::Null => json!([]),
        Json::Array(_) => args,
        one => json!([one]),
    }
}

/// Neovim's errors are `[kind, message]`.
fn message(error: &Json) -> String {
    error[1].as_str().map_or_else(|| error.to_string(), str::to_owned)
}
