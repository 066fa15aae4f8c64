//! Tests of what a terminal's program says of itself, from its commands to news.

use super::*;
use crate::protocol::terminal::{Progress, ProgressState, Source, Urgency};

struct Blank;

impl Screen for Blank {
    fn cursor(&self) -> Option<Place> {
        None
    }

    fn text_from(&self, _: Place) -> Option<String> {
        None
    }
}

/// A terminal, and a clock that goes when it is told to.
struct Stage {
    meaning: Meaning,
    now: Instant,
}

impl Stage {
    fn new() -> Self {
        let facts = Facts {
            directory: "/start".into(),
            progress: None,
            running: None,
            last_command: None,
            purpose: Purpose::Shell,
            tags: Vec::new(),
        };
        Self { meaning: Meaning::new(facts, "box".into()), now: Instant::now() }
    }

    fn osc(&mut self, text: &str) -> Vec<News> {
        assert!(concerns(text.as_bytes()), "{text}");
        self.meaning.osc(text.as_bytes(), Now { instant: self.now, wall: 5 }, &Blank)
    }

    fn after(&mut self, ms: u64) -> Option<News> {
        self.now += Duration::from_millis(ms);
        self.meaning.tick(self.now)
    }
}

fn progress(percent: u8) -> Option<Progress> {
    Some(Progress { state: ProgressState::Normal, percent: Some(percent) })
}

#[test]
fn each_way_of_telling_the_directory_is_understood_and_told_once() {
    for text in [
        "7;file:///a/b",
        "7;file://box/a/b",
        "9;9;/a/b",
        "9;9;\"/a/b\"",
        "633;P;Cwd=/a/b",
        "1337;CurrentDir=/a/b",
    ] {
        let mut stage = Stage::new();
        assert_eq!(stage.osc(text), [News::Updated(vec![Fact::Directory])], "{text}");
        assert_eq!(stage.meaning.facts().directory, PathBuf::from("/a/b"));
        stage.after(1000);
        assert_eq!(stage.osc(text), [], "the same again is no news");
    }
    for text in [
        "7;file://elsewhere/a",
        "7;",
        "7",
        "1337;RemoteHost=a@b",
        "1337;File=x",
        "9;9;",
        "633;P;Cwd=a",
    ] {
        let mut stage = Stage::new();
        assert_eq!(stage.osc(text), [], "{text}");
        assert_eq!(stage.meaning.facts().directory, PathBuf::from("/start"));
    }
}

#[test]
fn progress_is_told_at_once_and_then_a_few_times_a_second() {
    let mut stage = Stage::new();
    assert_eq!(stage.osc("9;4;1;1"), [News::Updated(vec![Fact::Progress])]);
    for percent in 2..=50 {
        assert_eq!(stage.osc(&format!("9;4;1;{percent}")), []);
    }
    assert_eq!(stage.meaning.facts().progress, progress(50), "who asks gets the present one");
    assert_eq!(stage.meaning.deadline(), Some(stage.now + Duration::from_millis(250)));
    assert_eq!(stage.after(249), None);
    assert_eq!(stage.after(1), Some(News::Updated(vec![Fact::Progress])));
    assert_eq!(stage.meaning.deadline(), None, "then nothing wakes anybody");
    // There and back again within the pause is no change.
    assert_eq!(stage.osc("9;4;1;60"), []);
    assert_eq!(stage.osc("9;4;1;50"), []);
    assert_eq!(stage.meaning.deadline(), None);
    assert_eq!(stage.after(1000), None);
    assert_eq!(stage.osc("9;4;0"), [News::Updated(vec![Fact::Progress])]);
    assert_eq!(stage.meaning.facts().progress, None);
    assert_eq!(stage.osc("9;4;nonsense"), []);
}

#[test]
fn a_command_begins_and_ends_and_takes_its_progress_with_it() {
    let mut stage = Stage::new();
    let running = Running { command: "make".into(), directory: "/start".into(), since: 5 };
    let news = stage.osc("133;C;cmdline_url=make");
    assert_eq!(news, [News::Started(running.clone()), News::Updated(vec![Fact::Running])]);
    assert_eq!(stage.meaning.facts().running, Some(running));
    stage.after(1500);
    stage.osc("9;4;1;50");
    let finished = Finished {
        command: "make".into(),
        directory: "/start".into(),
        exit_code: Some(2),
        duration_ms: 1500,
        started: 5,
    };
    assert_eq!(
        stage.osc("133;D;2"),
        [News::Finished(finished.clone())],
        "the facts a moment later"
    );
    let changed = vec![Fact::Progress, Fact::Running, Fact::LastCommand];
    assert_eq!(stage.after(250), Some(News::Updated(changed)));
    assert_eq!(stage.meaning.facts().last_command, Some(finished));
    assert_eq!((&stage.meaning.facts().progress, &stage.meaning.facts().running), (&None, &None));
}

