//! Owns the tests' client of the orchflow daemon: JSON in and out over the msgpack-RPC client.

use std::path::Path;
use std::time::Duration;

use rmpv::Value;
use serde_json::{Value as Json, json};

use super::json::{to_json, to_msgpack};
use super::rpc::{Lost, Rpc};
use super::sandbox::Sandbox;
use super::wait::{DEADLINE, wait_until};

/// One client that has said `hello`.
pub struct Daemon {
    rpc: Rpc,
    greeting: Json,
}

impl Daemon {
    /// A sandbox whose daemon runs, and a client of it.
    #[track_caller]
    pub fn start() -> (Sandbox, Self) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let client = Self::connect(&sandbox);
        (sandbox, client)
    }

    /// Starts a line of shell in a terminal of that name, and gives its process.
    #[track_caller]
    pub fn open(&self, name: &str, line: &str) -> u32 {
        let params = json!({"command": ["sh", "-c", line], "name": name});
        self.expect("terminal.open", params)["pid"].as_u64().unwrap().try_into().unwrap()
    }

    /// Waits until a terminal shows what the pattern describes, and gives what was found.
    #[track_caller]
    pub fn wait_match(&self, name: &str, pattern: &str) -> Json {
        let params = json!({"id": name, "match": pattern, "timeout_ms": 30_000});
        let happened = self.expect("terminal.wait", params);
        assert_eq!(happened["event"], "matched", "{name} never printed {pattern}");
        happened
    }

    /// Types a word at a program that answers `got` and the word: the whole way to it and back works.
    #[track_caller]
    pub fn answers(&self, name: &str, word: &str) {
        self.expect("terminal.write", json!({"id": name, "data": format!("{word}\n")}));
        self.wait_match(name, &format!("got {word}$"));
    }

    /// Connects to the sandbox's daemon, which must listen, and says `hello`.
    #[track_caller]
    pub fn connect(sandbox: &Sandbox) -> Self {
        match Self::try_connect(&sandbox.socket()) {
            Ok(daemon) => daemon,
            Err(why) => panic!("no connection to {}: {why}", sandbox.socket().display()),
        }
    }

    /// A client of the daemon that comes after `old`, which the test has killed and the keeper replaces.
    #[track_caller]
    pub fn after(sandbox: &Sandbox, old: u32) -> Self {
        wait_until("the keeper to start another daemon", DEADLINE, || {
            // The socket of one that was killed may take connections a moment longer.
            sandbox.daemon_pid().filter(|pid| *pid != old)?;
            Self::try_connect(&sandbox.socket()).ok()
        })
    }

    /// Connects to any socket and says `hello`; `Err` is why not.
    pub fn try_connect(socket: &Path) -> Result<Self, String> {
        let rpc = Rpc::connect(socket).map_err(|error| error.to_string())?;
        let hello = json!({"client": {"name": "test", "version": "0"}, "protocol": {"major": 1, "minor": 0}});
        match rpc.try_request("hello", vec![to_msgpack(&hello)], DEADLINE) {
            Ok(Ok(greeting)) => Ok(Self { greeting: to_json(&greeting), rpc }),
            Ok(Err(error)) => Err(to_json(&error).to_string()),
            Err(lost) => Err(lost.to_string()),
        }
    }

    /// What the daemon answered to `hello`.
    pub fn greeting(&self) -> &Json {
        &self.greeting
    }

    /// The connection itself, for tests about bytes or order.
    pub fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// Asks; `Err` is the daemon's error.
    #[track_caller]
    pub fn call(&self, method: &str, params: Json) -> Result<Json, Json> {
        let answer = self.rpc.request(method, vec![to_msgpack(&params)]);
        answer.map(|value| to_json(&value)).map_err(|error| to_json(&error))
    }

    /// Asks, expecting success.
    #[track_caller]
    pub fn expect(&self, method: &str, params: Json) -> Json {
        match self.call(method, params.clone()) {
            Ok(answer) => answer,
            Err(error) => panic!("{method} {params} answered the error {error}"),
        }
    }

    /// Tells.
    pub fn notify(&self, method: &str, params: Json) {
        self.rpc.notify(method, vec![to_msgpack(&params)]);
    }

    /// Waits for the first notice for which `look` answers, and takes it. `look` gets the method and its one map.
    #[track_caller]
    pub fn wait_notice<T>(&self, what: &str, mut look: impl FnMut(&str, &Json) -> Option<T>) -> T {
        self.rpc.wait_notification(what, |method, params| look(method, &first(params)))
    }

    /// Like `wait_notice`, for tests in which none may come.
    pub fn try_wait_notice<T>(
        &self,
        timeout: Duration,
        mut look: impl FnMut(&str, &Json) -> Option<T>,
    ) -> Result<T, Lost> {
        self.rpc.try_wait_notification(timeout, |method, params| look(method, &first(params)))
    }
}

fn first(params: &[Value]) -> Json {
    params.first().map_or(Json::Null, to_json)
}
