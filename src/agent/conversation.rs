//! Which arguments bring a conversation back, by the profile: pure, but for the random name of a new one.

use super::profile::Profile;
use crate::fault::{Fault, Kind, Result};

/// Arguments with which the program goes on with a conversation, or with a copy of it. Without its name: with the one that was
/// last in the directory, whosever that was.
pub fn resuming(profile: &Profile, conversation: Option<&str>, fork: bool) -> Result<Vec<String>> {
    let ways = &profile.conversation;
    let way = match conversation {
        _ if fork && ways.fork.is_empty() => {
            let message = format!("{} cannot go on with a copy of a conversation", profile.title);
            let fault = Fault::new(Kind::Unsupported, message);
            return Err(fault.hint("without fork it may go on with the conversation itself"));
        }
        Some(_) if fork => &ways.fork,
        None if fork => return Err(unnamed(profile)),
        // It has one in each directory.
        Some(_) if ways.resume.is_empty() => &ways.latest,
        Some(_) => &ways.resume,
        None => &ways.latest,
    };
    if way.is_empty() {
        return Err(if ways.resume.is_empty() { unable(profile) } else { unnamed(profile) });
    }
    let name = conversation.unwrap_or_default();
    Ok(way.iter().map(|word| word.replace("{conversation}", name)).collect())
}

/// Arguments that bring an agent back with the conversation that it has had. One that tells its conversations and has told none
/// had none: it begins, and does not take over another's.
pub fn bringing_back(profile: &Profile, conversation: Option<&str>) -> Result<Vec<String>> {
    let can = !profile.conversation.resume.is_empty();
    match conversation {
        None if can && profile.tells_conversation() => Ok(Vec::new()),
        _ => resuming(profile, conversation, false),
    }
}

fn unable(profile: &Profile) -> Fault {
    let message = format!("{} cannot go on with an earlier conversation", profile.title);
    let hint = format!(":Orchflow agent {}", profile.name);
    Fault::new(Kind::Unsupported, message).hint(hint)
}

fn unnamed(profile: &Profile) -> Fault {
    let message = format!("{} has not told which conversation that is", profile.title);
    Fault::new(Kind::Conflict, message).hint("conversation = \"its name\"")
}

/// Arguments that begin a conversation under a name of ours, where the program takes one and the person has not given such
/// arguments; with that name.
pub fn naming(profile: &Profile, args: &[String]) -> Option<(Vec<String>, String)> {
    let ways = &profile.conversation;
    let all = [&ways.name, &ways.resume, &ways.latest, &ways.fork].into_iter().flatten();
    let flags = all.filter(|word| word.starts_with('-')).filter_map(|word| word.split('=').next());
    let known: Vec<&str> = flags.collect();
    let own = args.iter().filter_map(|arg| arg.split('=').next()).any(|arg| known.contains(&arg));
    if ways.name.is_empty() || own {
        return None;
    }
    let name = uuid()?;
    Some((ways.name.iter().map(|word| word.replace("{conversation}", &name)).collect(), name))
}

/// A random one (version 4); None where the system gives no random numbers.
fn uuid() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let parts = [&bytes[..4], &bytes[4..6], &bytes[6..8], &bytes[8..10], &bytes[10..]];
    Some(parts.map(hex).join("-"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn profile(conversation: &str) -> Profile {
        let text =
            format!("name = 'x'\ntitle = 'X'\ncommand = ['x']\n[conversation]\n{conversation}");
        Profile::parse(&text, Path::new("x.toml")).unwrap()
    }

    #[test]
    fn a_conversation_comes_back_in_the_way_that_its_program_knows() {
        let all = profile(
            "resume = ['--resume', '{conversation}']\nfork = ['--fork={conversation}']\nlatest = ['--continue']",
        );
        let one = profile("latest = ['--restore']");
        let none = profile("");
        for (profile, conversation, fork, wanted) in [
            (&all, Some("c 1"), false, Ok(vec!["--resume", "c 1"])),
            (&all, Some("c 1"), true, Ok(vec!["--fork=c 1"])),
            (&all, None, false, Ok(vec!["--continue"])),
            (&all, None, true, Err(Kind::Conflict)),
            (&one, Some("c 1"), false, Ok(vec!["--restore"])),
            (&one, None, false, Ok(vec!["--restore"])),
            (&one, Some("c 1"), true, Err(Kind::Unsupported)),
            (&none, Some("c 1"), false, Err(Kind::Unsupported)),
            (&none, None, false, Err(Kind::Unsupported)),
        ] {
            let args = resuming(profile, conversation, fork);
            if let Err(fault) = &args {
                assert!(fault.hint.is_some(), "{fault}");
            }
            let args = args.map_err(|fault| fault.kind);
            let wanted = wanted.map(|words| words.into_iter().map(str::to_owned).collect());
            assert_eq!(args, wanted, "{conversation:?} {fork}");
        }
    }

    #[test]
    fn an_agent_that_tells_its_conversations_and_has_told_none_begins_one() {
        let ways = "resume = ['--resume', '{conversation}']\nlatest = ['--continue']\n";
        let hook = "[hooks.events]\nStart = { signal = 'started', keep = { conversation = 'id' } }";
        let (telling, silent) = (profile(&format!("{ways}{hook}")), profile(ways));
        assert_eq!(bringing_back(&telling, None), Ok(Vec::new()));
        assert_eq!(bringing_back(&telling, Some("c")).unwrap(), ["--resume", "c"]);
        assert_eq!(bringing_back(&silent, None).unwrap(), ["--continue"]);
    }

    #[test]
    fn a_new_conversation_has_a_name_of_ours_unless_the_person_names_one() {
        let named = profile(
            "name = ['--session-id', '{conversation}']\nresume = ['--resume={conversation}']",
        );
        let (args, name) = naming(&named, &[]).unwrap();
        assert_eq!(args, ["--session-id", &name]);
        assert_eq!((name.len(), &name[14..15]), (36, "4"));
        assert_ne!(naming(&named, &[]).unwrap().1, name);
        for own in ["--session-id", "--resume", "--resume=x"] {
            assert_eq!(naming(&named, &[own.to_owned(), "x".into()]), None);
        }
        assert_eq!(naming(&profile(""), &[]), None);
    }
}
