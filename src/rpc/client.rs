//! A plain, blocking client: what the command line speaks to the daemon with.

use std::io::{BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rmpv::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec;
use super::link::Link;
use crate::fault::{Fault, Kind, Result, internal};
use crate::protocol::VERSION;
use crate::protocol::daemon::{ClientInfo, Hello, HelloParams};

/// How long a daemon may take to answer `hello`.
const GREETING: Duration = Duration::from_secs(5);

/// A connection that has said `hello`.
pub struct Client {
    socket: UnixStream,
    answers: BufReader<UnixStream>,
    calls: u32,
    /// What the daemon said.
    pub hello: Hello,
}

impl Client {
    /// Connects to a daemon that listens there; None where none does.
    pub fn connect(socket: &Path) -> Result<Option<Self>> {
        let Ok(socket) = UnixStream::connect(socket) else {
            return Ok(None);
        };
        let answers = BufReader::new(socket.try_clone().map_err(internal)?);
        let params = HelloParams {
            client: ClientInfo {
                name: "orchflow".into(),
                version: env!("CARGO_PKG_VERSION").into(),
            },
            protocol: VERSION,
            capabilities: Vec::new(),
            colors: None,
        };
        let hello = Hello {
            version: String::new(),
            protocol: VERSION,
            pid: 0,
            client: crate::ids::ClientId(0),
            capabilities: Vec::new(),
        };
        let mut client = Self { socket, answers, calls: 0, hello };
        // Whatever takes longer is no daemon, or one that hangs. Other calls may take as long as they like.
        client.socket.set_read_timeout(Some(GREETING)).map_err(internal)?;
        client.hello = client.call("hello", &params)?;
        client.socket.set_read_timeout(None).map_err(internal)?;
        Ok(Some(client))
    }

    /// Calls a method and waits for its answer.
    pub fn call<P: Serialize, R: DeserializeOwned>(
        &mut self,
        method: &str,
        params: &P,
    ) -> Result<R> {
        self.calls += 1;
        let request = codec::request(self.calls, method, params)?;
        self.socket.write_all(&request).map_err(|error| lost(&error))?;
        loop {
            let message =
                rmpv::decode::read_value(&mut self.answers).map_err(|error| lost(&error))?;
            if let Some(answer) = answer(message, self.calls) {
                let value = answer.map_err(|fault| fault_of(&fault, method))?;
                return codec::read(&value).map_err(internal);
            }
        }
    }

    /// The connection for who waits for several things at once.
    pub fn into_link(self) -> Result<Link> {
        let heard = self.answers.buffer().to_vec();
        self.socket.set_nonblocking(true).map_err(internal)?;
        Ok(Link::new(self.socket, heard, self.calls))
    }

    /// Waits until the daemon has ended.
    pub fn until_gone(mut self) {
        while rmpv::decode::read_value(&mut self.answers).is_ok() {}
    }
}

pub(super) fn lost(error: &dyn std::fmt::Display) -> Fault {
    Fault::new(Kind::Unavailable, format!("the daemon has gone: {error}"))
        .hint("look at its log: orchflow status")
}

/// The answer to request `id`, if the message is that; notices are not for the command line.
fn answer(message: Value, id: u32) -> Option<std::result::Result<Value, Value>> {
    let Value::Array(parts) = message else {
        return None;
    };
    let [kind, own, error, result] = <[Value; 4]>::try_from(parts).ok()?;
    let ours = kind.as_u64() == Some(1) && own.as_u64() == Some(u64::from(id));
    ours.then(|| if error.is_nil() { Ok(result) } else { Err(error) })
}

pub(super) fn fault_of(value: &Value, method: &str) -> Fault {
    codec::read(value).unwrap_or_else(|_| internal(format!("{method} failed with {value}")))
}
