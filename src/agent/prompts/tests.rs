//! What is typed when, and what becomes of it.

use super::submitted::{AGAIN, TAKEN, TIMES};
use super::*;

const PAUSE: Duration = Duration::from_millis(60);

/// One that tells all that it does.
fn at(status: Status) -> Moment {
    let ready = if status == Status::Idle { Ready::Yes } else { Ready::No };
    Moment { status, told: true, ready, input: None }
}

#[test]
fn a_first_one_that_is_lost_is_told_once_and_others_to_who_waits_for_them() {
    let mut prompts = Prompts::new(How::default(), Some("first".into()));
    let (answer, mut answered) = oneshot::channel();
    prompts.push("second".into(), false, answer);
    let fault = Fault::new(Kind::Conflict, "it cannot be typed");
    prompts.fail(&fault);
    assert_eq!(prompts.take_lost(), Some(fault.clone()));
    prompts.fail(&fault);
    assert_eq!(answered.try_recv().unwrap(), Err(fault));
    assert_eq!(prompts.take_lost(), None);
}

#[test]
fn a_question_that_comes_while_a_prompt_is_typed_is_not_answered_by_it() {
    let mut prompts = Prompts::new(How::default(), Some("first".into()));
    let now = Instant::now();
    assert!(prompts.has_first());
    assert_eq!(prompts.step(&at(Status::Idle), now), Step::Write(b"first".into()));
    assert!(!prompts.has_first());
    prompts.sighted(true);
    for later in [PAUSE, SHOWN, TAKEN] {
        assert_eq!(prompts.step(&at(Status::Blocked), now + later), Step::Wait(None));
    }
    assert_eq!(prompts.step(&at(Status::Idle), now + TAKEN), Step::Write(b"\r".into()));
}

#[test]
fn nothing_is_typed_at_what_is_no_prompt_and_who_waits_for_that_is_told() {
    let mut prompts = Prompts::new(How::default(), None);
    let (answer, mut answered) = oneshot::channel();
    prompts.push("at the menu".into(), false, answer);
    let menu = Moment { ready: Ready::Unsure, ..at(Status::Idle) };
    let now = Instant::now();
    assert_eq!(prompts.step(&menu, now), Step::Wait(Some(now + UNSURE)));
    assert_eq!(prompts.step(&menu, now + UNSURE), Step::Wait(Some(now + UNSURE)));
    assert_eq!(answered.try_recv().unwrap().unwrap_err().kind, Kind::Conflict);
    // What is for now is typed whatever it shows, and before what can wait.
    for (text, at_once) in [("one", false), ("two", true), ("three", true)] {
        prompts.push(text.into(), at_once, oneshot::channel().0);
    }
    let order: Vec<&str> = prompts.queue.iter().map(|prompt| &*prompt.text).collect();
    assert_eq!(order, ["two", "three", "one"]);
    assert_eq!(prompts.step(&menu, now), Step::Write(b"two".into()));
    prompts.push("four".into(), true, oneshot::channel().0);
    let order: Vec<&str> = prompts.queue.iter().map(|prompt| &*prompt.text).collect();
    assert_eq!(order, ["two", "three", "four", "one"]);
}

#[test]
fn a_prompt_is_typed_when_the_agent_is_ready_submitted_apart_and_taken_when_it_works() {
    let mut prompts = Prompts::new(How::default(), None);
    let (answer, mut answered) = oneshot::channel();
    let mut now = Instant::now();
    prompts.push("one\r\ntwo\x1b[201~".into(), false, answer);
    prompts.sighted(true);
    assert_eq!(prompts.step(&at(Status::Working), now), Step::Wait(None));
    assert_eq!(
        prompts.step(&at(Status::Idle), now),
        Step::Write(b"\x1b[200~one\ntwo[201~\x1b[201~".into())
    );
    assert_eq!(prompts.step(&at(Status::Idle), now), Step::Wait(Some(now + SHOWN)));
    prompts.sighted(true);
    assert_eq!(prompts.step(&at(Status::Idle), now), Step::Wait(Some(now + PAUSE)));
    now += PAUSE;
    assert_eq!(prompts.step(&at(Status::Idle), now), Step::Write(b"\r".into()));
    assert_eq!(prompts.step(&at(Status::Idle), now), Step::Wait(Some(now + AGAIN)));
    assert!(answered.try_recv().is_err());
    prompts.heard(Says::Working, false);
    assert_eq!(prompts.step(&at(Status::Idle), now), Step::Wait(Some(now)));
    assert_eq!(answered.try_recv().unwrap(), Ok(()));
    assert_eq!(prompts.step(&at(Status::Idle), now), Step::Wait(None));
}

