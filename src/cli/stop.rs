//! `orchflow stop`: ends the daemon, and waits until it has ended.

use super::{connect, print};
use crate::fault::Result;
use crate::places::Places;
use crate::protocol::daemon::{StopParams, Stopped};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// End running programs too
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args, places: &Places) -> Result<()> {
    let Some(mut client) = connect(places)? else {
        return print("no daemon is running");
    };
    let stopped: Stopped = client.call("daemon.stop", &StopParams { force: args.force })?;
    client.until_gone();
    match stopped.ended {
        0 => print("the daemon has ended"),
        1 => print("the daemon has ended, and 1 program with it"),
        n => print(&format!("the daemon has ended, and {n} programs with it")),
    }
}
