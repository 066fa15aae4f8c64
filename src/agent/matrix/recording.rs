//! Owns what is read of a recording: what was printed, typed and told by hooks, and the truth about it.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::agent::signs::Millis;
use crate::protocol::agent::Status;
use crate::protocol::terminal::Size;

/// What happened at a moment.
pub enum Event {
    /// The program printed this.
    Output(String),
    /// This was typed.
    Input(String),
    /// A hook told of this event, with this payload.
    Hook(String, String),
    /// From now on this is the truth.
    Mark(Option<Truth>),
}

/// What an agent really did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    Starting,
    Working,
    Blocked,
    /// It waits for something to do.
    Idle,
    /// Its turn is over.
    Done,
    /// Its turn is over, and its box holds what was typed meanwhile.
    Kept,
    /// It is idle, and its box holds what nobody has submitted.
    Draft,
    /// It is idle, and a person has opened something else in it.
    Menu,
}

/// One recording.
pub struct Recording {
    pub name: String,
    pub program: String,
    pub version: String,
    pub size: Size,
    /// It was started with a prompt.
    pub passed: bool,
    pub events: Vec<(Millis, Event)>,
}

impl Recording {
    /// Whether it shows what may become of the box of an idle program, rather than what the program does.
    pub fn is_about_its_box(&self) -> bool {
        let is = |event: &Event| matches!(event, Event::Mark(Some(Truth::Draft | Truth::Menu)));
        self.events.iter().any(|(_, event)| is(event))
    }
}

/// All of them, in the order of their names.
pub fn all() -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/agents");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Recording {
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let head = lines.next().unwrap();
    let number = |name: &str| u16::try_from(head[name].as_u64().unwrap()).unwrap();
    let about = |name: &str| head["orchflow"][name].as_str().unwrap().to_owned();
    Recording {
        name: file.file_stem().unwrap().to_string_lossy().into_owned(),
        program: about("program"),
        version: about("version"),
        size: Size { rows: number("height"), cols: number("width") },
        passed: head["orchflow"]["first"] == true,
        events: lines.map(|line| event(&line)).collect(),
    }
}

fn event(line: &Json) -> (Millis, Event) {
    let at = (line[0].as_f64().unwrap() * 1000.0) as Millis;
    let text = || line[2].as_str().unwrap().to_owned();
    let event = match line[1].as_str().unwrap() {
        "o" => Event::Output(text()),
        "i" => Event::Input(text()),
        "h" => {
            Event::Hook(line[2]["event"].as_str().unwrap().into(), line[2]["payload"].to_string())
        }
        "m" => Event::Mark(Truth::of(&text())),
        other => panic!("{other} is no kind of event"),
    };
    (at, event)
}

impl Truth {
    /// None where nothing is judged: the driver does not know more than the program tells.
    fn of(mark: &str) -> Option<Self> {
        match mark {
            "starting" => Some(Self::Starting),
            "working" => Some(Self::Working),
            "blocked" => Some(Self::Blocked),
            "idle" => Some(Self::Idle),
            // Whether somebody has looked is not in a recording.
            "done" => Some(Self::Done),
            "kept" => Some(Self::Kept),
            "draft" => Some(Self::Draft),
            "menu" => Some(Self::Menu),
            "ending" | "exited" | "end" => None,
            other => panic!("{other} is no mark"),
        }
    }

    /// What it is called in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Working => "working",
            Self::Blocked => "blocked",
            Self::Idle => "idle",
            Self::Done | Self::Kept => "done",
            Self::Draft => "draft",
            Self::Menu => "menu",
        }
    }

    /// Whether it may be taken for that.
    pub fn is(self, status: Status) -> bool {
        match self {
            Self::Starting => status == Status::Starting,
            Self::Working => status == Status::Working,
            Self::Blocked => status == Status::Blocked,
            Self::Idle | Self::Done | Self::Kept | Self::Draft | Self::Menu => {
                status == Status::Idle
            }
        }
    }
}