#[test]
fn a_prompt_that_changes_nothing_fails_and_so_do_all_when_the_program_ends() {
    let mut prompts = Prompts::new(How::default(), Some("first".into()));
    let now = Instant::now();
    assert_eq!(prompts.step(&at(Status::Idle), now), Step::Write(b"first".into()));
    assert_eq!(prompts.step(&at(Status::Idle), now + SHOWN), Step::Write(b"\r".into()));
    for times in 1..TIMES {
        let again = now + SHOWN + AGAIN * times;
        assert_eq!(prompts.step(&at(Status::Idle), again), Step::Write(b"\r".into()));
    }
    let tired = now + SHOWN + AGAIN * TIMES;
    assert_eq!(prompts.step(&at(Status::Idle), tired), Step::Wait(Some(now + SHOWN + TAKEN)));
    let (answer, mut answered) = oneshot::channel();
    prompts.push("second".into(), false, answer);
    assert_eq!(
        prompts.step(&at(Status::Idle), now + SHOWN + TAKEN),
        Step::Wait(Some(now + SHOWN + TAKEN))
    );
    assert_eq!(prompts.step(&at(Status::Exited), now), Step::Wait(None));
    assert_eq!(answered.try_recv().unwrap().unwrap_err().kind, Kind::Conflict);
    for _ in 0..MOST {
        prompts.push("more".into(), false, oneshot::channel().0);
    }
    let (answer, mut answered) = oneshot::channel();
    prompts.push("too much".into(), false, answer);
    assert_eq!(answered.try_recv().unwrap().unwrap_err().kind, Kind::Exhausted);
}

/// Idle, and its box shows this.
fn showing(input: Input) -> Moment {
    Moment { input: Some(input), ..at(Status::Idle) }
}

fn holding(text: &str) -> Moment {
    showing(Input::Holds(text.into()))
}

#[test]
fn a_prompt_is_typed_only_into_an_open_and_empty_box_and_who_waits_is_told_why_it_was_not() {
    for (moment, why) in [
        (showing(Input::Hidden), "a menu is open"),
        (holding("half of a thought"), "holds a text that was not sent: \"half of a thought\""),
    ] {
        // The one that it was started with waits for as long as it takes; nobody would be told.
        let mut prompts = Prompts::new(How::default(), Some("first".into()));
        let (answer, mut answered) = oneshot::channel();
        prompts.push("second".into(), false, answer);
        let now = Instant::now();
        assert_eq!(prompts.step(&moment, now), Step::Wait(Some(now + UNSURE)));
        assert_eq!(prompts.step(&moment, now + UNSURE), Step::Wait(Some(now + UNSURE)));
        let fault = answered.try_recv().unwrap().unwrap_err();
        assert!(fault.message.contains(why), "{fault}");
        assert_eq!(fault.kind, Kind::Conflict);
        assert_eq!(prompts.step(&moment, now + UNSURE), Step::Wait(None));
        assert_eq!(prompts.step(&showing(Input::Empty), now), Step::Write(b"first".into()));
    }
}

#[test]
fn what_was_typed_is_submitted_once_the_box_holds_it_and_never_in_its_place() {
    let now = Instant::now();
    let typed = |at_once| {
        let (answer, answered) = oneshot::channel();
        let mut prompts = Prompts::new(How::default(), None);
        prompts.push("do it".into(), at_once, answer);
        assert_eq!(prompts.step(&showing(Input::Empty), now), Step::Write(b"do it".into()));
        // Something has changed on the screen: nothing of the box.
        prompts.sighted(false);
        (prompts, answered)
    };
    let (mut prompts, _) = typed(false);
    assert_eq!(prompts.step(&showing(Input::Empty), now), Step::Wait(Some(now + SHOWN)));
    assert_eq!(prompts.step(&holding("do it"), now + PAUSE), Step::Write(b"\r".into()));
    let (mut prompts, _) = typed(false);
    assert_eq!(prompts.step(&showing(Input::Empty), now + SHOWN), Step::Write(b"\r".into()));
    let (mut prompts, mut answered) = typed(false);
    assert_eq!(prompts.step(&showing(Input::Hidden), now + SHOWN), Step::Wait(Some(now + UNSURE)));
    prompts.step(&showing(Input::Hidden), now + UNSURE);
    assert!(answered.try_recv().unwrap().unwrap_err().message.contains("not submitted"));
    // Who says `now` means whatever it shows.
    let (mut prompts, _) = typed(true);
    assert_eq!(prompts.step(&showing(Input::Hidden), now + SHOWN), Step::Write(b"\r".into()));
}

