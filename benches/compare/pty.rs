//! Owns a PTY of our own with a program in it: who only reads is the limit of what can be had.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::support::Sandbox;
use crate::support::wait::Watched;

/// What is waited for comes within so long, or never: the slowest takes a quarter of it.
const DEADLINE: Duration = Duration::from_secs(60);

/// A program and the master side of its PTY.
pub struct Pty {
    /// Held open.
    _master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    reader: Box<dyn Read + Send>,
    child: Box<dyn Child + Send + Sync>,
}

impl Pty {
    /// Starts a program with the sandbox's environment.
    pub fn start(sandbox: &Sandbox, (columns, rows): (usize, usize), argv: &[&str]) -> Self {
        let number = |size: usize| u16::try_from(size).expect("a size");
        let (cols, rows) = (number(columns), number(rows));
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a PTY");
        let mut command = CommandBuilder::new(argv[0]);
        command.args(&argv[1..]);
        command.cwd(sandbox.path("work"));
        command.env_clear();
        for (name, value) in sandbox.env() {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("a program that starts");
        let writer = pair.master.take_writer().expect("its writing side");
        let reader = pair.master.try_clone_reader().expect("its reading side");
        Self { _master: pair.master, writer, reader, child }
    }

    /// Types.
    pub fn write(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).expect("a program that reads");
        self.writer.flush().expect("a program that reads");
    }

    /// Reads and drops until this text comes. Who keeps us waiting for it too long is ended, which ends the reading.
    pub fn drain_until(&mut self, text: &str) {
        let done = Arc::new(Watched::new(false));
        let (seen, mut killer) = (Arc::clone(&done), self.child.clone_killer());
        let guard = std::thread::spawn(move || {
            if seen.wait(DEADLINE, |done| done.then_some(())).is_none() {
                let _ = killer.kill();
            }
        });
        self.drain(text);
        done.change(|done| *done = true);
        guard.join().expect("the guard");
    }

    fn drain(&mut self, text: &str) {
        let mut buffer = [0; 65_536];
        // What the end of one read and the start of the next have in common with the text.
        let mut kept = 0;
        loop {
            let read = self.reader.read(&mut buffer[kept..]).unwrap_or(0);
            assert!(read > 0, "the program has ended, or took too long, before it printed {text}");
            let end = kept + read;
            if find(&buffer[..end], text.as_bytes()) {
                return;
            }
            let from = end - end.min(text.len() - 1);
            buffer.copy_within(from..end, 0);
            kept = end - from;
        }
    }

    /// How long it takes from this key until that text.
    pub fn time(&mut self, key: &str, text: &str) -> Duration {
        let start = Instant::now();
        self.write(key);
        self.drain_until(text);
        start.elapsed()
    }
}

/// Looks only where a line may start: looking everywhere would be what is measured.
fn find(bytes: &[u8], text: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(4096)..];
    tail.windows(text.len()).any(|part| part == text)
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
