//! How a question is answered: its keys pressed one after the other, as long as it is that question, and then it is gone.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::dialog::Choice;
use super::prompts::Step;
use super::questions::Questions;
use super::signs::Millis;
use crate::fault::{Fault, Kind, Result};

/// Between two keys so long at least: programs take keys that come together for one.
const APART: Duration = Duration::from_millis(80);

/// So long at most, if the screen does not change.
const SHOWN: Duration = Duration::from_millis(400);

/// A question that was asked so lately is not pressed yet: some programs draw theirs before they listen, and qwen loses what
/// comes between. A person needs longer to read it.
pub const HEARS: Millis = 500;

/// A program that was answered goes on within this time, or has not understood.
const TAKEN: Duration = Duration::from_secs(8);

/// An answer under way.
struct Press {
    number: u64,
    choice: Choice,
    left: VecDeque<String>,
    /// No key before this.
    from: Instant,
    /// When the last key was pressed, and whether the screen has changed since.
    pressed: Option<(Instant, bool)>,
    answer: oneshot::Sender<Result<()>>,
}

impl Press {
    /// Whether what was pressed says which choice it is. A key that stands before it does, and some programs want no
    /// Enter after it, or for some choices none.
    fn has_chosen(&self) -> bool {
        self.left.is_empty() || self.pressed.is_some() && !self.choice.moves
    }
}

/// The answers to one agent's questions, one at a time.
#[derive(Default)]
pub struct Answering(Option<Press>);

impl Answering {
    /// Begins to press from that moment on, or says why not. `typed` is how often something was typed, `name` the agent's.
    pub fn begin(
        &mut self,
        questions: &Questions,
        (number, word): (u64, &str),
        (typed, name): (u64, &str),
        from: Instant,
        answer: oneshot::Sender<Result<()>>,
    ) {
        let busy = self.0.as_ref().is_some_and(|press| press.number == number);
        match choose(questions, number, word, typed, name) {
            Ok(_) if busy => {
                let fault = Fault::new(Kind::Conflict, "this question is being answered already");
                drop(answer.send(Err(fault.hint(look(name)))));
            }
            Ok(choice) => {
                let left = choice.keys.iter().cloned().collect();
                self.0 = Some(Press { number, choice, left, from, pressed: None, answer });
            }
            // The caller may have gone: then nobody minds that an answer is lost, here and elsewhere.
            Err(fault) => drop(answer.send(Err(fault))),
        }
    }

    /// The screen has changed.
    pub fn sighted(&mut self) {
        if let Some(Press { pressed: Some((_, shown)), .. }) = &mut self.0 {
            *shown = true;
        }
    }

    /// The words that were chosen for the question of this number.
    pub fn chosen(&self, number: u64) -> Option<&str> {
        let press = self.0.as_ref().filter(|press| press.number == number)?;
        press.has_chosen().then_some(&press.choice.label)
    }

    /// A key could not be typed.
    pub fn fail(&mut self, fault: &Fault) {
        if let Some(press) = self.0.take() {
            drop(press.answer.send(Err(fault.clone())));
        }
    }

    /// What to do next while the question of this number is open.
    pub fn step(&mut self, open: Option<u64>, name: &str, now: Instant) -> Step {
        let Some(press) = &mut self.0 else {
            return Step::Wait(None);
        };
        if open != Some(press.number) {
            return self.end(|press| {
                let message = "the question was answered elsewhere, or withdrawn, meanwhile";
                press.has_chosen().then_some(()).ok_or_else(|| elsewhere(message))
            });
        }
        let pause = match press.pressed {
            None => Duration::ZERO,
            Some(_) if press.left.is_empty() => TAKEN,
            Some((_, true)) => APART,
            Some((_, false)) => SHOWN,
        };
        let due = press.pressed.map_or(press.from, |(at, _)| at + pause);
        if now < due {
            return Step::Wait(Some(due));
        }
        match press.left.pop_front() {
            Some(keys) => {
                press.pressed = Some((now, false));
                Step::Write(keys.into_bytes())
            }
            None => {
                let label = press.choice.label.clone();
                let message = format!("“{label}” was pressed, and the question is still there");
                let fault = Fault::new(Kind::Timeout, message).hint(look(name));
                self.end(|_| Err(fault))
            }
        }
    }

