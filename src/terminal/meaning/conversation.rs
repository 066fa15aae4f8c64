//! Follows a shell's conversation by its marks: prompt, input, output, end.

use std::path::Path;
use std::time::Instant;

use super::mark::{self, Kind, Mark};
use crate::protocol::terminal::{Finished, Running};

/// A place among the terminal's lines: a line's number and a column.
pub type Place = (u64, usize);

/// The screen as marks need it, at the moment when one is read.
pub trait Screen {
    /// Where the cursor stands; None where the place would not last, as on the alternate screen.
    fn cursor(&self) -> Option<Place>;
    /// The text from there to the cursor.
    fn text_from(&self, place: Place) -> Option<String>;
}

/// When something is read.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    pub instant: Instant,
    /// In seconds since 1970.
    pub wall: u64,
}

/// What a mark has brought about.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    Started(Running),
    Finished(Finished),
}

/// Where a shell is.
#[derive(Debug, Default)]
pub struct Conversation {
    /// Where the person's input began.
    input: Option<Place>,
    /// What the shell has said that it will run.
    announced: Option<String>,
    command: Option<Under>,
}

/// A command under way.
#[derive(Debug)]
struct Under {
    running: Running,
    began: Instant,
    aid: Option<String>,
}

impl Conversation {
    /// Takes a mark; what has begun or ended with it. A beginning may end what ran before.
    pub fn take(
        &mut self,
        mark: Mark,
        at: Now,
        directory: &Path,
        screen: &dyn Screen,
    ) -> Vec<Turn> {
        if self.is_nested(&mark) {
            return Vec::new();
        }
        match mark.kind {
            Kind::Prompt => {
                self.input = None;
                self.announced = None;
                self.finish(None, at.instant).into_iter().collect()
            }
            Kind::Input => {
                self.input = screen.cursor();
                Vec::new()
            }
            Kind::Command(text) => {
                self.announced = Some(text);
                Vec::new()
            }
            Kind::Output(text) => {
                let typed = self.input.take().and_then(|place| screen.text_from(place));
                let typed = typed.map(|text| mark::cleaned(text.as_bytes()));
                let command = text.or(self.announced.take()).or(typed).unwrap_or_default();
                let running = Running { command, directory: directory.to_owned(), since: at.wall };
                let mut turns: Vec<Turn> = self.finish(None, at.instant).into_iter().collect();
                self.command =
                    Some(Under { running: running.clone(), began: at.instant, aid: mark.aid });
                turns.push(Turn::Started(running));
                turns
            }
            Kind::End(code) => self.finish(code, at.instant).into_iter().collect(),
        }
    }

    /// Nobody will tell how the present command ends.
    pub fn abandon(&mut self) {
        *self = Self::default();
    }

    /// A shell within the command that runs: that goes on.
    fn is_nested(&self, mark: &Mark) -> bool {
        let own = self.command.as_ref().and_then(|command| command.aid.as_ref());
        matches!((own, &mark.aid), (Some(own), Some(other)) if own != other)
    }

    fn finish(&mut self, exit_code: Option<i32>, now: Instant) -> Option<Turn> {
        let Under { running, began, .. } = self.command.take()?;
        let took = now.saturating_duration_since(began).as_millis();
        let duration_ms = u64::try_from(took).unwrap_or(u64::MAX);
        let Running { command, directory, since: started } = running;
        Some(Turn::Finished(Finished { command, directory, exit_code, duration_ms, started }))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A screen on which a text stands between the place of input and the cursor.
    struct Typed(&'static str);

    impl Screen for Typed {
        fn cursor(&self) -> Option<Place> {
            Some((7, 2))
        }

        fn text_from(&self, place: Place) -> Option<String> {
            assert_eq!(place, (7, 2));
            Some(self.0.to_owned())
        }
    }

    /// What the marks bring about, one second after each other, as short texts.
    fn story(marks: &[&str], typed: &'static str) -> Vec<String> {
        let (mut conversation, start) = (Conversation::default(), Instant::now());
        let mut told = Vec::new();
        for (second, mark) in (0..).zip(marks) {
            let at = Now { instant: start + Duration::from_secs(second), wall: 100 + second };
            let (number, text) = mark.split_once(' ').unwrap_or(("133", mark));
            let read = if number == "633" { mark::of_633 } else { mark::of_133 };
            let mark = read(text.as_bytes()).expect("a mark");
            told.extend(conversation.take(mark, at, Path::new("/d"), &Typed(typed)));
        }
        let short = |turn| match turn {
            Turn::Started(r) => format!("+{} @{}", r.command, r.since),
            Turn::Finished(f) => {
                let code = f.exit_code.map_or("?".to_owned(), |code| code.to_string());
                format!("-{} @{} {}ms {code}", f.command, f.started, f.duration_ms)
            }
        };
        told.into_iter().map(short).collect()
    }

    #[test]
    fn commands_begin_and_end_as_marks_say() {
        for (marks, wanted) in [
            (&["A", "B", "C", "D;3", "A"][..], &["+typed @102", "-typed @102 1000ms 3"][..]),
            (&["D;0", "A", "B"], &[]),
            (&["C;cmdline_url=x", "D;0"], &["+x @100", "-x @100 1000ms 0"]),
            (&["A", "B", "C;cmdline_url=x"], &["+x @102"]),
            (&["C", "D"], &["+ @100", "- @100 1000ms ?"]),
            (&["A", "B", "C", "A"], &["+typed @102", "-typed @102 1000ms ?"]),
            (&["C;cmdline_url=a", "C;cmdline_url=b"], &["+a @100", "-a @100 1000ms ?", "+b @101"]),
            (
                &["633 A", "633 B", "633 E;ls;1", "633 C", "633 D;0"],
                &["+ls @103", "-ls @103 1000ms 0"],
            ),
            (&["633 E;old", "633 A", "633 C"], &["+ @102"]),
            (&["D;0", "D;1"], &[]),
        ] {
            assert_eq!(story(marks, "typed"), wanted, "{marks:?}");
        }
    }

    #[test]
    fn a_shell_within_a_command_does_not_end_it_where_both_say_who_they_are() {
        let nested = ["C;aid=1;cmdline_url=bash", "A;aid=2", "C;aid=2", "D;0;aid=2", "D;5;aid=1"];
        assert_eq!(story(&nested, ""), ["+bash @100", "-bash @100 4000ms 5"]);
    }

    #[test]
    fn what_was_typed_is_cleaned() {
        assert_eq!(story(&["B", "C"], " two\n\u{1b}lines \n"), ["+two lines @101"]);
    }
}
