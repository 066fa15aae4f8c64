//! What a person can do about an agent that does not get on: pure.

use super::profile::Profile;
use crate::fault::Fault;
use crate::protocol::agent::{Advice, Status};
use crate::protocol::terminal::Exit;

/// A program that ends so soon after its start has not done what it was started for.
const SOON: u64 = 10_000;

/// So many of its last lines say why.
const LINES: usize = 4;

/// What is known of it.
pub struct Case<'a> {
    pub name: &'a str,
    pub status: Status,
    /// Why it was not given what it was started with.
    pub lost: Option<&'a Fault>,
    /// What a screen says that a person has to do first.
    pub needs: Option<&'a str>,
    pub exit: Option<&'a Exit>,
    /// How long it ran, in milliseconds; none where that began before this daemon.
    pub ran: Option<u64>,
    /// Its screen.
    pub lines: &'a [String],
    /// Whether it can be brought back with its conversation.
    pub resumes: bool,
}

/// What to do, if there is something.
pub fn advice(profile: &Profile, case: &Case<'_>) -> Option<Advice> {
    let title = &profile.title;
    let told = |text: String, hint: String| Some(Advice { text, hint });
    let login = case.needs == Some("login") && !profile.login.is_empty();
    match case.exit.filter(|_| case.status == Status::Exited) {
        None if login => told(format!("{title} is not logged in"), profile.login.clone()),
        None if case.lost.is_some() => case.lost.and_then(|fault| {
            let text = format!("{} was not told its first prompt: {}", case.name, fault.message);
            told(text, format!(":Orchflow attach {}", case.name))
        }),
        None => profile.broken.as_ref().and_then(|why| {
            let text =
                format!("its profile is broken, and the one of {:?} is used: {why}", profile.name);
            told(text, "mend it, then :Orchflow restart".into())
        }),
        Some(exit) => {
            let how = match &exit.signal {
                Some(signal) => format!("was ended by {signal}"),
                None if exit.code < 0 => "has ended".into(),
                None => format!("has ended with code {}", exit.code),
            };
            let soon = case.ran.filter(|ran| *ran < SOON && exit.code != 0 && !is_wished(exit));
            if let Some(ran) = soon {
                let after = format!("{title} {how} {:.1} s after its start", ran as f64 / 1000.0);
                return told(after + &last(case.lines), again(case, profile, login));
            }
            told(format!("{title} {how}"), again(case, profile, login))
        }
    }
}

/// HUP, INT, KILL and TERM are somebody's wish.
fn is_wished(exit: &Exit) -> bool {
    matches!(exit.code, 129 | 130 | 137 | 143)
}

fn again(case: &Case<'_>, profile: &Profile, login: bool) -> String {
    match case.name {
        _ if login => profile.login.clone(),
        name if case.resumes => format!(":Orchflow resume {name}"),
        name => format!(":Orchflow close {name}"),
    }
}

/// What it has said at last.
fn last(lines: &[String]) -> String {
    let used: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|l| !l.is_empty()).collect();
    match &used[used.len().saturating_sub(LINES)..] {
        [] => String::new(),
        last => super::signs::cut(&format!(": {}", last.join(" / "))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn whoever_does_not_get_on_is_told_what_to_type() {
        let text = "name = 'x'\ntitle = 'X'\ncommand = ['x']\nlogin = 'x login'";
        let profile = Profile::parse(text, Path::new("x.toml")).unwrap();
        let lines = ["", "no such option", "--colour", ""].map(str::to_owned);
        let exit =
            |code, signal: Option<&str>| Some(Exit { code, signal: signal.map(str::to_owned) });
        let case = |status, needs, exit: Option<Exit>, ran, resumes| {
            let exit = exit.as_ref();
            let lost = None;
            let case =
                Case { name: "mine", status, lost, needs, exit, ran, lines: &lines, resumes };
            advice(&profile, &case).map(|advice| (advice.text, advice.hint))
        };
        let is = |text: &str, hint: &str| Some((text.to_owned(), hint.to_owned()));
        use Status::{Blocked, Exited, Working};
        assert_eq!(case(Working, None, None, Some(1), true), None);
        assert_eq!(
            case(Blocked, Some("login"), None, None, true),
            is("X is not logged in", "x login")
        );
        assert_eq!(
            case(Exited, None, exit(2, None), Some(400), false),
            is(
                "X has ended with code 2 0.4 s after its start: no such option / --colour",
                ":Orchflow close mine"
            )
        );
        assert_eq!(
            case(Exited, Some("login"), exit(2, None), Some(60_000), true),
            is("X has ended with code 2", "x login")
        );
        assert_eq!(
            case(Exited, None, exit(0, None), Some(400), true),
            is("X has ended with code 0", ":Orchflow resume mine")
        );
        assert_eq!(
            case(Exited, None, exit(137, Some("KILL")), Some(400), true),
            is("X was ended by KILL", ":Orchflow resume mine")
        );
        assert_eq!(
            case(Exited, None, exit(-1, None), None, true),
            is("X has ended", ":Orchflow resume mine")
        );
    }
}
