//! The prompt that an agent was started with: until its program has begun with it, it starts, though it may look as if it waited for one.

use super::profile::Profile;
use super::signs::{Conclusion, Millis, STALE, Says, Sign};
use crate::protocol::agent::{Source, Status};

/// A program that looks as if it waited for a prompt begins with the one that it has within this time, or not at all.
pub const PATIENCE: Millis = 15_000;

/// Who works for so long, by what its screen or a sequence says, does what it was started with, though no hook of it says so.
/// For less, it may only start: codex calls itself at work for two seconds then.
const SURE: Millis = 10_000;

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// There is none, or it is typed.
    #[default]
    None,
    /// It was passed as an argument.
    Passed,
    /// It is worked on, or was.
    Begun,
}

/// The prompt that an agent was started with.
#[derive(Clone, Debug, Default)]
pub struct First {
    stage: Stage,
    /// For so long it must work until it has begun, where no hook says so.
    sure: Millis,
    /// Since when a source that is no hook says that it works.
    works: Option<(Source, Millis)>,
    sign: Option<Sign>,
}

impl First {
    /// Of a program that has got it as an argument, at that moment.
    pub fn passed(profile: &Profile, at: Millis) -> Self {
        let (rule, text) = ("first prompt".into(), "it has not begun with that yet".into());
        let sign = Some(Sign { says: Says::Starting, rule, text, at });
        let sure = if profile.tells_begin() { SURE } else { 0 };
        Self { stage: Stage::Passed, sure, works: None, sign }
    }

    /// Whether it was passed, and is not begun.
    pub fn is_owed(&self) -> bool {
        self.stage == Stage::Passed
    }

    /// Whether it was begun.
    pub fn has_begun(&self) -> bool {
        self.stage == Stage::Begun
    }

    /// That it is awaited.
    pub fn sign(&self) -> Option<&Sign> {
        self.sign.as_ref().filter(|_| self.is_owed())
    }

    /// A source says something, and whether one that is believed before it has ever spoken.
    pub fn hear(&mut self, source: Source, sign: &Sign, is_best: bool) {
        if !self.is_owed() {
            return;
        }
        let works = matches!(sign.says, Says::Working | Says::Background);
        // What a better source has not told may be so, and is not believed yet.
        let sure = self.sure.max(if is_best { 0 } else { STALE });
        let long = |since: Millis| sign.at >= since + sure;
        match self.works.filter(|(by, _)| *by == source) {
            Some((_, since)) if long(since) => self.stage = Stage::Begun,
            Some(_) if !works => self.works = None,
            _ if works && (source == Source::Hook || sure == 0) => self.stage = Stage::Begun,
            _ if works => _ = self.works.get_or_insert((source, sign.at)),
            _ => {}
        }
    }

    /// What follows, of what would follow without it. `since` is when anything was said last.
    pub fn awaited(&self, concluded: Conclusion, since: Millis, now: Millis) -> Conclusion {
        let due = since + PATIENCE;
        if !self.is_owed() || concluded.status != Status::Idle || now >= due {
            return concluded;
        }
        Conclusion {
            status: Status::Starting,
            source: Some(Source::Prompt),
            reason: "it was started with a prompt, and has not begun with it yet",
            again: concluded.again.into_iter().chain([due]).min(),
        }
    }

    /// It rests and does not begin: nobody waits for that any more. Whether that is news.
    pub fn give_up(&mut self, concluded: &Conclusion) -> bool {
        let over = self.is_owed() && concluded.status == Status::Idle;
        if over {
            self.stage = Stage::None;
        }
        over
    }
}

#[cfg(test)]
#[path = "first_tests.rs"]
mod tests;
