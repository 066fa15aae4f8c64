//! `orchflow stop`: ends the daemon, and waits until it has ended.

use super::{connect, daemon, keeps, print};
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
    if connect(places)?.is_none() && keeps(places) {
        // Only a daemon can end what the last one has left, or say that it would.
        daemon::ensure(places)?;
    }
    let Some(mut client) = connect(places)? else {
        return print("no daemon is running");
    };
    let params = StopParams { force: args.force, keep: false };
    let stopped: Stopped = client.call("daemon.stop", &params)?;
    client.until_gone();
    match stopped.ended {
        0 => print("the daemon has ended"),
        1 => print("the daemon has ended, and 1 program with it"),
        n => print(&format!("the daemon has ended, and {n} programs with it")),
    }
}
