//! How often an editor is told that agents have changed: at once as long as people do it, and never so often that hearing
//! of it costs the editor more than showing it. Another status overtakes what is only said of the same one. Pure.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::ids::AgentId;
use crate::protocol::agent::{Info, Status};

/// So many come at once, and after them one in this time. What is held meanwhile is the last of each agent, so that it is
/// bounded by how many there are.
const BURST: u32 = 50;
const EACH: Duration = Duration::from_millis(20);

/// What an agent does in the same status, in a flood of that: nobody reads it as quickly, and a board shows it anyway.
const DETAIL: Duration = Duration::from_millis(100);

/// What was told, and what is held.
#[derive(Debug)]
pub(super) struct Pacing {
    /// How many can be told at once.
    left: u32,
    /// When one more can be.
    refilled: Option<Instant>,
    /// In which status each was told to be last.
    told: BTreeMap<AgentId, Status>,
    held: BTreeMap<AgentId, Info>,
    /// Whose turn it is, of those with another status than was told,
    urgent: VecDeque<AgentId>,
    /// and then of the others.
    order: VecDeque<AgentId>,
    /// When one of those comes next.
    detail: Option<Instant>,
}

impl Default for Pacing {
    fn default() -> Self {
        let (told, held) = (BTreeMap::new(), BTreeMap::new());
        let (urgent, order) = (VecDeque::new(), VecDeque::new());
        Self { left: BURST, refilled: None, told, held, urgent, order, detail: None }
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
        if !waits && self.left > 0 && self.urgent.is_empty() && self.order.is_empty() {
            self.left -= 1;
            self.told.insert(info.id, info.status);
            return true;
        }
        let is_urgent = self.told.get(&info.id) != Some(&info.status);
        if is_urgent && !self.urgent.contains(&info.id) {
            self.order.retain(|other| *other != info.id);
            self.urgent.push_back(info.id);
        } else if !waits {
            self.order.push_back(info.id);
        }
        self.held.insert(info.id, info.clone());
        self.detail = self.detail.or(Some(now + DETAIL)).filter(|_| !self.order.is_empty());
        false
    }

    /// The next one that was held, if it is time for it.
    pub fn release(&mut self, now: Instant) -> Option<Info> {
        self.refill(now);
        if self.due().is_none_or(|due| due > now) {
            return None;
        }
        if self.urgent.is_empty() {
            self.detail = Some(now + DETAIL).filter(|_| self.order.len() > 1);
        } else {
            self.left -= 1;
        }
        self.release_any()
    }

    /// The next one that was held, whatever the time is.
    pub fn release_any(&mut self) -> Option<Info> {
        let id = self.urgent.pop_front().or_else(|| self.order.pop_front())?;
        let info = self.held.remove(&id)?;
        self.told.insert(id, info.status);
        Some(info)
    }

    /// When the next one is due.
    pub fn due(&self) -> Option<Instant> {
        if self.urgent.is_empty() {
            return self.detail;
        }
        let refilled = self.refilled?;
        Some(if self.left > 0 { refilled } else { refilled + EACH })
    }

    /// An agent is gone: nobody is to hear of it after that.
    pub fn forget(&mut self, id: AgentId) {
        self.told.remove(&id);
        if self.held.remove(&id).is_some() {
            self.urgent.retain(|other| *other != id);
            self.order.retain(|other| *other != id);
            self.detail = self.detail.filter(|_| !self.order.is_empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn info(id: u64, status: &str, for_ms: u64) -> Info {
        let info = json!({
            "id": AgentId(id), "name": "x", "terminal": format!("t{id}"), "profile": "x", "cwd": "/", "status": status,
            "evidence": {"rule": "", "text": "", "age_ms": 0}, "for_ms": for_ms,
        });
        serde_json::from_value(info).unwrap()
    }

    /// As much as comes at once was told, all of three agents that work.
    fn flooded(start: Instant) -> Pacing {
        let mut pacing = Pacing::default();
        for number in 0..u64::from(BURST) {
            assert!(pacing.admit(&info(number % 3, "working", number), start));
        }
        assert_eq!(pacing.due(), None);
        for number in 0..1000 {
            assert!(!pacing.admit(&info(number % 3, "working", number), start));
        }
        pacing
    }

    #[test]
    fn what_people_do_is_told_at_once_and_a_flood_as_often_as_an_editor_bears_it() {
        let start = Instant::now();
        let mut pacing = flooded(start);
        assert_eq!(pacing.release(start), None);
        assert_eq!(pacing.due(), Some(start + DETAIL));
        // The last of each, in the order in which they began to wait.
        let told: Vec<(u64, u64)> = (1..=3)
            .filter_map(|turn| pacing.release(start + DETAIL * turn))
            .map(|info| (info.id.0, info.for_ms))
            .collect();
        assert_eq!(told, [(0, 999), (1, 997), (2, 998)]);
        assert_eq!(pacing.due(), None);
        assert!(pacing.admit(&info(1, "working", 0), start + Duration::from_secs(1)));
    }

    #[test]
    fn another_status_overtakes_what_is_said_of_the_same() {
        let start = Instant::now();
        let mut pacing = flooded(start);
        for (id, status) in [(2, "blocked"), (1, "idle"), (2, "blocked")] {
            assert!(!pacing.admit(&info(id, status, 7), start));
        }
        assert_eq!(pacing.due(), Some(start + EACH));
        let mut told = (1..=2).filter_map(|turn| pacing.release(start + EACH * turn));
        assert_eq!(told.next().map(|info| (info.id.0, info.status)), Some((2, Status::Blocked)));
        assert_eq!(told.next().map(|info| (info.id.0, info.status)), Some((1, Status::Idle)));
        assert_eq!(pacing.due(), Some(start + DETAIL), "the third has had no news");
        assert_eq!(pacing.release(start + DETAIL).map(|info| info.id.0), Some(0));
        assert_eq!(pacing.due(), None);
    }

    #[test]
    fn who_is_gone_is_not_told_of_any_more() {
        let start = Instant::now();
        let mut pacing = flooded(start);
        assert!(!pacing.admit(&info(1, "blocked", 1), start));
        pacing.forget(AgentId(1));
        pacing.forget(AgentId(0));
        assert_eq!(pacing.release_any().map(|info| info.id), Some(AgentId(2)));
        assert_eq!(pacing.release_any().map(|info| info.id), None);
    }
}
