//! `orchflow hook PROFILE EVENT`: what an agent's program calls to tell what it does. It says nothing, is quick, and
//! never fails: an agent must not stumble over who watches it.

use std::io::{IsTerminal, Read};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

mod lineage;

use super::connect;
use crate::fault::{Fault, Kind};
use crate::places::Places;
use crate::protocol::agent::{PAYLOAD, ReportParams};
use crate::rpc::Client;

/// So long an agent waits for us at most, whatever the daemon does.
const PATIENCE: Duration = Duration::from_millis(500);

/// So long it is listened to a program that does not close our input; then what it has said must do.
const LISTEN: Duration = Duration::from_millis(200);

/// So much it is listened to: an answer can be long, and its end says what it is about.
const HEARD: usize = 4 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The agent's profile
    profile: String,
    /// The event, by the name that the program gives it
    event: String,
    /// What the program says of it, as JSON; read from the standard input if it is not given
    payload: Option<String>,
}

pub(super) fn run(args: Args, places: &Places) {
    // Outside of a terminal of ours there is nobody to tell.
    let Ok(id) = std::env::var("ORCHFLOW_TERMINAL") else {
        return;
    };
    let (done, told) = mpsc::channel();
    let places = places.clone();
    std::thread::spawn(move || {
        tell(&id, args, &places);
        // Nobody waits any more if it took too long.
        let _ = done.send(());
    });
    // Whatever came of it is not the agent's business.
    let _ = told.recv_timeout(PATIENCE);
}

fn tell(id: &str, args: Args, places: &Places) {
    let payload = cut(args.payload.unwrap_or_else(stdin));
    let Args { profile, event, .. } = args;
    let report =
        ReportParams { id: id.to_owned(), profile, event, payload, by: lineage::lineage() };
    // There is no log here, and what a hook prints may become part of a conversation.
    if let Ok(Some(mut client)) = connect(places) {
        let _ = say(&mut client, report);
    }
}

fn say(client: &mut Client, report: ReportParams) -> Result<(), Fault> {
    let mut told = client.call("agent.report", &report).map(|_: Value| ());
    // A daemon from before this program was upgraded does not know where a hook comes from.
    if told.as_ref().is_err_and(|fault| fault.kind == Kind::InvalidParams) {
        let report = ReportParams { by: Vec::new(), ..report };
        told = client.call("agent.report", &report).map(|_: Value| ());
    }
    told
}

/// What the program says on the standard input, until it closes that or we have listened for long enough.
fn stdin() -> String {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return String::new();
    }
    let (send, pieces) = mpsc::sync_channel(4);
    // It goes on when nobody listens any more: a pipe that is closed early would be an error to the program.
    std::thread::spawn(move || {
        let (mut stdin, mut piece) = (stdin.lock(), [0; 16 << 10]);
        while let Ok(length @ 1..) = stdin.read(&mut piece) {
            let _ = send.send(piece[..length].to_vec());
        }
    });
    let (mut text, until) = (Vec::new(), Instant::now() + LISTEN);
    while let Some(left) = until.checked_duration_since(Instant::now())
        && let Ok(piece) = pieces.recv_timeout(left)
    {
        let room = HEARD - text.len();
        text.extend(&piece[..piece.len().min(room)]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// As much as is taken. Of an object that says too much its long texts are cut, so that the rest of it can still be read.
fn cut(text: String) -> String {
    if text.len() <= PAYLOAD {
        return text;
    }
    let Ok(mut value) = serde_json::from_str::<Value>(&text) else {
        return shortened(text, PAYLOAD);
    };
    let mut most = PAYLOAD / 16;
    loop {
        shorten(&mut value, most);
        let text = value.to_string();
        if text.len() <= PAYLOAD || most == 0 {
            return shortened(text, PAYLOAD);
        }
        most /= 4;
    }
}

/// Cuts each text in it.
fn shorten(value: &mut Value, most: usize) {
    match value {
        Value::String(text) => *text = shortened(std::mem::take(text), most),
        Value::Array(values) => values.iter_mut().for_each(|value| shorten(value, most)),
        Value::Object(fields) => fields.values_mut().for_each(|value| shorten(value, most)),
        _ => {}
    }
}

fn shortened(mut text: String, most: usize) -> String {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_an_object_that_says_too_much_the_rest_can_still_be_read() {
        let long = "é".repeat(PAYLOAD);
        let said =
            json!({"text": long, "more": [long, {"tasks": ["make"]}], "id": "s1"}).to_string();
        let cut = cut(said);
        assert!(cut.len() <= PAYLOAD, "{}", cut.len());
        let read: Value = serde_json::from_str(&cut).unwrap();
        assert_eq!((&read["id"], &read["more"][1]["tasks"]), (&json!("s1"), &json!(["make"])));
        assert!(read["text"].as_str().unwrap().starts_with("éé"));
    }

    #[test]
    fn what_is_no_object_keeps_its_beginning() {
        let long = format!("not json {}", "x".repeat(2 * PAYLOAD));
        assert_eq!(cut(long.clone()), long[..PAYLOAD]);
        assert_eq!(cut("short".into()), "short");
        let many = json!(vec![1; PAYLOAD]).to_string();
        assert_eq!(cut(many).len(), PAYLOAD);
    }
}
