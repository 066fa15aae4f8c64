//! What an agent has used: read from what its program tells, by the profile's rules, and added up. Pure.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::hook::text_at;
use super::profile::{Pattern, list};
use crate::protocol::agent::Usage as Told;

/// So many of the last messages may be told again, with more in them: programs write one for each of its parts.
const RECENT: usize = 16;

/// Where a program tells model, cost and tokens.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Usage {
    /// In a hook's event.
    pub hook: Option<Meter>,
    /// In the lines of the file that it keeps of a conversation, and names as `transcript`; each a JSON object.
    pub transcript: Option<Meter>,
    /// Where that file is if no hook names it: a pattern with `*`, `~`, `{conversation}`, and `{start}` for its first eight
    /// characters.
    pub file: Option<String>,
    /// In a line that it prints: groups `model`, `cost`, `tokens_in`, `tokens_out`, `cached`.
    pub printed: Option<Pattern>,
    /// In the answer of its one-shot form: for whoever runs that, see `agent.profiles`.
    pub once: BTreeMap<String, String>,
}

/// Where in a JSON object it stands: paths such as `info.tokens.input`, of which several are added.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Meter {
    /// Only in this event of a hook.
    pub event: String,
    /// Only if this is so: paths, each with its text.
    pub when: BTreeMap<String, String>,
    /// What names the message: told again, it counts once, as it was told last.
    pub message: Option<String>,
    /// The numbers are sums since the beginning, not those of one message.
    pub total: bool,
    /// The model.
    pub model: Option<String>,
    /// Cost in US dollars.
    #[serde(deserialize_with = "list")]
    pub cost: Vec<String>,
    /// Tokens that the model was sent, those of its cache too.
    #[serde(deserialize_with = "list")]
    pub tokens_in: Vec<String>,
    /// Tokens that it has answered with.
    #[serde(deserialize_with = "list")]
    pub tokens_out: Vec<String>,
    /// Tokens of `tokens_in` that came from its cache.
    #[serde(deserialize_with = "list")]
    pub cached: Vec<String>,
    /// Tokens that are in its context.
    #[serde(deserialize_with = "list")]
    pub context: Vec<String>,
    /// Tokens that its context holds.
    pub window: Option<String>,
}

/// What can be added up; none where it was never told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    pub cost: Option<f64>,
    pub tokens_in: Option<u64>,
    pub tokens_out: Option<u64>,
    pub cached: Option<u64>,
}

impl Figures {
    fn each(self, other: Self, of: fn(f64, f64) -> f64, tokens: fn(u64, u64) -> u64) -> Self {
        fn both<T: Default>(a: Option<T>, b: Option<T>, of: fn(T, T) -> T) -> Option<T> {
            (a.is_some() || b.is_some()).then(|| of(a.unwrap_or_default(), b.unwrap_or_default()))
        }
        Self {
            cost: both(self.cost, other.cost, of),
            tokens_in: both(self.tokens_in, other.tokens_in, tokens),
            tokens_out: both(self.tokens_out, other.tokens_out, tokens),
            cached: both(self.cached, other.cached, tokens),
        }
    }

    fn plus(self, other: Self) -> Self {
        self.each(other, |a, b| a + b, u64::saturating_add)
    }

    fn minus(self, other: Self) -> Self {
        self.each(other, |a, b| (a - b).max(0.0), u64::saturating_sub)
    }
}

/// What was told at one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub message: Option<String>,
    pub total: bool,
    pub model: Option<String>,
    pub figures: Figures,
    pub context: Option<u64>,
    pub window: Option<u64>,
}

impl Meter {
    /// What an object tells, if it is one that does.
    pub fn read(&self, object: &Json) -> Option<Reading> {
        let is = |(place, text): (&String, &String)| text_at(object, place).as_ref() == Some(text);
        if !self.when.iter().all(is) {
            return None;
        }
        let number = |place: &String| object.pointer(&pointer(place))?.as_u64();
        let sum = |places: &[String]| places.iter().filter_map(number).reduce(u64::saturating_add);
        let cost = |place: &String| object.pointer(&pointer(place))?.as_f64();
        let figures = Figures {
            cost: self.cost.iter().filter_map(cost).reduce(|a, b| a + b),
            tokens_in: sum(&self.tokens_in),
            tokens_out: sum(&self.tokens_out),
            cached: sum(&self.cached),
        };
        let text = |place: &Option<String>| text_at(object, place.as_ref()?);
        // What a program puts there for an answer that no model gave, such as `<synthetic>`, is none.
        let model = text(&self.model).filter(|model| !model.is_empty() && !model.starts_with('<'));
        let window = self.window.as_ref().and_then(number);
        let (context, message) = (sum(&self.context), text(&self.message));
        let told = model.is_some() || figures != Figures::default() || context.is_some();
        told.then_some(Reading { message, total: self.total, model, figures, context, window })
    }
}

