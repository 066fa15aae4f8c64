//! When a program's new title is told: at once, and then at most four times a second, and always the last.

use std::time::{Duration, Instant};

/// Faster nobody reads a title, and every editor is told.
const PAUSE: Duration = Duration::from_millis(250);

/// What was told last, and what is not told yet.
pub(super) struct Titles {
    told: String,
    news: Option<String>,
    /// Nothing is told before.
    next: Instant,
}

impl Titles {
    /// Of a terminal that has none.
    pub fn new(now: Instant) -> Self {
        Self { told: String::new(), news: None, next: now }
    }

    /// Everybody knows this one.
    pub fn known(&mut self, title: String) {
        self.told = title;
    }

    /// The program has set one. Those between it and the one told last are forgotten.
    pub fn set(&mut self, title: String) {
        self.news = (title != self.told).then_some(title);
    }

    /// What to tell now.
    pub fn take(&mut self, now: Instant) -> Option<String> {
        if now < self.next {
            return None;
        }
        let news = self.last()?;
        self.next = now + PAUSE;
        Some(news)
    }

    /// What is left to tell, where nothing else will come.
    pub fn last(&mut self) -> Option<String> {
        let news = self.news.take()?;
        self.told.clone_from(&news);
        Some(news)
    }

    /// When to ask again, if there is something to tell.
    pub fn deadline(&self) -> Option<Instant> {
        self.news.as_ref().map(|_| self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_titles_is_told_in_part_and_the_last_always() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut titles = Titles::new(start);
        let mut told = Vec::new();
        for ms in 0..1_000 {
            titles.set(ms.to_string());
            told.extend(titles.take(at(ms)));
        }
        assert_eq!(told, ["0", "250", "500", "750"]);
        assert_eq!((titles.deadline(), titles.take(at(999))), (Some(at(1_000)), None));
        assert_eq!(titles.take(at(1_000)).as_deref(), Some("999"));
        assert_eq!(titles.deadline(), None);
        titles.set("there and".into());
        titles.set("999".into());
        assert_eq!((titles.deadline(), titles.last()), (None, None), "it is known");
    }
}
