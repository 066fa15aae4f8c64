//! How often an editor is told that agents have changed: at once as long as people do it, and never so often that hearing
//! of it costs the editor more than showing it. Pure.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::ids::AgentId;
use crate::protocol::agent::Info;

/// So many come at once, and after them one in this time. What is held meanwhile is the last of each agent, so that it is
/// bounded by how many there are.
const BURST: u32 = 50;
const EACH: Duration = Duration::from_millis(20);

/// What was told, and what is held.
#[derive(Debug)]
pub(super) struct Pacing {
    /// How many can be told at once.
    left: u32,
    /// When one more can be.
    refilled: Option<Instant>,
    held: BTreeMap<AgentId, Info>,
    /// Whose turn it is.
    order: VecDeque<AgentId>,
}

impl Default for Pacing {
    fn default() -> Self {
        Self { left: BURST, refilled: None, held: BTreeMap::new(), order: VecDeque::new() }
    }
}

impl Pacing {
    fn refill(&mut self, now: Instant) {
        let since = *self.refilled.get_or_insert(now);
        let more = now.saturating_duration_since(since).as_micros() / EACH.as_micros();
        if more > 0 {
            self.left = self.left.saturating_add(u32::try_from(more).unwrap_or(BURST)).min(BURST);
            self.refilled = Some(now);
        }
    }

    /// Whether this is told now. Otherwise it is held, in the place of an earlier one of the same agent.
    pub fn admit(&mut self, info: &Info, now: Instant) -> bool {
        self.refill(now);
        let waits = self.held.contains_key(&info.id);
        if !waits && self.left > 0 && self.order.is_empty() {
            self.left -= 1;
            return true;
        }
        if !waits {
            self.order.push_back(info.id);
        }
        self.held.insert(info.id, info.clone());
        false
    }

    /// The next one that was held, if it is time for it.
    pub fn release(&mut self, now: Instant) -> Option<Info> {
        self.refill(now);
        if self.left == 0 {
            return None;
        }
        let next = self.release_any()?;
        self.left -= 1;
        Some(next)
    }

    /// The next one that was held, whatever the time is.
    pub fn release_any(&mut self) -> Option<Info> {
        self.order.pop_front().and_then(|id| self.held.remove(&id))
    }

    /// When the next one is due.
    pub fn due(&self) -> Option<Instant> {
        let refilled = self.refilled.filter(|_| !self.order.is_empty())?;
        Some(if self.left > 0 { refilled } else { refilled + EACH })
    }

    /// An agent is gone: nobody is to hear of it after that.
    pub fn forget(&mut self, id: AgentId) {
        if self.held.remove(&id).is_some() {
            self.order.retain(|other| *other != id);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn info(id: u64, for_ms: u64) -> Info {
        let info = json!({
            "id": AgentId(id), "name": "x", "terminal": format!("t{id}"), "profile": "x", "cwd": "/", "status": "working",
            "evidence": {"rule": "", "text": "", "age_ms": 0}, "for_ms": for_ms,
        });
        serde_json::from_value(info).unwrap()
    }

    #[test]
    fn what_people_do_is_told_at_once_and_a_flood_as_often_as_an_editor_bears_it() {
        let start = Instant::now();
        let mut pacing = Pacing::default();
        for number in 0..u64::from(BURST) {
            assert!(pacing.admit(&info(number % 3, number), start));
        }
        assert_eq!(pacing.due(), None);
        for number in 0..1000 {
            assert!(!pacing.admit(&info(number % 3, number), start));
        }
        assert_eq!(pacing.release(start), None);
        assert_eq!(pacing.due(), Some(start + EACH));
        // The last of each, in the order in which they began to wait.
        let told: Vec<(u64, u64)> = (1..=3)
            .filter_map(|turn| pacing.release(start + EACH * turn))
            .map(|info| (info.id.0, info.for_ms))
            .collect();
        assert_eq!(told, [(0, 999), (1, 997), (2, 998)]);
        assert_eq!(pacing.due(), None);
        assert!(pacing.admit(&info(1, 0), start + Duration::from_secs(1)));
    }

    #[test]
    fn who_is_gone_is_not_told_of_any_more() {
        let start = Instant::now();
        let mut pacing = Pacing { left: 0, refilled: Some(start), ..Pacing::default() };
        assert!(!pacing.admit(&info(1, 1), start) && !pacing.admit(&info(2, 2), start));
        pacing.forget(AgentId(1));
        assert_eq!(pacing.release_any().map(|info| info.id), Some(AgentId(2)));
        assert_eq!(pacing.release_any().map(|info| info.id), None);
    }
}
