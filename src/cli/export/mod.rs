//! `orchflow export`: what a terminal has printed, as a file.

mod ansi;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueEnum;

use super::connect;
use crate::fault::{Fault, Kind, Result};
use crate::places::Places;
use crate::protocol::terminal::{History, HistoryParams, IdParams, Info, Journal, Size};
use crate::rpc::Client;
use crate::terminal::asciicast::About;
use crate::terminal::journal::Recovered;
use crate::terminal::recording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The terminal's name or id
    name: String,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where to write it; without it, to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Scrollback and screen as text
    Text,
    /// The same with colours, as escape sequences
    Ansi,
    /// A recording for `asciinema play`, as far back as the journal goes
    Asciicast,
}

pub(super) fn run(args: &Args, places: &Places) -> Result<()> {
    let client = connect(places)?.ok_or_else(|| {
        Fault::new(Kind::Unavailable, "no daemon is running, so there are no terminals")
    });
    let mut client = client?;
    let id = IdParams { id: args.name.clone() };
    let found = client.call("terminal.get", &id);
    let info: Info = found.map_err(|fault: Fault| match fault.kind {
        Kind::NotFound => fault.hint("look at them: orchflow status"),
        _ => fault,
    })?;
    // Before a file is made or emptied.
    let source = match args.format {
        Format::Text => Source::Lines(client, false),
        Format::Ansi => Source::Lines(client, true),
        Format::Asciicast => Source::Journal(journal(&mut client, &id)?),
    };
    let Some(path) = &args.output else {
        return match source.write(&info, io::stdout().lock()) {
            // Whoever closes it early has read enough.
            Err(Trouble::Out(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done.map_err(|trouble| trouble.fault("standard output")),
        };
    };
    let name = path.display().to_string();
    let made = File::create(path).map_err(Trouble::Out);
    let written = made.and_then(|file| source.write(&info, BufWriter::new(file)));
    written.map_err(|trouble| trouble.fault(&name))
}

/// What is written.
enum Source {
    /// All lines, as the daemon gives them; with their colours or without.
    Lines(Client, bool),
    Journal(Box<Recovered>),
}

enum Trouble {
    Daemon(Fault),
    Out(io::Error),
}

impl Trouble {
    fn fault(self, name: &str) -> Fault {
        match self {
            Self::Daemon(fault) => fault,
            Self::Out(error) => {
                Fault::new(Kind::Unavailable, format!("{name} cannot be written: {error}"))
                    .hint("write somewhere else: -o FILE")
            }
        }
    }
}

impl Source {
    fn write(self, info: &Info, mut out: impl Write) -> std::result::Result<(), Trouble> {
        match self {
            Self::Journal(recovered) => {
                let command = info.command.join(" ");
                let about = About {
                    size: Size { rows: info.rows, cols: info.cols },
                    started: info.opened,
                    command: Some(&command),
                    title: Some(&*info.title).filter(|title| !title.is_empty()),
                };
                recording::write(&recovered, &about, out).map(drop).map_err(Trouble::Out)
            }
            Self::Lines(mut client, colours) => {
                lines(&mut client, info, colours, &mut out)?;
                out.flush().map_err(Trouble::Out)
            }
        }
    }
}

/// Page by page, so that no more than one is in memory.
fn lines(
    client: &mut Client,
    info: &Info,
    colours: bool,
    out: &mut impl Write,
) -> std::result::Result<(), Trouble> {
    let mut from = 0;
    loop {
        let params =
            HistoryParams { id: info.id.to_string(), from: Some(from), before: None, count: None };
        let page: History = client.call("terminal.history", &params).map_err(Trouble::Daemon)?;
        let mut text = String::new();
        ansi::write(&page, colours, &mut text);
        out.write_all(text.as_bytes()).map_err(Trouble::Out)?;
        from = page.first + page.lines.len() as u64;
        if !page.more {
            return Ok(());
        }
    }
}

/// The journal's files are read here: the daemon has other things to do.
fn journal(client: &mut Client, id: &IdParams) -> Result<Box<Recovered>> {
    let Journal { folder } = client.call("terminal.journal", id)?;
    let none = |why: String| {
        let hint = "as text: orchflow export --format text; journals are kept where config.toml has [terminal] journal = 4";
        Fault::new(Kind::NotFound, format!("{} has no journal: {why}", id.id)).hint(hint)
    };
    let folder = folder.ok_or_else(|| none("none is kept".into()))?;
    let recovered = Recovered::read(&folder).map_err(|error| none(error.to_string()))?;
    Ok(Box::new(recovered))
}
