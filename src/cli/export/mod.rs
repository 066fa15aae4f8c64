//! `orchflow export`: what a terminal has printed, as a file.

mod ansi;
pub(super) mod past;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueEnum;

use super::{connect, keeps};
use crate::fault::{Fault, Kind, Result};
use crate::places::Places;
use crate::protocol::terminal::{History, HistoryParams, IdParams, Info, Journal, Size};
use crate::rpc::Client;
use crate::terminal::asciicast::About;
use crate::terminal::journal::Recovered;
use crate::terminal::lost::{Lost, Past};
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
    // Before a file is made or emptied.
    let source = source(args, places)?;
    let Some(path) = &args.output else {
        return match source.write(io::stdout().lock()) {
            // Whoever closes it early has read enough.
            Err(Trouble::Out(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done.map_err(|trouble| trouble.fault("standard output")),
        };
    };
    let name = path.display().to_string();
    let made = File::create(path).map_err(Trouble::Out);
    let written = made.and_then(|file| source.write(BufWriter::new(file)));
    written.map_err(|trouble| trouble.fault(&name))
}

/// What is written.
enum Source {
    /// All lines, with their colours or without.
    Lines(Pages, bool),
    Journal(Box<Recovered>, Box<Subject>),
}

/// Gives a page of lines, from this number on.
type Pages = Box<dyn FnMut(u64) -> Result<History>>;

/// What a recording is of.
#[derive(Default)]
struct Subject {
    command: String,
    title: String,
    opened: u64,
    size: Option<Size>,
}

/// A terminal that lives, or else the newest journal of one that is lost.
fn source(args: &Args, places: &Places) -> Result<Source> {
    let Some(mut client) = connect(places)? else {
        let none = "no daemon is running, so there are no terminals";
        let lost = past::newest(&args.name, past::all(places, None)?, keeps(places));
        let fault = || Fault::new(Kind::Unavailable, none);
        return left(args.format, &lost.ok_or_else(fault)?);
    };
    match client.call("terminal.get", &IdParams { id: args.name.clone() }) {
        Ok(info) => living(args.format, client, info),
        Err(fault) if fault.kind == Kind::NotFound => {
            let lost = past::newest(&args.name, past::all(places, Some(&mut client))?, false);
            let fault = || fault.hint("look at them: orchflow status");
            left(args.format, &lost.ok_or_else(fault)?)
        }
        Err(fault) => Err(fault),
    }
}

fn living(format: Format, mut client: Client, info: Info) -> Result<Source> {
    let id = info.id.to_string();
    if let Format::Asciicast = format {
        let recovered = journal(&mut client, &IdParams { id })?;
        let Info { title, opened, rows, cols, .. } = info;
        let size = Some(Size { rows, cols });
        let subject = Subject { command: info.command.join(" "), title, opened, size };
        return Ok(Source::Journal(recovered, Box::new(subject)));
    }
    // All in the lines as they are at the first call, whatever is printed meanwhile.
    let (mut reading, mut keep) = (None, true);
    let page = move |from| {
        let params = HistoryParams { keep, reading, ..page(&id, from) };
        let page = match client.call("terminal.history", &params) {
            // A daemon of an older build, which keeps nothing.
            Err(fault) if keep && fault.kind == Kind::InvalidParams => {
                keep = false;
                client.call("terminal.history", &HistoryParams { keep, ..params })
            }
            answer => answer,
        };
        page.inspect(|page: &History| reading = page.reading)
    };
    Ok(Source::Lines(Box::new(page), matches!(format, Format::Ansi)))
}

/// What a lost one has left.
fn left(format: Format, lost: &Lost) -> Result<Source> {
    let recovered = past::read(lost)?;
    if let Format::Asciicast = format {
        let subject = lost.label.as_ref().map_or_else(Subject::default, |label| Subject {
            command: label.command.join(" "),
            opened: label.opened,
            ..Subject::default()
        });
        return Ok(Source::Journal(Box::new(recovered), Box::new(subject)));
    }
    let (past, id) = (Past::new(&recovered), lost.id.to_string());
    let page = move |from| past.history(&page(&id, from));
    Ok(Source::Lines(Box::new(page), matches!(format, Format::Ansi)))
}

fn page(id: &str, from: u64) -> HistoryParams {
    let id = id.to_owned();
    HistoryParams { id, from: Some(from), before: None, count: None, keep: false, reading: None }
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
    fn write(self, mut out: impl Write) -> std::result::Result<(), Trouble> {
        match self {
            Self::Journal(recovered, subject) => {
                let about = About {
                    size: subject.size.unwrap_or(Size::DEFAULT),
                    started: subject.opened,
                    command: Some(&*subject.command).filter(|command| !command.is_empty()),
                    title: Some(&*subject.title).filter(|title| !title.is_empty()),
                };
                recording::write(&recovered, &about, out).map(drop).map_err(Trouble::Out)
            }
            Self::Lines(pages, colours) => {
                lines(pages, colours, &mut out)?;
                out.flush().map_err(Trouble::Out)
            }
        }
    }
}

/// Page by page, so that no more than one is in memory. A daemon that keeps no lines for us may never come to an end, and
/// what falls out meanwhile is told.
fn lines(
    mut pages: Pages,
    colours: bool,
    out: &mut impl Write,
) -> std::result::Result<(), Trouble> {
    let (mut from, mut end, mut lost) = (0, None, 0);
    loop {
        let page = pages(from).map_err(Trouble::Daemon)?;
        let end = *end.get_or_insert(page.screen_line + u64::from(Size::MAX));
        lost += if from > 0 { page.first.saturating_sub(from) } else { 0 };
        let mut text = String::new();
        ansi::write(&page, colours, &mut text);
        out.write_all(text.as_bytes()).map_err(Trouble::Out)?;
        from = page.first + page.lines.len() as u64;
        if !page.more || from >= end {
            break;
        }
    }
    if lost > 0 {
        let words =
            "lines fell out before they were read; with a newer daemon none do: :Orchflow restart";
        // Nobody reads: there is no other place to say it.
        let _ = writeln!(io::stderr(), "orchflow: {lost} {words}");
    }
    Ok(())
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
