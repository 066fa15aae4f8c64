//! Owns a person's terminal: a program of a sandbox on a real PTY, and what its screen and settings then are.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use alacritty_terminal::Term;
use alacritty_terminal::event::{Event, EventListener};
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::test::TermSize;
use alacritty_terminal::term::{Config, TermMode};
use alacritty_terminal::vte::ansi::Processor;
use portable_pty::{Child, CommandBuilder, PtyPair, PtySize, native_pty_system};

use super::environment::orchflow_binary;
use super::process;
use super::sandbox::Sandbox;
use super::wait::{DEADLINE, Watched, wait_until, wait_until_shown};

/// Hears the window's title.
#[derive(Clone, Default)]
struct Title(Arc<Mutex<String>>);

impl EventListener for Title {
    fn send_event(&self, event: Event) {
        match event {
            Event::Title(title) => *self.0.lock().unwrap() = title,
            Event::ResetTitle => self.0.lock().unwrap().clear(),
            _ => {}
        }
    }
}

struct Seen {
    term: Term<Title>,
    parser: Processor,
}

/// The terminal with its program. The program is killed when this is dropped.
pub struct Tty {
    pty: PtyPair,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<Watched<Seen>>,
    title: Title,
    /// While it is locked, the terminal takes nothing.
    tap: Arc<Mutex<()>>,
}

/// What a person sees, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The rows without trailing blanks.
    pub lines: Vec<String>,
    /// The cursor's row and column.
    pub cursor: (usize, usize),
    /// The modes that are on.
    pub mode: TermMode,
    /// The window's title.
    pub title: String,
}

impl Look {
    /// Whether this text stands in one row.
    pub fn has(&self, text: &str) -> bool {
        self.lines.iter().any(|line| line.contains(text))
    }
}

impl Tty {
    /// Starts `orchflow` with these arguments on a terminal of so many columns and rows.
    #[track_caller]
    pub fn orchflow(sandbox: &Sandbox, size: (u16, u16), args: &[&str]) -> Self {
        let mut command = CommandBuilder::new(orchflow_binary());
        command.args(args);
        Self::start(sandbox, size, command)
    }

    /// Starts any program with the sandbox's environment.
    #[track_caller]
    pub fn start(sandbox: &Sandbox, size: (u16, u16), mut command: CommandBuilder) -> Self {
        let extra: Vec<_> = command.iter_extra_env_as_str().map(owned).collect();
        command.env_clear();
        sandbox.env().into_iter().for_each(|(name, value)| command.env(name, value));
        extra.into_iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(sandbox.path("work"));
        let pty = native_pty_system().openpty(pty_size(size)).expect("a PTY");
        let (cols, rows) = (usize::from(size.0), usize::from(size.1));
        let title = Title::default();
        let config = Config { kitty_keyboard: true, ..Config::default() };
        let term = Term::new(config, &TermSize::new(cols, rows), title.clone());
        let seen = Arc::new(Watched::new(Seen { term, parser: Processor::new() }));
        let tap = Arc::<Mutex<()>>::default();
        let reader = pty.master.try_clone_reader().expect("its reading side");
        let (into, held) = (Arc::clone(&seen), Arc::clone(&tap));
        std::thread::spawn(move || read_all(reader, &into, &held));
        let writer = pty.master.take_writer().expect("its writing side");
        let child = pty.slave.spawn_command(command).expect("a program that starts");
        Self { pty, writer, child, seen, title, tap }
    }

    /// Types.
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.writer.write_all(bytes.as_ref()).expect("a terminal that takes keys");
    }

    /// Gives the window another size.
    pub fn resize(&self, size: (u16, u16)) {
        let (cols, rows) = (usize::from(size.0), usize::from(size.1));
        self.seen.change(|seen| seen.term.resize(TermSize::new(cols, rows)));
        self.pty.master.resize(pty_size(size)).expect("a new size");
    }

    /// What a person sees now.
    pub fn look(&self) -> Look {
        look(&self.seen.lock().term, &self.title)
    }

    /// Waits until a person sees what `fact` is about, and gives it.
    #[track_caller]
    pub fn wait(&self, what: &str, fact: impl Fn(&Look) -> bool) -> Look {
        let found = self.seen.wait(DEADLINE, |seen| {
            let look = look(&seen.term, &self.title);
            fact(&look).then_some(look)
        });
        found.unwrap_or_else(|| panic!("in vain waited for {what}; seen is {:#?}", self.look()))
    }

    /// Waits until this text stands in one row.
    #[track_caller]
    pub fn wait_text(&self, text: &str) -> Look {
        self.wait(text, |look| look.has(text))
    }

    /// The terminal's settings.
    pub fn settings(&self) -> String {
        format!("{:?}", self.pty.master.get_termios().expect("settings"))
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// The terminal takes nothing as long as the guard lives.
    pub fn stall(&self) -> MutexGuard<'_, ()> {
        self.tap.lock().unwrap()
    }

    /// Waits until the program has ended and all it wrote was seen; gives its exit code, and the signal's name
    /// where one ended it.
    #[track_caller]
    pub fn wait_exit(&mut self) -> (u32, Option<String>) {
        let Self { child, seen, title, .. } = self;
        let status = wait_until_shown("the program to end", DEADLINE, || {
            let status = child.try_wait().expect("our child");
            status.ok_or_else(|| format!("{:#?}", look(&seen.lock().term, title)))
        });
        (status.exit_code(), status.signal().map(str::to_owned))
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        if let (Ok(None), Some(pid)) = (self.child.try_wait(), self.child.process_id()) {
            process::kill(pid);
            wait_until("the killed program", DEADLINE, || self.child.try_wait().ok().flatten());
        }
    }
}

fn read_all(mut reader: Box<dyn Read + Send>, seen: &Watched<Seen>, tap: &Mutex<()>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = reader.read(&mut buffer) {
        drop(tap.lock().unwrap());
        seen.change(|seen| seen.parser.advance(&mut seen.term, &buffer[..count]));
    }
}

fn look(term: &Term<Title>, title: &Title) -> Look {
    let grid = term.grid();
    let row = |line: i32| {
        let cells = (0..term.grid().columns()).map(|col| grid[Line(line)][Column(col)].c);
        cells.collect::<String>().trim_end().to_owned()
    };
    let cursor = grid.cursor.point;
    Look {
        lines: (0..grid.screen_lines() as i32).map(row).collect(),
        cursor: (cursor.line.0 as usize, cursor.column.0),
        mode: *term.mode(),
        title: title.0.lock().unwrap().clone(),
    }
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
