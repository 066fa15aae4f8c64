//! Terminals that are gone while their journals are left, as after a reboot: what they printed is read without a daemon.

use std::io::{Write, stderr};

use crate::fault::{Fault, Kind, Result};
use crate::places::Places;
use crate::protocol::Empty;
use crate::protocol::terminal::Listing;
use crate::rpc::Client;
use crate::terminal::journal::Recovered;
use crate::terminal::lost::{self, Lost};

/// The journals that no daemon has a terminal of, newest first.
pub fn all(places: &Places, client: Option<&mut Client>) -> Result<Vec<Lost>> {
    let listing: Option<Listing> =
        client.map(|client| client.call("terminal.list", &Empty {})).transpose()?;
    let living = listing.map(|listing| listing.terminals).unwrap_or_default();
    Ok(lost::find(&places.journals(), |id| living.iter().any(|terminal| terminal.id == id)))
}

/// The newest of that name or id, of which the person is told. `held` is whether a keeper still has its program.
pub fn newest(key: &str, all: Vec<Lost>, held: bool) -> Option<Lost> {
    let mut found = all.into_iter().filter(|lost| lost.is(key));
    let newest = found.next()?;
    let why = match held {
        true => "no daemon is running (get it back: orchflow daemon)",
        false => "it is lost: its daemon and its program ended together, as with the system",
    };
    let (name, id) = (newest.name(), newest.id);
    let older: Vec<String> = found.map(|lost| lost.id.to_string()).collect();
    let older = match &older[..] {
        [] => String::new(),
        ids => format!("; older ones of that name: {}", ids.join(", ")),
    };
    // Nobody reads: there is no other place to say it.
    let _ =
        writeln!(stderr(), "orchflow: {name} ({id}): {why}; this is what its journal has{older}");
    Some(newest)
}

/// What its journal has.
pub fn read(lost: &Lost) -> Result<Recovered> {
    lost.read().map_err(|error| {
        let message = format!("the journal of {} cannot be read: {error}", lost.name());
        Fault::new(Kind::NotFound, message)
            .hint(format!("look there: ls {}", lost.folder.display()))
    })
}
