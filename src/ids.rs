//! Identifiers: short strings such as `t1`, counted up and never reused within one daemon's state.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// Makes a newtype around a number that reads and writes as `prefix` + decimal digits.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let digits = text.strip_prefix($prefix).ok_or(NotAnId)?;
                if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(NotAnId);
                }
                digits.parse().map(Self).map_err(|_| NotAnId)
            }
        }

        on_the_wire!($name, concat!($prefix, "1"));
    };
}

/// Ids travel as their text.
macro_rules! on_the_wire {
    ($name:ident, $example:expr) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(|_| {
                    let example = $example;
                    serde::de::Error::custom(format!("`{text}` is not an id such as `{example}`"))
                })
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    };
}

/// A text that is not an id of the wanted kind.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAnId;

id!(
    /// A terminal, `t1`.
    TerminalId, "t"
);
id!(
    /// A view: one client showing one terminal, `v1`.
    ViewId, "v"
);
id!(
    /// A board: rows painted for one client, `b1`.
    BoardId, "b"
);
id!(
    /// A watch of a document's values for one client, `w1`.
    WatchId, "w"
);
id!(
    /// An agent, `a1`.
    AgentId, "a"
);
id!(
    /// A connection to the daemon's socket, `c1`.
    ClientId, "c"
);

id!(
    /// A reading: a terminal's lines at one moment, kept for one client, `r1`.
    ReadingId, "r"
);

/// A question of an agent, `a1.2`: its second. Agents' ids are never used again, so these are not either.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionId {
    /// Who asks.
    pub agent: AgentId,
    /// Which of its questions, counted from 1.
    pub number: u64,
}

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.agent, self.number)
    }
}

impl FromStr for QuestionId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (agent, number) = text.split_once('.').ok_or(NotAnId)?;
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAnId);
        }
        Ok(Self { agent: agent.parse()?, number: number.parse().map_err(|_| NotAnId)? })
    }
}

on_the_wire!(QuestionId, "a1.2");

impl From<TerminalId> for AgentId {
    /// An agent has the number of the terminal that it runs in.
    fn from(terminal: TerminalId) -> Self {
        Self(terminal.0)
    }
}

/// Hands out the next number of one kind of id.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// The next number, starting at 1.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Goes on behind `last`.
    pub fn skip_to(&self, last: u64) {
        self.0.fetch_max(last, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes_and_refuses_everything_else() {
        assert_eq!(TerminalId(7).to_string(), "t7");
        assert_eq!("t7".parse(), Ok(TerminalId(7)));
        for text in ["", "t", "7", "v7", "t-7", "t 7", "tt7", "t7x", "t99999999999999999999"] {
            assert_eq!(text.parse::<TerminalId>(), Err(NotAnId), "{text:?}");
        }
        let question = QuestionId { agent: AgentId(3), number: 12 };
        assert_eq!(question.to_string().parse(), Ok(question));
        for text in ["a3", "a3.", ".1", "t3.1", "a3.1.2", "a3.-1", "3.1"] {
            assert_eq!(text.parse::<QuestionId>(), Err(NotAnId), "{text:?}");
        }
    }
}
