//! What follows from which signs, and when.

use super::*;

fn sign(says: Says, at: Millis) -> Sign {
    Sign { says, rule: String::new(), text: String::new(), at }
}

fn heard(signs: &[(Source, Says, Millis)]) -> Signs {
    let mut all = Signs::new(0, false);
    signs.iter().for_each(|&(source, says, at)| all.hear(source, sign(says, at)));
    all
}

use Says::{Background, Blocked, Done, Started, Waiting, Working};
use Source::{Hook, Screen, Sequence};

#[test]
fn the_most_trustworthy_that_has_spoken_is_believed() {
    for (signs, now, wanted) in [
        (&[][..], 0, Status::Starting),
        (&[], START, Status::Unknown),
        (&[(Screen, Working, 0)], 0, Status::Working),
        (&[(Screen, Done, 0), (Hook, Working, 10)], 5_000, Status::Working),
        // A question that stands there is one, whatever was told.
        (&[(Hook, Working, 0), (Screen, Blocked, 5)], 5, Status::Blocked),
        (&[(Screen, Blocked, 5), (Hook, Working, 10)], 10, Status::Blocked),
        // It was answered: no hook tells of that.
        (&[(Hook, Blocked, 0), (Screen, Working, 100)], 100 + SETTLED, Status::Working),
        // A turn that was interrupted: no hook tells of that either.
        (&[(Hook, Working, 0), (Screen, Done, 100)], 100 + STALE - 1, Status::Working),
        (&[(Hook, Working, 0), (Screen, Done, 100)], 100 + STALE, Status::Idle),
        // A title tells that it works all the time: the screen shows a draft, or the end of the turn before.
        (
            &[(Hook, Working, 0), (Screen, Done, 100), (Sequence, Working, 4_000)],
            4_050,
            Status::Working,
        ),
        (
            &[(Hook, Working, 0), (Sequence, Working, 50), (Screen, Done, 100)],
            100 + STALE,
            Status::Idle,
        ),
        // A title that says no more than that it waits.
        (&[(Hook, Blocked, 0), (Sequence, Waiting, 10)], 60_000, Status::Blocked),
        (&[(Hook, Working, 0), (Sequence, Waiting, 10)], 10 + STALE, Status::Idle),
        // That it was interrupted stands there.
        (&[(Hook, Working, 0), (Screen, Says::Over, 100)], 100 + SETTLED - 1, Status::Working),
        (&[(Hook, Working, 0), (Screen, Says::Over, 100)], 100 + SETTLED, Status::Idle),
        (&[(Hook, Working, 0), (Sequence, Says::Over, 100)], 100 + SETTLED, Status::Idle),
        // Nobody has asked it to work: it only starts.
        (&[(Sequence, Done, 0), (Sequence, Working, 500)], 500 + TURN - 1, Status::Idle),
        (&[(Sequence, Done, 0), (Sequence, Working, 500)], 500 + TURN, Status::Working),
        // What it waits for may be about to be drawn.
        (&[(Sequence, Working, 0), (Sequence, Waiting, 10)], 10, Status::Working),
        (&[(Sequence, Working, 0), (Sequence, Waiting, 10)], 10 + SETTLED, Status::Idle),
        (&[(Sequence, Working, 0), (Sequence, Waiting, 10), (Screen, Done, 10)], 10, Status::Idle),
        (&[(Screen, Done, 0), (Hook, Started, 10)], 10 + SETTLED, Status::Idle),
        // The turn is over, and a shell of it goes on.
        (&[(Screen, Background, 0), (Hook, Done, 10)], 60_000, Status::Working),
        (&[(Hook, Done, 0), (Screen, Background, 10)], 10, Status::Working),
        // Only the screen: its prompt may flash between two steps.
        (&[(Screen, Working, 0), (Screen, Done, 50)], 60, Status::Working),
        (&[(Screen, Working, 0), (Screen, Done, 50)], 50 + SETTLED, Status::Idle),
    ] {
        let concluded = heard(signs).conclude(now);
        assert_eq!(concluded.status, wanted, "{signs:?} at {now}: {concluded:?}");
    }
}

#[test]
fn time_alone_changes_a_conclusion_only_when_it_was_said_that_it_may() {
    let cases: &[&[(Source, Says, Millis)]] = &[
        &[],
        &[(Hook, Working, 0), (Screen, Done, 100)],
        &[(Screen, Working, 0), (Screen, Done, 50)],
        &[(Hook, Blocked, 0), (Screen, Working, 100)],
    ];
    for signs in cases {
        let signs = heard(signs);
        let mut now = 200;
        let mut concluded = signs.conclude(now);
        while let Some(again) = concluded.again {
            assert!(again > now, "{concluded:?}");
            let before = signs.conclude(again - 1);
            assert_eq!((before.status, before.source), (concluded.status, concluded.source));
            (now, concluded) = (again, signs.conclude(again));
        }
        assert_eq!(signs.conclude(now + 1_000_000).status, concluded.status);
    }
}