fn pointer(place: &str) -> String {
    format!("/{}", place.replace('.', "/"))
}

/// What a printed line tells.
pub fn printed(pattern: &Pattern, line: &str) -> Option<Reading> {
    let groups = pattern.0.captures(line)?;
    let text = |name: &str| groups.name(name).map(|found| found.as_str());
    let tokens = |name: &str| text(name).and_then(rounded);
    let cost = text("cost").and_then(|cost| cost.parse().ok());
    let model = text("model").map(str::to_owned);
    let (tokens_in, tokens_out, cached) =
        (tokens("tokens_in"), tokens("tokens_out"), tokens("cached"));
    Some(Reading {
        model,
        figures: Figures { cost, tokens_in, tokens_out, cached },
        ..Reading::default()
    })
}

/// A number as people write it: `812`, `2.3k`, `1,204`, `1.1M`.
fn rounded(text: &str) -> Option<u64> {
    let text = text.replace(',', "");
    let (digits, times) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1e3),
        None => text.strip_suffix('M').map_or((&*text, 1.0), |digits| (digits, 1e6)),
    };
    let number: f64 = digits.parse().ok().filter(|number: &f64| *number >= 0.0)?;
    Some((number * times).round() as u64)
}

/// What an agent has used so far. Read by other builds too: what is added must have a default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Of all messages.
    sum: Figures,
    /// Messages that may be told again, with what they have in the sum.
    recent: VecDeque<(String, Figures)>,
    /// What the program has added up itself, of its present file.
    total: Figures,
    context: Option<u64>,
    window: Option<u64>,
    /// The file that was read last, and up to where.
    pub file: Option<(String, u64)>,
    /// Files that were read before, and up to where: a conversation may go on in one of them.
    left: VecDeque<(String, u64)>,
    /// The line up to which was looked for what it prints.
    pub line: u64,
}

impl Tally {
    /// Takes what was told.
    pub fn take(&mut self, reading: Reading) {
        let Reading { message, total, figures, context, window, .. } = reading;
        self.context = context.or(self.context);
        self.window = window.or(self.window);
        if total {
            self.total = figures;
            return;
        }
        let known = message.as_ref().and_then(|message| {
            let place = self.recent.iter().position(|(known, _)| known == message)?;
            self.recent.remove(place)
        });
        if let Some((_, before)) = known {
            self.sum = self.sum.minus(before);
        }
        self.sum = self.sum.plus(figures);
        if let Some(message) = message {
            self.recent.push_back((message, figures));
            self.recent.drain(..self.recent.len().saturating_sub(RECENT));
        }
    }

    /// Whether that is the file that was read last.
    pub fn is_in(&self, file: &str) -> bool {
        self.file.as_ref().is_some_and(|(path, _)| path == file)
    }

    /// Up to where a file was read.
    pub fn place_in(&self, file: &str) -> u64 {
        let known = self.file.iter().chain(&self.left).find(|(path, _)| path == file);
        known.map_or(0, |(_, next)| *next)
    }

    /// A file was read up to there. The program's own sums begin anew in another one.
    pub fn turn_to(&mut self, file: String, next: u64) {
        if !self.is_in(&file) {
            self.sum = self.sum.plus(std::mem::take(&mut self.total));
            self.left.retain(|(path, _)| *path != file);
            self.left.extend(self.file.take());
            self.left.drain(..self.left.len().saturating_sub(RECENT));
        }
        self.file = Some((file, next));
    }

    /// As it is told.
    pub fn told(&self) -> Told {
        let Figures { cost, tokens_in, tokens_out, cached } = self.sum.plus(self.total);
        let left = self.window.zip(self.context).map(|(all, used)| all.saturating_sub(used));
        Told { cost, tokens_in, tokens_out, cached, context: self.context, context_left: left }
    }
}

#[cfg(test)]
#[path = "usage_tests.rs"]
mod tests;
