//! Notifications of programs: `OSC 9`, `OSC 777;notify` and kitty's `OSC 99`, which may come in pieces.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::clean;
use crate::protocol::terminal::{Source, Urgency};

/// Longest headline and text, in characters: what a person reads at a glance.
const TITLE: usize = 200;
const BODY: usize = 1000;

/// Bytes kept of a part that comes in pieces; beyond that nothing of it would be shown.
const PART: usize = 4 * BODY;

/// Notifications of kitty's kind that may be incomplete at a time; then the oldest is given up.
const INCOMPLETE: usize = 8;

/// Longest name that such a one may have, in bytes.
const ID: usize = 64;

/// One notification, clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub title: String,
    pub body: String,
    pub urgency: Urgency,
    pub source: Source,
}

impl Note {
    /// None where it says nothing.
    fn new(title: &[u8], body: &[u8], urgency: Urgency, source: Source) -> Option<Self> {
        let (title, body) = (clean::text(title, TITLE), clean::text(body, BODY));
        let says = !title.is_empty() || !body.is_empty();
        says.then_some(Self { title, body, urgency, source })
    }
}

/// `OSC 9;TEXT`. A number there is a command of ConEmu's instead.
pub fn of_9(text: &[u8]) -> Option<Note> {
    let first = text.split(|byte| *byte == b';').next().unwrap_or_default();
    let number = std::str::from_utf8(first).ok().and_then(|first| first.parse::<u8>().ok());
    let conemu = number.is_some_and(|number| (1..=12).contains(&number));
    if conemu { None } else { Note::new(b"", text, Urgency::Normal, Source::Osc9) }
}

/// `OSC 777;notify;TITLE;TEXT`.
pub fn of_777(text: &[u8]) -> Option<Note> {
    let rest = text.strip_prefix(b"notify;")?;
    let mut parts = rest.splitn(2, |byte| *byte == b';');
    let (title, body) = (parts.next()?, parts.next().unwrap_or_default());
    Note::new(title, body, Urgency::Normal, Source::Osc777)
}

/// Kitty's notifications, put together from their pieces.
#[derive(Debug, Default)]
pub struct Pieces(VecDeque<Piece>);

/// What has come of one.
#[derive(Debug, Default)]
struct Piece {
    id: Vec<u8>,
    title: Vec<u8>,
    body: Vec<u8>,
    urgency: Urgency,
}

impl Pieces {
    /// `OSC 99;METADATA;PAYLOAD`: the notification that is complete with it.
    pub fn add(&mut self, text: &[u8]) -> Option<Note> {
        let at = text.iter().position(|byte| *byte == b';')?;
        let head = Head::read(&text[..at])?;
        let payload = decoded(&text[at + 1..], head.base64)?;
        let mut piece = self.take(&head.id);
        let part = match head.part {
            b"title" => &mut piece.title,
            b"body" => &mut piece.body,
            // Icons, buttons, questions whether this is understood, and the end of one that was shown.
            _ => return None,
        };
        let room = PART.saturating_sub(part.len());
        part.extend_from_slice(&payload[..payload.len().min(room)]);
        piece.urgency = head.urgency.unwrap_or(piece.urgency);
        if head.done {
            return Note::new(&piece.title, &piece.body, piece.urgency, Source::Osc99);
        }
        if self.0.len() == INCOMPLETE {
            self.0.pop_front();
        }
        self.0.push_back(piece);
        None
    }

    fn take(&mut self, id: &[u8]) -> Piece {
        let at = self.0.iter().position(|piece| piece.id == id);
        let found = at.and_then(|at| self.0.remove(at));
        found.unwrap_or_else(|| Piece { id: id.to_owned(), ..Piece::default() })
    }
}

/// The metadata of a piece.
struct Head<'a> {
    id: Vec<u8>,
    part: &'a [u8],
    done: bool,
    base64: bool,
    urgency: Option<Urgency>,
}

impl<'a> Head<'a> {
    /// Keys that nobody knows are nobody's business.
    fn read(metadata: &'a [u8]) -> Option<Self> {
        let mut head =
            Self { id: Vec::new(), part: b"title", done: true, base64: false, urgency: None };
        for pair in metadata.split(|byte| *byte == b':') {
            let Some((key, value)) = pair.split_first_chunk::<2>() else { continue };
            match key {
                b"i=" if value.len() <= ID => head.id = value.to_owned(),
                b"i=" => return None,
                b"p=" => head.part = value,
                b"d=" => head.done = value != b"0",
                b"e=" => head.base64 = value == b"1",
                b"u=" => head.urgency = urgency(value),
                _ => {}
            }
        }
        Some(head)
    }
}

fn urgency(value: &[u8]) -> Option<Urgency> {
    match value {
        b"0" => Some(Urgency::Low),
        b"1" => Some(Urgency::Normal),
        b"2" => Some(Urgency::Critical),
        _ => None,
    }
}

fn decoded(payload: &[u8], base64: bool) -> Option<Vec<u8>> {
    if !base64 {
        return Some(payload.to_owned());
    }
    STANDARD.decode(payload).or_else(|_| STANDARD_NO_PAD.decode(payload)).ok()
}

#[cfg(test)]
#[path = "notify_tests.rs"]
mod tests;
