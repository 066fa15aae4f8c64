//! `orchflow status`: whether a daemon runs, and what it holds.

use serde_json::{Value as Json, json};

use super::export::past;
use super::{connect, keeps, print};
use crate::fault::{Result, internal};
use crate::places::Places;
use crate::protocol::Empty;
use crate::protocol::daemon::Info;
use crate::protocol::terminal::Listing;
use crate::terminal::lost::Lost;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, places: &Places) -> Result<()> {
    let Some(mut client) = connect(places)? else {
        let held = keeps(places);
        // Of what is held, the journals are not lost.
        let lost = if held { Vec::new() } else { past::all(places, None)? };
        return print(&match args.json {
            true => json!({ "running": false, "held": held, "lost": list(&lost) }).to_string(),
            false if held => {
                "no daemon is running, but the programs of its terminals go on (get them back: orchflow daemon)".into()
            }
            false => format!("no daemon is running{}", names(&lost)),
        });
    };
    let info: Info = client.call("daemon.info", &Empty {})?;
    let listing: Listing = client.call("terminal.list", &Empty {})?;
    let lost = past::all(places, Some(&mut client))?;
    if args.json {
        let all = json!({ "running": true, "info": info, "terminals": listing.terminals, "lost": list(&lost) });
        return print(&serde_json::to_string_pretty(&all).map_err(internal)?);
    }
    print(&(overview(&info, &listing) + &names(&lost)))
}

/// Those that are lost, newest first: of the label there may be nothing.
fn list(lost: &[Lost]) -> Json {
    let one = |lost: &Lost| json!({ "id": lost.id, "name": lost.name(), "label": lost.label });
    lost.iter().map(one).collect()
}

/// The same as text, as what they printed can still be had.
fn names(lost: &[Lost]) -> String {
    let name = |lost: &Lost| {
        let command = lost.label.as_ref().map(|label| label.command.join(" "));
        let command = command.unwrap_or_default().replace(char::is_control, " ");
        format!("\n{:<4} {}  lost  {command}", lost.id.to_string(), lost.name())
    };
    match lost {
        [] => String::new(),
        [newest, ..] => {
            let names: String = lost.iter().map(name).collect();
            format!("\nlost, but what they printed is left (orchflow export {}):{names}", newest.id)
        }
    }
}

fn overview(info: &Info, listing: &Listing) -> String {
    let memory = info.rss.map_or(String::new(), |bytes| format!(", {} MB", bytes / 1_000_000));
    let mut out = format!(
        "orchflow {} (pid {}{memory}), {} clients, {} views\nsocket  {}\nlog     {}",
        info.version,
        info.pid,
        info.counts.clients,
        info.counts.views,
        info.socket.display(),
        info.log.display(),
    );
    let width = listing.terminals.iter().map(|t| t.name.chars().count()).max().unwrap_or(0);
    for terminal in &listing.terminals {
        let state = match &terminal.exit {
            None => format!("pid {}", terminal.pid),
            Some(exit) => format!("exited {}", exit.code),
        };
        let command = terminal.command.join(" ").replace(char::is_control, " ");
        let (id, name) = (terminal.id.to_string(), &terminal.name);
        out += &format!("\n{id:<4} {name:<width$}  {state:<12} {command}");
    }
    out
}