#[test]
fn the_programs_end_ends_what_goes_on() {
    let mut stage = Stage::new();
    stage.osc("133;C;cmdline_url=make");
    stage.osc("9;4;3");
    stage.after(1000);
    let now = stage.now + Duration::from_secs(1);
    let changed = vec![Fact::Progress, Fact::Running];
    assert_eq!(stage.meaning.ended(now), Some(News::Updated(changed)));
    assert_eq!(stage.osc("133;D;0"), [], "nothing runs");
}

#[test]
fn notifications_come_by_three_ways_and_the_same_only_once() {
    let mut stage = Stage::new();
    let note = |title: &str, source| Note {
        title: title.into(),
        body: "text".into(),
        urgency: Urgency::Normal,
        source,
    };
    assert_eq!(stage.osc("9;text"), [News::Notified(note("", Source::Osc9), 0)]);
    assert_eq!(
        stage.osc("777;notify;title;text"),
        [News::Notified(note("title", Source::Osc777), 0)]
    );
    assert_eq!(stage.osc("99;i=1:d=0;title"), []);
    let kitty = News::Notified(note("title", Source::Osc99), 0);
    assert_eq!(stage.osc("99;i=1:p=body;text"), [kitty]);
    for _ in 0..1000 {
        assert_eq!(
            stage.osc("99;i=1:p=body;text"),
            [],
            "without a title it is another, but too much"
        );
    }
    stage.after(60_000);
    assert_eq!(stage.osc("9;text"), [News::Notified(note("", Source::Osc9), 1000)]);
    for _ in 0..1000 {
        assert_eq!(stage.osc("9;text"), [], "the same");
    }
    stage.after(10_000);
    assert_eq!(
        stage.osc("9;text"),
        [News::Notified(note("", Source::Osc9), 0)],
        "later it is news"
    );
}

#[test]
fn a_flood_of_news_is_bounded() {
    let mut stage = Stage::new();
    let mut count = 0;
    for number in 0..10_000 {
        count += stage.osc(&format!("9;note {number}")).len();
        count += stage.osc(&format!("7;file:///{number}")).len();
        count += stage.osc(&format!("133;C;cmdline_url={number}")).len();
        count += usize::from(stage.meaning.bell(stage.now).is_some());
    }
    assert_eq!(count, 3 + 1 + 100 + 1);
    assert_eq!(stage.meaning.facts().directory, PathBuf::from("/9999"));
    stage.after(1000);
    assert_eq!(stage.meaning.bell(stage.now), Some(News::Belled(9_999)));
}

#[test]
fn what_is_set_is_told_if_it_is_another() {
    let mut stage = Stage::new();
    let now = stage.now;
    assert_eq!(stage.meaning.update(Some(Purpose::Shell), Some(Vec::new()), now), None);
    let tags = Some(vec!["a".to_owned()]);
    let changed = vec![Fact::Purpose, Fact::Tags];
    let news = stage.meaning.update(Some(Purpose::Agent), tags, now);
    assert_eq!(news, Some(News::Updated(changed)));
    assert_eq!(stage.meaning.update(None, None, now), None);
    assert_eq!(stage.meaning.facts().purpose, Purpose::Agent);
}

#[test]
fn what_concerns_others_is_none_of_it() {
    for text in ["0;title", "2;title", "8;;http://x", "52;c;x", "", "7x", "07;a", ";7", "1338"] {
        assert!(!concerns(text.as_bytes()), "{text}");
        let news = Stage::new().meaning.osc(
            text.as_bytes(),
            Now { instant: Instant::now(), wall: 5 },
            &Blank,
        );
        assert_eq!(news, [], "{text}");
    }
}

#[test]
fn nothing_that_a_program_sends_breaks_anything() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut stage = Stage::new();
    let pieces = [
        "7;",
        "9;",
        "4;",
        "9;4;",
        "99;",
        "133;",
        "633;",
        "777;",
        "notify;",
        "1337;",
        "A",
        "B",
        "C;",
        "D;",
        "E;",
        "P;Cwd=",
        "CurrentDir=",
        "file://",
        "box",
        "/",
        "%",
        "%2",
        "\\",
        "\\x",
        "'",
        "$'",
        "\"",
        "i=1:",
        "d=0:",
        "e=1:",
        "p=body:",
        "u=2",
        ";",
        ":",
        "=",
        "cmdline=",
        "cmdline_url=",
        "aid=",
        "k=",
        "é",
        "%{x}",
        "1",
        "-",
    ];
    for _ in 0..20_000 {
        let mut text: Vec<u8> = (0..random.usize(..8))
            .flat_map(|_| pieces[random.usize(..pieces.len())].bytes())
            .collect();
        if random.bool() && !text.is_empty() {
            let at = random.usize(..text.len());
            text[at] = random.u8(..);
        }
        stage.now += Duration::from_millis(random.u64(..400));
        stage.meaning.osc(&text, Now { instant: stage.now, wall: 5 }, &Blank);
        let facts = stage.meaning.facts();
        let texts = [
            &facts.running.as_ref().map(|r| r.command.clone()),
            &facts.directory.to_str().map(str::to_owned),
        ];
        assert!(
            texts.into_iter().flatten().all(|text| !text.contains(char::is_control)),
            "{text:?}"
        );
    }
}