    fn end(&mut self, result: impl FnOnce(&Press) -> Result<()>) -> Step {
        if let Some(press) = self.0.take() {
            let result = result(&press);
            drop(press.answer.send(result));
        }
        Step::Wait(None)
    }
}

/// What is to be pressed, if that question is open and has that choice.
fn choose(
    questions: &Questions,
    number: u64,
    word: &str,
    typed: u64,
    name: &str,
) -> Result<Choice> {
    let Some(open) = questions.open().filter(|open| open.number == number) else {
        if number == 0 || number > questions.asked() {
            return Err(Fault::new(Kind::NotFound, format!("{name} has not asked that")).hint(LIST));
        }
        return Err(elsewhere("that question is not open any more"));
    };
    let conflict = |message: &str| Err(Fault::new(Kind::Conflict, message).hint(look(name)));
    if open.choices.is_empty() {
        return conflict("the choices of this question cannot be read");
    }
    let Some(choice) = open.choices.iter().find(|choice| choice.is(word)) else {
        let fault = Fault::new(Kind::InvalidParams, format!("{word:?} is none of the choices"));
        return Err(fault.hint(open.choices.iter().map(told).collect::<Vec<_>>().join(", ")));
    };
    if choice.keys.is_empty() {
        return conflict("which keys take this choice is not known");
    }
    if !open.is_shown() {
        return conflict("the question is not on the screen at the moment");
    }
    if choice.moves && typed != open.typed {
        return conflict(
            "something was typed since it was asked, so what is selected is not known",
        );
    }
    Ok(choice.clone())
}

/// A choice as it is typed.
fn told(choice: &Choice) -> String {
    match &choice.key {
        Some(key) => format!("{key} ({})", choice.label),
        None => format!("{:?}", choice.label),
    }
}

/// Where the open questions are.
pub const LIST: &str = "those that are open: orchflow call inbox.list";

fn elsewhere(message: &str) -> Fault {
    Fault::new(Kind::Conflict, message).hint(LIST)
}

