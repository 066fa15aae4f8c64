//! `orchflow attach`: a view of a terminal on any tty, without an editor.

mod backlog;
mod comeback;
mod keys;
mod session;
mod signals;
mod tty;
mod view;

use std::process::ExitCode;

use self::comeback::Comeback;
use self::keys::Sequence;
use self::session::{End, Session};
use self::signals::{News, Signals, stop};
use self::tty::{Tty, restore_before_panic};
use super::{connect, print};
use crate::fault::{Fault, Kind, Result, internal};
use crate::places::Places;
use crate::protocol::terminal::{IdParams, Info};
use crate::rpc::Link;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The terminal's name or id
    name: String,
    /// Only look: nothing is typed, and the terminal keeps its size
    #[arg(long)]
    read_only: bool,
    /// The keys that detach, the first with ctrl; that one typed twice is typed once [default: ctrl-\ d]
    #[arg(long, value_name = "KEYS", default_value = r"ctrl-\ d", hide_default_value = true)]
    detach_key: Sequence,
}

/// Shows the terminal until it is detached from, exits, or something ends. Gives 0 after detaching, the program's
/// exit code after its end; a signal ends as it would have without us.
pub(super) fn run(args: &Args, places: &Places) -> Result<ExitCode> {
    let tty = Tty::open()?;
    let (mut link, mut terminal) = reach(places, &args.name)?;
    refuse_mirror(&terminal)?;
    let mut signals = Signals::hear().map_err(internal)?;
    restore_before_panic(&tty);
    print(&format!("[attached to {}; {} detaches]", terminal.name, args.detach_key))?;
    let mut comeback = Comeback::new();
    loop {
        let end = {
            let _entered = tty.enter().map_err(internal)?;
            let keys = args.detach_key.clone();
            Session::new(&tty, link, &mut terminal, keys, args.read_only).run(&mut signals)
        };
        match end {
            End::Signalled(News::Stop(signal)) => {
                stop(signal);
                // Continued: that is what has just been waited for.
                signals.take();
            }
            End::Signalled(News::Continued | News::Resized) => {}
            End::Lost(fault) if fault.kind == Kind::Unavailable => {
                match comeback.wait(places, &terminal, fault, &mut signals) {
                    Ok(reached) => (link, terminal) = reached,
                    Err(end) => return farewell(end, &terminal.name),
                }
                continue;
            }
            end => return farewell(end, &terminal.name),
        }
        // The view has ended with its connection, so that nothing was sent to who was stopped.
        (link, terminal) = reach(places, &terminal.id.to_string())?;
        comeback.connected();
    }
}

/// Connects to the daemon, which must run, and asks for the terminal.
fn reach(places: &Places, key: &str) -> Result<(Link, Info)> {
    let client = connect(places)?.ok_or_else(|| {
        Fault::new(Kind::Unavailable, "no daemon is running, so there are no terminals")
            .hint("open one: orchflow call terminal.open '{\"name\": \"web\"}'")
    });
    let mut client = client?;
    let found = client.call("terminal.get", &IdParams { id: key.to_owned() });
    let info = found.map_err(|fault: Fault| match fault.kind {
        Kind::NotFound => fault.hint("look at them: orchflow status"),
        _ => fault,
    })?;
    Ok((client.into_link()?, info))
}

/// A terminal that shows itself would show that it shows itself, and so on.
fn refuse_mirror(terminal: &Info) -> Result<()> {
    let inside = std::env::var("ORCHFLOW_TERMINAL").unwrap_or_default();
    if inside != terminal.id.to_string() {
        return Ok(());
    }
    let message = format!("this is {} itself, which cannot be shown in itself", terminal.name);
    Err(Fault::new(Kind::Conflict, message).hint("attach from another terminal, or to another"))
}

fn farewell(end: End, name: &str) -> Result<ExitCode> {
    let detached = || print(&format!("[detached from {name}; orchflow attach {name}]"));
    match end {
        End::Detached => detached().map(|()| ExitCode::SUCCESS),
        End::Exited(exit) => {
            print(&format!("[{name} exited {}]", exit.code))?;
            Ok(u8::try_from(exit.code).map_or(ExitCode::FAILURE, ExitCode::from))
        }
        End::Closed => Err(Fault::new(Kind::NotFound, format!("{name} was closed"))),
        End::Lost(fault) if fault.kind == Kind::Unavailable => {
            Err(fault.hint(format!("once it runs again: orchflow attach {name}")))
        }
        End::Lost(fault) => Err(fault),
        // There is nobody to say it to.
        End::HungUp => Ok(ExitCode::FAILURE),
        End::Signalled(news) => {
            // It may mean that nobody is left to say it to.
            let _ = detached();
            Ok(match news {
                News::End(signal) => signals::end(signal),
                _ => ExitCode::FAILURE,
            })
        }
    }
}
