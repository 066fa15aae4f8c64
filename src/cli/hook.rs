//! `orchflow hook PROFILE EVENT`: what an agent's program calls to tell what it does. It says nothing, is quick, and
//! never fails: an agent must not stumble over who watches it.

use std::io::{IsTerminal, Read};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use super::connect;
use crate::places::Places;
use crate::protocol::agent::PAYLOAD;

/// So long an agent waits for us at most, whatever the daemon does.
const PATIENCE: Duration = Duration::from_millis(500);

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
    let payload = args.payload.unwrap_or_else(stdin);
    let params =
        json!({"id": id, "profile": args.profile, "event": args.event, "payload": payload});
    let told = connect(places).and_then(|client| match client {
        Some(mut client) => client.call("agent.report", &params).map(|_: Value| ()),
        None => Ok(()),
    });
    // There is no log here, and what a hook prints may become part of a conversation.
    drop(told);
}

fn stdin() -> String {
    let mut text = Vec::new();
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        // What was read before an error may still be of use.
        let _ = stdin.lock().take(PAYLOAD as u64).read_to_end(&mut text);
        // A pipe that is closed early would be an error to the program.
        let _ = std::io::copy(&mut stdin.lock(), &mut std::io::sink());
    }
    String::from_utf8_lossy(&text).into_owned()
}