fn look(name: &str) -> String {
    format!("answer it in its terminal: :Orchflow attach {name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::dialog::Dialog;
    use crate::agent::questions::Seen;
    use crate::protocol::agent::Status;

    fn choice(key: &str, label: &str, keys: &[&str], moves: bool) -> Choice {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Choice { key: Some(key.into()), label: label.into(), keys, moves }
    }

    fn asked() -> Questions {
        let choices = vec![
            choice("1", "Yes", &["1"], false),
            choice("2", "No", &["\x1b[C", "\r"], true),
            choice("3", "Tell me", &[], false),
            choice("4", "Leave", &["4", "\r"], false),
        ];
        let dialog = Dialog { text: "May I?".into(), choices, whole: true };
        let mut questions = Questions::new(0);
        let (dialog, told) = (Some(&dialog), None);
        let seen = Seen { status: Status::Blocked, dialog, elsewhere: false, told, typed: 7 };
        questions.see(&seen, 0);
        questions
    }

    type Answered = oneshot::Receiver<Result<()>>;

    fn begin(all: &mut Answering, number: u64, word: &str, typed: u64) -> Answered {
        let (answer, answered) = oneshot::channel();
        all.begin(&asked(), (number, word), (typed, "mine"), Instant::now(), answer);
        answered
    }

    #[test]
    fn keys_are_pressed_apart_and_the_answer_has_arrived_when_the_question_is_gone() {
        let mut all = Answering::default();
        let mut answered = begin(&mut all, 1, "no", 7);
        let mut now = Instant::now();
        let busy = begin(&mut all, 1, "1", 7).try_recv().unwrap().unwrap_err();
        assert_eq!(busy.kind, Kind::Conflict);
        assert!(busy.hint.unwrap().contains("attach mine"));
        assert_eq!(all.step(Some(1), "mine", now), Step::Write(b"\x1b[C".into()));
        assert_eq!(all.step(Some(1), "mine", now), Step::Wait(Some(now + SHOWN)));
        all.sighted();
        assert_eq!(all.step(Some(1), "mine", now), Step::Wait(Some(now + APART)));
        now += APART;
        assert_eq!(all.chosen(1), None);
        assert_eq!(all.step(Some(1), "mine", now), Step::Write(b"\r".into()));
        assert_eq!(all.step(Some(1), "mine", now), Step::Wait(Some(now + TAKEN)));
        assert_eq!((all.chosen(1), all.chosen(2)), (Some("No"), None));
        assert!(answered.try_recv().is_err());
        assert_eq!(all.step(Some(2), "mine", now), Step::Wait(None));
        assert_eq!(answered.try_recv().unwrap(), Ok(()));
    }

    #[test]
    fn a_question_that_stays_or_goes_too_soon_is_a_fault() {
        let mut all = Answering::default();
        let mut answered = begin(&mut all, 1, "Yes", 9);
        let now = Instant::now();
        assert_eq!(all.step(Some(1), "mine", now), Step::Write(b"1".into()));
        assert_eq!(all.step(Some(1), "mine", now + TAKEN), Step::Wait(None));
        let fault = answered.try_recv().unwrap().unwrap_err();
        assert_eq!(
            (fault.kind, fault.hint.unwrap().contains("attach mine")),
            (Kind::Timeout, true)
        );
        let mut answered = begin(&mut all, 1, "2", 7);
        let now = Instant::now();
        assert_eq!(all.step(Some(1), "mine", now), Step::Write(b"\x1b[C".into()));
        assert_eq!(all.step(None, "mine", now), Step::Wait(None));
        assert_eq!(answered.try_recv().unwrap().unwrap_err().kind, Kind::Conflict);
    }

    #[test]
    fn nothing_is_pressed_before_the_program_listens() {
        let (mut all, now) = (Answering::default(), Instant::now());
        let (answer, _answered) = oneshot::channel();
        let from = now + Duration::from_millis(HEARS);
        all.begin(&asked(), (1, "1"), (7, "mine"), from, answer);
        assert_eq!(all.step(Some(1), "mine", now), Step::Wait(Some(from)));
        assert_eq!(all.step(Some(1), "mine", from), Step::Write(b"1".into()));
    }

    #[test]
    fn a_key_that_needs_no_enter_has_answered() {
        let mut all = Answering::default();
        let mut answered = begin(&mut all, 1, "4", 7);
        let now = Instant::now();
        assert_eq!(all.step(Some(1), "mine", now), Step::Write(b"4".into()));
        assert_eq!(all.chosen(1), Some("Leave"));
        assert_eq!(all.step(Some(2), "mine", now), Step::Wait(None));
        assert_eq!(answered.try_recv().unwrap(), Ok(()));
    }

    #[test]
    fn what_cannot_be_pressed_is_refused_with_what_to_do() {
        for (number, word, typed, kind, hint) in [
            (0, "1", 7, Kind::NotFound, "inbox.list"),
            (2, "1", 7, Kind::NotFound, "inbox.list"),
            (1, "maybe", 7, Kind::InvalidParams, "1 (Yes), 2 (No), 3 (Tell me), 4 (Leave)"),
            (1, "2", 8, Kind::Conflict, "attach mine"),
            (1, "3", 7, Kind::Conflict, "attach mine"),
        ] {
            let mut answered = begin(&mut Answering::default(), number, word, typed);
            let fault = answered.try_recv().unwrap().unwrap_err();
            assert_eq!(fault.kind, kind, "{fault}");
            assert!(fault.hint.as_ref().unwrap().contains(hint), "{fault}");
        }
    }
}
