//! Owns the bytes of msgpack-RPC as the tests speak it: one message each way, and raw streams for tests with garbage.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rmpv::Value;

/// A peer that nests deeper ends the connection instead of our stack.
const DEEPEST: usize = 256;

/// What a peer can say.
#[derive(Debug)]
pub enum Message {
    /// It asks us.
    Request {
        /// What the answer must carry.
        id: Value,
    },
    /// It answers us.
    Answer {
        /// The id of our request.
        id: u32,
        /// Its result, or its error.
        result: Result<Value, Value>,
    },
    /// It tells us.
    Notification {
        /// What happened.
        method: String,
        /// With which values.
        params: Vec<Value>,
    },
}

/// The next message; `Err` is why there is none.
pub fn read(reader: &mut impl Read) -> Result<Message, String> {
    let value = rmpv::decode::read_value_with_max_depth(reader, DEEPEST)
        .map_err(|error| error.to_string())?;
    let Value::Array(parts) = value else {
        return Err(format!("not a message: {value}"));
    };
    parse(parts).map_err(|parts| format!("not a message: {}", Value::Array(parts)))
}

fn parse(mut parts: Vec<Value>) -> Result<Message, Vec<Value>> {
    let kind = parts.first().and_then(Value::as_u64);
    match (kind, &mut parts[..]) {
        (Some(0), [_, id, _, _]) => Ok(Message::Request { id: take(id) }),
        (Some(1), [_, id, error, result]) => {
            let Some(id) = id.as_u64().and_then(|id| u32::try_from(id).ok()) else {
                return Err(parts);
            };
            let result = if error.is_nil() { Ok(take(result)) } else { Err(take(error)) };
            Ok(Message::Answer { id, result })
        }
        (Some(2), [_, Value::String(method), Value::Array(params)]) => {
            let method = String::from_utf8_lossy(method.as_bytes()).into_owned();
            Ok(Message::Notification { method, params: std::mem::take(params) })
        }
        _ => Err(parts),
    }
}

fn take(value: &mut Value) -> Value {
    std::mem::replace(value, Value::Nil)
}

/// Appends a request's bytes.
pub fn request(bytes: &mut Vec<u8>, id: u32, method: &str, params: Vec<Value>) {
    encode(bytes, vec![Value::from(0), Value::from(id), Value::from(method), Value::Array(params)]);
}

/// Appends a notification's bytes.
pub fn notification(bytes: &mut Vec<u8>, method: &str, params: Vec<Value>) {
    encode(bytes, vec![Value::from(2), Value::from(method), Value::Array(params)]);
}

/// Appends the bytes of an answer that is an error.
pub fn refusal(bytes: &mut Vec<u8>, id: Value, why: &str) {
    encode(bytes, vec![Value::from(1), id, Value::from(why), Value::Nil]);
}

fn encode(bytes: &mut Vec<u8>, message: Vec<Value>) {
    rmpv::encode::write_value(bytes, &Value::Array(message)).expect("writing to memory");
}

/// A connection without any protocol.
#[derive(Debug)]
pub struct Raw(UnixStream);

impl Raw {
    /// Connects to a unix socket.
    pub fn connect(path: &Path) -> std::io::Result<Self> {
        UnixStream::connect(path).map(Self)
    }

    /// Writes these bytes; the error tells that the peer has closed.
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Says that nothing more will be written.
    pub fn close_writing(&self) {
        let _ = self.0.shutdown(Shutdown::Write);
    }

    /// Everything the peer writes until it closes; panics when it has not closed at the deadline.
    #[track_caller]
    pub fn read_to_end(&mut self, timeout: Duration) -> Vec<u8> {
        let end = Instant::now() + timeout;
        let (mut all, mut part) = (Vec::new(), [0; 4096]);
        loop {
            let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            self.0.set_read_timeout(Some(left)).expect("a socket with a timeout");
            match self.0.read(&mut part) {
                // A peer that closes with our bytes unread resets the connection: closed all the same.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return all,
                Ok(0) => return all,
                Ok(count) => all.extend_from_slice(&part[..count]),
                Err(error) => panic!(
                    "the peer did not close: {error}; it wrote {:?}",
                    String::from_utf8_lossy(&all)
                ),
            }
            assert!(
                Instant::now() < end,
                "the peer still writes after {timeout:?}, {} bytes so far",
                all.len()
            );
        }
    }
}
