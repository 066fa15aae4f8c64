//! A client's connection that never blocks: for who waits for several things at once, such as a daemon and a keyboard.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use rmpv::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::client::{fault_of, lost};
use super::codec;
use super::scan::{LONGEST_FRAME, Scanner};
use crate::fault::{Fault, Kind, Result, internal};

/// How much is read at once.
const PIECE: usize = 64 << 10;

/// The connection. What is called or told waits in it until `send` finds room.
pub struct Link {
    socket: UnixStream,
    incoming: Vec<u8>,
    scanner: Scanner,
    outgoing: Vec<u8>,
    calls: u32,
}

/// One message of the daemon.
pub enum Heard {
    /// A frame for one of our views.
    Frame {
        /// The channel that the view was opened with.
        channel: u64,
        /// What makes its terminal look right.
        bytes: Vec<u8>,
    },
    /// Something has happened.
    Notice {
        /// What.
        name: String,
        /// The particulars.
        payload: Payload,
    },
    /// The answer to a call.
    Answer {
        /// The call, as `Link::call` has named it.
        call: u32,
        /// How it went.
        result: Result<Payload>,
    },
}

/// What a message carries, not yet read.
pub struct Payload(Value);

impl Payload {
    /// Reads it as the type that the protocol promises.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        codec::read(&self.0).map_err(internal)
    }
}

impl Link {
    /// Goes on with a connection that has heard these bytes and sent so many calls.
    pub(super) fn new(socket: UnixStream, heard: Vec<u8>, calls: u32) -> Self {
        let scanner = Scanner::default();
        Self { socket, incoming: heard, scanner, outgoing: Vec::new(), calls }
    }

    /// Calls a method; gives the number that its answer will carry.
    pub fn call<P: Serialize>(&mut self, method: &str, params: &P) -> Result<u32> {
        self.calls += 1;
        self.outgoing.extend(codec::request(self.calls, method, params)?);
        Ok(self.calls)
    }

    /// Calls a method whose answer does not matter. In the order of these calls, as keystrokes need it.
    pub fn tell<P: Serialize>(&mut self, method: &str, params: &P) -> Result<()> {
        self.outgoing.extend(codec::plain_notice(method, params)?);
        Ok(())
    }

    /// How many bytes wait to be sent.
    pub fn waiting(&self) -> usize {
        self.outgoing.len()
    }

    /// Sends as much as there is room for.
    pub fn send(&mut self) -> Result<()> {
        while !self.outgoing.is_empty() {
            match self.socket.write(&self.outgoing) {
                Ok(sent) => drop(self.outgoing.drain(..sent)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(lost(&error)),
            }
        }
        Ok(())
    }

    /// Takes in some of what has come; an error once the daemon has gone.
    pub fn receive(&mut self) -> Result<()> {
        let before = self.incoming.len();
        self.incoming.resize(before + PIECE, 0);
        let read = self.socket.read(&mut self.incoming[before..]);
        self.incoming.truncate(before + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => Err(lost(&"it has closed the connection")),
            Ok(_) => Ok(()),
            Err(error) if is_passing(&error) => Ok(()),
            Err(error) => Err(lost(&error)),
        }
    }

    /// The next whole message of those that came.
    pub fn message(&mut self) -> Result<Option<Heard>> {
        let found = self.scanner.scan(&self.incoming, LONGEST_FRAME);
        let Some((length, _)) = found.map_err(internal)? else {
            return Ok(None);
        };
        let message = rmpv::decode::read_value(&mut &self.incoming[..length]).map_err(internal)?;
        self.incoming.drain(..length);
        heard(message).map(Some)
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

fn heard(message: Value) -> Result<Heard> {
    let strange = || Fault::new(Kind::Protocol, "the daemon has sent what is no message");
    let Value::Array(parts) = message else {
        return Err(strange());
    };
    if let [kind, call, error, result] = parts.as_slice()
        && kind.as_u64() == Some(1)
    {
        let call = call.as_u64().and_then(|call| u32::try_from(call).ok()).ok_or_else(strange)?;
        let failed = !error.is_nil();
        let result = if failed { Err(fault_of(error, "a call")) } else { Ok(result.clone()) };
        return Ok(Heard::Answer { call, result: result.map(Payload) });
    }
    let Ok([_, name, Value::Array(params)]) = <[Value; 3]>::try_from(parts) else {
        return Err(strange());
    };
    match (name.as_str().unwrap_or_default(), <[Value; 2]>::try_from(params)) {
        ("nvim_chan_send", Ok([channel, Value::Binary(bytes)])) => {
            Ok(Heard::Frame { channel: channel.as_u64().ok_or_else(strange)?, bytes })
        }
        (name, Err(params)) => {
            let payload = params.into_iter().next().unwrap_or(Value::Nil);
            Ok(Heard::Notice { name: name.to_owned(), payload: Payload(payload) })
        }
        (_, Ok(_)) => Err(strange()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_apart_however_they_are_cut() {
        let frame = codec::frame(7, b"\x1b[H", None).unwrap();
        let notice = codec::plain_notice("terminal.closed", &("a", 1)).unwrap();
        let answer = b"\x94\x01\x09\xc0\xa2ok".to_vec();
        let all = [frame, notice, answer].concat();
        for cut in 1..all.len() {
            let (ours, mut theirs) = UnixStream::pair().unwrap();
            ours.set_nonblocking(true).unwrap();
            let mut link = Link::new(ours, all[..cut].to_vec(), 0);
            let mut heard = Vec::new();
            while let Some(one) = link.message().unwrap() {
                heard.push(one);
            }
            theirs.write_all(&all[cut..]).unwrap();
            link.receive().unwrap();
            while let Some(one) = link.message().unwrap() {
                heard.push(one);
            }
            let [
                Heard::Frame { channel: 7, bytes },
                Heard::Notice { name, payload },
                Heard::Answer { call: 9, result: Ok(result) },
            ] = &heard[..]
            else {
                panic!("cut at {cut}: {} messages", heard.len());
            };
            assert_eq!((bytes.as_slice(), name.as_str()), (&b"\x1b[H"[..], "terminal.closed"));
            assert_eq!(payload.read::<(String, u8)>().unwrap(), ("a".to_owned(), 1));
            assert_eq!(result.read::<String>().unwrap(), "ok");
            drop(theirs);
            assert_eq!(link.receive().unwrap_err().kind, Kind::Unavailable);
        }
    }
}