#[test]
fn an_enter_is_pressed_again_only_while_the_box_holds_what_was_submitted() {
    let now = Instant::now();
    let submitted = || {
        let (answer, answered) = oneshot::channel();
        let mut prompts = Prompts::new(How::default(), None);
        prompts.push("/compact".into(), false, answer);
        prompts.step(&showing(Input::Empty), now - PAUSE);
        assert_eq!(prompts.step(&holding("/compact"), now), Step::Write(b"\r".into()));
        (prompts, answered)
    };
    let again = now + AGAIN;
    let (mut prompts, _) = submitted();
    assert_eq!(prompts.step(&holding("/compact"), again), Step::Write(b"\r".into()));
    for other in [showing(Input::Hidden), holding("a thought of somebody else")] {
        let (mut prompts, mut answered) = submitted();
        assert_eq!(prompts.step(&other, again), Step::Wait(Some(now + TAKEN)));
        prompts.step(&other, now + TAKEN);
        assert_eq!(answered.try_recv().unwrap().unwrap_err().kind, Kind::Timeout);
    }
    // It has gone from the box: it was taken, though nothing tells of work.
    let (mut prompts, mut answered) = submitted();
    assert_eq!(prompts.step(&showing(Input::Empty), now), Step::Wait(Some(again)));
    assert_eq!(prompts.step(&showing(Input::Empty), again), Step::Wait(Some(again)));
    assert_eq!(answered.try_recv().unwrap(), Ok(()));
}

#[test]
fn a_prompt_that_is_submitted_during_a_turn_is_not_taken_because_that_goes_on() {
    let now = Instant::now();
    let busy = |input: Option<Input>| Moment { input, ..at(Status::Working) };
    let submitted = |held: Option<Input>| {
        let (answer, answered) = oneshot::channel();
        let mut prompts = Prompts::new(How::default(), None);
        prompts.push("stop that".into(), true, answer);
        let empty = held.as_ref().map(|_| Input::Empty);
        assert_eq!(prompts.step(&busy(empty), now - SHOWN), Step::Write(b"stop that".into()));
        assert_eq!(prompts.step(&busy(held), now), Step::Write(b"\r".into()));
        prompts.heard(Says::Working, false);
        (prompts, answered)
    };
    let holds = Some(Input::Holds("stop that".into()));
    // Its box tells.
    let (mut prompts, mut answered) = submitted(holds.clone());
    assert_eq!(prompts.step(&busy(holds.clone()), now), Step::Wait(Some(now + AGAIN)));
    assert_eq!(prompts.step(&busy(Some(Input::Hidden)), now), Step::Wait(None));
    assert!(answered.try_recv().is_err());
    prompts.step(&busy(Some(Input::Empty)), now);
    assert_eq!(answered.try_recv().unwrap(), Ok(()));
    // It stays there, though its Enter is pressed again.
    let (mut prompts, mut answered) = submitted(holds.clone());
    for times in 1..TIMES {
        let again = now + AGAIN * times;
        assert_eq!(prompts.step(&busy(holds.clone()), again), Step::Write(b"\r".into()));
    }
    prompts.step(&busy(holds.clone()), now + TAKEN);
    assert_eq!(answered.try_recv().unwrap().unwrap_err().kind, Kind::Timeout);
    // A hook tells, which comes with prompts only.
    let (mut prompts, mut answered) = submitted(holds);
    prompts.heard(Says::Working, true);
    prompts.step(&busy(Some(Input::Hidden)), now);
    assert_eq!(answered.try_recv().unwrap(), Ok(()));
    // Nothing tells: the turn after this one does, or nothing comes after it.
    for (next, taken) in [(Status::Working, true), (Status::Idle, false)] {
        let (mut prompts, mut answered) = submitted(None);
        assert_eq!(prompts.step(&busy(None), now + TAKEN * 9), Step::Wait(None));
        let ended = now + TAKEN * 10;
        assert_eq!(prompts.step(&at(Status::Idle), ended), Step::Wait(Some(ended + AGAIN)));
        assert!(answered.try_recv().is_err());
        for later in [AGAIN, AGAIN * 2, AGAIN * 3, TAKEN] {
            prompts.step(&at(next), ended + later);
        }
        assert_eq!(answered.try_recv().unwrap().is_ok(), taken);
    }
}

#[test]
fn a_first_one_that_cannot_be_typed_is_told_once_and_waits_on() {
    let mut prompts = Prompts::new(How::default(), Some("first".into()));
    let now = Instant::now();
    assert!(prompts.owes_first());
    prompts.step(&showing(Input::Hidden), now);
    prompts.step(&showing(Input::Hidden), now + UNSURE);
    assert!(prompts.take_lost().unwrap().message.contains("a menu is open"));
    assert!(!prompts.owes_first());
    prompts.step(&showing(Input::Hidden), now + UNSURE * 2);
    assert_eq!(prompts.take_lost(), None);
    assert_eq!(
        prompts.step(&showing(Input::Empty), now + UNSURE * 3),
        Step::Write(b"first".into())
    );
}
