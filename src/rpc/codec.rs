//! Types to msgpack and back. `rmpv`'s own conversion writes structs as arrays and enums by index; here every
//! struct is a map with its field names and every enum a text, which is what the protocol promises.

use rmp_serde::Serializer;
use rmpv::Value;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Kind, Result, internal};
use crate::protocol::Decode;

/// The Lua that hears everything except frames. It gets the notice's name and its payload.
const RECEIVER: &str = "require('orchflow.client').receive(...)";

/// The Lua that takes frames with a number. It gets the channel, the number, and the frame.
const PAINTER: &str = "require('orchflow.view.frame').paint(...)";

/// msgpack-RPC's number for a notification.
const NOTIFICATION: u8 = 2;

/// msgpack of any value of the protocol.
fn bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(128);
    value.serialize(&mut Serializer::new(&mut out).with_struct_map()).map_err(internal)?;
    Ok(out)
}

/// A value as nvim-rs wants it.
pub(super) fn value<T: Serialize + ?Sized>(of: &T) -> Result<Value> {
    rmpv::decode::read_value(&mut bytes(of)?.as_slice()).map_err(internal)
}

/// A notice for a plain client.
pub(super) fn plain_notice<T: Serialize>(name: &str, payload: &T) -> Result<Vec<u8>> {
    bytes(&(NOTIFICATION, name, (payload,)))
}

/// A notice for an editor, which reaches one Lua function.
pub(super) fn lua_notice<T: Serialize>(name: &str, payload: &T) -> Result<Vec<u8>> {
    bytes(&(NOTIFICATION, "nvim_exec_lua", (RECEIVER, (name, payload))))
}

/// A frame for a terminal channel of an editor; through Lua, if it has a number.
pub(super) fn frame(channel: u64, frame: &[u8], number: Option<u64>) -> Result<Vec<u8>> {
    let frame = serde_bytes::Bytes::new(frame);
    match number {
        Some(number) => {
            bytes(&(NOTIFICATION, "nvim_exec_lua", (PAINTER, (channel, number, frame))))
        }
        None => bytes(&(NOTIFICATION, "nvim_chan_send", (channel, frame))),
    }
}

/// A request of a plain client.
pub(super) fn request<T: Serialize>(id: u32, method: &str, params: &T) -> Result<Vec<u8>> {
    bytes(&(0u8, id, method, (params,)))
}

/// The one map parameter of a call, as it came.
pub(super) struct Params(pub Value);

impl Decode for Params {
    fn decode<T: for<'de> Deserialize<'de>>(self) -> Result<T> {
        // Lua's empty table travels as an empty array.
        let value = match self.0 {
            Value::Array(items) if items.is_empty() => Value::Map(Vec::new()),
            Value::Nil => Value::Map(Vec::new()),
            other => other,
        };
        if !value.is_map() {
            return Err(Fault::new(Kind::InvalidParams, "the parameters must be one map")
                .hint("such as {\"id\": \"t1\"}; see doc/protocol.md"));
        }
        read(&value).map_err(|wrong| {
            Fault::new(Kind::InvalidParams, wrong)
                .hint("the methods and their parameters: doc/protocol.md")
        })
    }
}

/// A decoded value as a type, or what does not fit and where. By way of its bytes, because `rmpv` reads enums
/// only by index.
pub(super) fn read<T: for<'de> Deserialize<'de>>(value: &Value) -> std::result::Result<T, String> {
    let mut bytes = Vec::with_capacity(128);
    rmpv::encode::write_value(&mut bytes, value).map_err(|error| error.to_string())?;
    rmp_serde::from_slice(&bytes).map_err(|error| {
        // Of a wrong type it says only a byte; JSON's reader says what was there and what was expected.
        let json: Option<serde_json::Value> = rmp_serde::from_slice(&bytes).ok();
        let said = json.and_then(|json| serde_path_to_error::deserialize::<_, T>(json).err());
        said.map_or_else(|| error.to_string(), |said| placed(&said))
    })
}

fn placed(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    match error.path().to_string().as_str() {
        "." => error.inner().to_string(),
        path => format!("at {path}: {}", error.inner()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TerminalId;
    use crate::protocol::terminal::{Exit, Exited, OpenParams};

    #[test]
    fn the_bytes_of_one_message_of_each_kind_are_these() {
        let hex = |bytes: Result<Vec<u8>>| {
            bytes.unwrap().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let payload =
            Exited { id: TerminalId(1), name: "a".into(), exit: Exit { code: 3, signal: None } };
        let exited = "83a26964a27431a46e616d65a161a46578697481a4636f646503";
        assert_eq!(
            hex(plain_notice("terminal.exited", &payload)),
            format!("9302af7465726d696e616c2e65786974656491{exited}")
        );
        let lua = hex(lua_notice("terminal.exited", &payload));
        assert!(lua.starts_with("9302ad6e76696d5f657865635f6c756192d927"), "{lua}");
        assert!(lua.ends_with(&format!("92af7465726d696e616c2e657869746564{exited}")), "{lua}");
        assert_eq!(hex(frame(7, b"\x1b", None)), "9302ae6e76696d5f6368616e5f73656e649207c4011b");
        let numbered = hex(frame(7, b"\x1b", Some(2)));
        assert!(numbered.starts_with("9302ad6e76696d5f657865635f6c756192d929"), "{numbered}");
        assert!(numbered.ends_with("930702c4011b"), "{numbered}");
        let fault = Fault::new(Kind::NotFound, "m");
        assert_eq!(hex(bytes(&fault)), "82a46b696e64a96e6f745f666f756e64a76d657373616765a16d");
        assert_eq!(hex(request(9, "hello", &())), "940009a568656c6c6f91c0");
    }

    #[test]
    fn wrong_parameters_are_refused_with_their_place() {
        let decode = |json: serde_json::Value| {
            Params(value(&json).unwrap()).decode::<OpenParams>().unwrap_err().message
        };
        use serde_json::json;
        assert!(
            decode(json!({"nmae": "x"}))
                .starts_with("at nmae: unknown field `nmae`, expected one of")
        );
        assert!(
            decode(json!({"rows": "x"})).starts_with("at rows: invalid type: string \"x\""),
            "{}",
            decode(json!({"rows": "x"}))
        );
        assert!(decode(json!({"rows": 70000})).starts_with("at rows: invalid value"));
        assert!(decode(json!({"env": {"A": 1}})).starts_with("at env.A: invalid type"));
        assert!(decode(json!({"command": 7})).contains("a list of strings"));
        let signal = Params(value(&json!({"id": "t1", "signal": "TERM"})).unwrap());
        let signal = signal.decode::<crate::protocol::terminal::SignalParams>().unwrap();
        assert_eq!(signal.signal, crate::protocol::terminal::Signal::Term);
        assert_eq!(decode(json!("x")), "the parameters must be one map");
    }
}