#[test]
fn what_was_submitted_is_worked_on_until_another_word_or_for_some_seconds() {
    let then = 10_000;
    for (signs, now, wanted) in [
        (&[(Screen, Done, 0)][..], then, Status::Working),
        (&[(Screen, Done, 0)], then + BEGIN - 1, Status::Working),
        (&[(Screen, Done, 0)], then + BEGIN, Status::Idle),
        (&[(Hook, Started, 0), (Screen, Done, 1)], then, Status::Working),
        // It has begun, and one source is behind the other.
        (&[(Sequence, Done, 0), (Screen, Working, then + 10)], then + 20, Status::Working),
        (&[(Screen, Done, 0), (Hook, Started, then + 10)], then + 20, Status::Working),
        // It was quick.
        (&[(Screen, Done, 0), (Hook, Done, then + 10)], then + 20, Status::Idle),
        // An answer is no prompt, and what was typed ahead none yet.
        (&[(Hook, Blocked, 0)], then, Status::Blocked),
        (&[], then, Status::Starting),
    ] {
        let mut signs = heard(signs);
        signs.started = then;
        signs.submit(then);
        let concluded = signs.conclude(now);
        assert_eq!(concluded.status, wanted, "{signs:?} at {now}: {concluded:?}");
    }
}

#[test]
fn where_only_the_screen_tells_what_goes_on_behind_a_turn_its_end_waits_for_the_screen() {
    let turn = [(Hook, Working, 0), (Screen, Working, 10), (Hook, Done, 1_000)];
    let ended = |draws_background| {
        let mut signs = heard(&[]);
        signs.draws_background = draws_background;
        turn.iter().for_each(|&(source, says, at)| signs.hear(source, sign(says, at)));
        signs
    };
    assert_eq!(ended(false).conclude(1_000).status, Status::Idle);
    let mut signs = ended(true);
    let concluded = signs.conclude(1_000);
    assert_eq!((concluded.status, concluded.again), (Status::Working, Some(1_000 + DRAWN)));
    assert_eq!(signs.conclude(1_000 + DRAWN).status, Status::Idle);
    signs.hear(Screen, sign(Done, 1_050));
    assert_eq!(signs.conclude(1_050).status, Status::Idle);
    signs.hear(Screen, sign(Background, 1_100));
    assert_eq!(signs.conclude(60_000).status, Status::Working);
}

#[test]
fn a_question_that_is_drawn_anew_has_not_gone_meanwhile() {
    let mut signs = heard(&[(Sequence, Done, 0), (Screen, Blocked, 1_000)]);
    signs.lose(2_000);
    let concluded = signs.conclude(2_000 + SETTLED - 1);
    assert_eq!((concluded.status, concluded.again), (Status::Blocked, Some(2_000 + SETTLED)));
    assert_eq!(signs.conclude(2_000 + SETTLED).status, Status::Idle);
    signs.hear(Hook, sign(Working, 2_010));
    assert_eq!(signs.conclude(2_010).status, Status::Working);
}

#[test]
fn a_screen_between_two_others_changes_nothing_and_one_that_stays_unknown_is() {
    let mut signs = heard(&[(Screen, Working, 0)]);
    signs.lose(10);
    signs.lose(500);
    assert_eq!(signs.conclude(10 + BETWEEN - 1).status, Status::Working);
    assert_eq!(signs.conclude(10 + BETWEEN).status, Status::Unknown);
    signs.hear(Screen, sign(Working, 5_000));
    assert_eq!(signs.conclude(5_000).status, Status::Working);
    signs.end(sign(Says::Ended, 6_000));
    signs.hear(Hook, sign(Working, 7_000));
    assert_eq!(signs.conclude(8_000).status, Status::Exited);
}

#[test]
fn a_screen_that_never_shows_what_goes_on_behind_a_turn_says_nothing_of_its_end() {
    for (hides, wanted) in [(true, Status::Working), (false, Status::Idle)] {
        let mut signs = Signs::new(0, false).hiding_background(hides);
        signs.hear(Screen, sign(Working, 0));
        signs.hear(Hook, sign(Background, 10));
        signs.hear(Screen, sign(Done, 20));
        assert_eq!(signs.conclude(20 + STALE - 1).status, Status::Working);
        assert_eq!(signs.conclude(60_000).status, wanted, "{hides}");
        signs.hear(Screen, sign(Blocked, 70_000));
        assert_eq!(signs.conclude(70_000).status, Status::Blocked);
        signs.hear(Hook, sign(Done, 80_000));
        signs.hear(Screen, sign(Done, 80_000));
        assert_eq!(signs.conclude(90_000).status, Status::Idle);
    }
}

#[test]
fn an_end_that_is_told_again_is_no_word_against_what_was_submitted_meanwhile() {
    for (tells_begin, wanted) in [(true, Status::Working), (false, Status::Idle)] {
        let mut signs =
            heard(&[(Hook, Working, 0), (Hook, Done, 1_000)]).telling_begin(tells_begin);
        signs.submit(1_100);
        signs.hear(Hook, sign(Done, 1_150));
        assert_eq!(signs.conclude(1_150).status, wanted);
    }
}

#[test]
fn a_screen_that_still_draws_the_end_before_is_no_word_against_what_was_submitted() {
    for (tells_begin, wanted) in [(true, Status::Working), (false, Status::Idle)] {
        let mut signs =
            heard(&[(Hook, Working, 0), (Hook, Done, 1_000)]).telling_begin(tells_begin);
        signs.submit(1_100);
        signs.hear(Screen, sign(Done, 1_150));
        assert_eq!(signs.conclude(1_150 + SETTLED).status, wanted);
        assert_eq!(signs.conclude(1_150 + STALE).status, Status::Idle);
    }
}
