//! When views are painted, by a clock of the test's own.

use std::sync::Mutex;

use super::super::emulator::SLICE;
use super::super::view::Gate;
use super::*;

const SIZE: Size = Size { rows: 4, cols: 40 };

/// A terminal with one view, whose frames are taken once all were made, as by another task.
struct Watched {
    emulator: Emulator,
    painter: Painter,
    frames: Arc<Mutex<Vec<String>>>,
    gates: Arc<Mutex<Vec<Arc<Gate>>>>,
}

impl Watched {
    fn new(now: Instant) -> Self {
        Self::with(now, false)
    }

    fn with(now: Instant, glance: bool) -> Self {
        let (mut painter, frames) = (Painter::new(now), Arc::new(Mutex::new(Vec::new())));
        let kept: Arc<Mutex<Vec<String>>> = frames.clone();
        let gates: Arc<Mutex<Vec<Arc<Gate>>>> = Arc::default();
        let busy = gates.clone();
        let screen = Screen {
            send: Box::new(move |frame, _, gate| {
                kept.lock().unwrap().push(String::from_utf8(frame).unwrap());
                busy.lock().unwrap().push(gate.clone());
            }),
            wraps: true,
            erases: true,
            narrows: false,
            bare: false,
            keep_size: false,
            glance,
        };
        let emulator = Emulator::new(SIZE, SCROLLBACK);
        painter.open(ViewId(1), SIZE, 0, screen);
        let mut watched = Self { emulator, painter, frames, gates };
        watched.paint(now);
        watched.frames();
        watched
    }

    fn print(&mut self, text: &str, now: Instant) {
        assert_eq!(self.emulator.feed(text.as_bytes(), SLICE), text.len());
        self.painter.output(now);
        self.paint(now);
    }

    fn paint(&mut self, now: Instant) {
        self.painter.paint(now, &self.emulator, "", None);
        self.gates.lock().unwrap().drain(..).for_each(|gate| gate.sent());
    }

    /// Those since the last call.
    fn frames(&self) -> Vec<String> {
        std::mem::take(&mut *self.frames.lock().unwrap())
    }
}

#[test]
fn what_is_printed_after_a_pause_is_painted_at_once_and_what_follows_at_the_end_of_a_frames_time() {
    let start = Instant::now();
    let mut it = Watched::new(start);
    let ms = |count| start + Duration::from_millis(count);
    it.print("one", ms(1));
    assert!(it.frames().concat().contains("one"), "at once");
    it.print("two", ms(2));
    it.print("three", ms(16));
    assert!(it.frames().is_empty(), "too early");
    assert_eq!(it.painter.deadline(0), Some(ms(1) + FRAME));
    it.paint(ms(1) + FRAME);
    assert!(it.frames().concat().contains("twothree"), "both in one");
    assert_eq!(it.painter.deadline(0), None, "nothing to wake up for");
    it.print("four", ms(100));
    assert!(it.frames().concat().contains("four"), "at once again");
}

#[test]
fn however_much_is_printed_there_is_at_most_one_frame_in_its_time() {
    let start = Instant::now();
    let mut it = Watched::new(start);
    for count in 1..=1600 {
        it.print("x", start + Duration::from_millis(count));
    }
    assert_eq!(it.frames().len(), 100);
}

#[test]
fn where_nothing_of_a_frame_is_left_the_next_one_takes_twice_as_long() {
    let start = Instant::now();
    let mut it = Watched::new(start);
    let rush = "line\n".repeat(usize::from(SIZE.rows) + 1);
    for count in 1..=17 {
        it.print(&rush, start + Duration::from_millis(count));
    }
    assert_eq!(it.frames().len(), 2, "how much it is is seen at the second");
    let begun = start + Duration::from_millis(17);
    for count in 1..=1650 {
        it.print(&rush, begun + Duration::from_millis(count));
    }
    assert_eq!(it.frames().len(), 50);
    let ended = begun + Duration::from_millis(1650);
    it.paint(ended + BLUR);
    it.frames();
    for count in 1..=160 {
        it.print("x", ended + BLUR + Duration::from_millis(count));
    }
    assert_eq!(it.frames().len(), 10, "what can be read again comes as quickly as ever");
}

#[test]
fn a_view_that_is_only_glanced_at_gets_ten_frames_a_second_and_the_first_at_once() {
    let start = Instant::now();
    let mut it = Watched::with(start, true);
    for count in 1..=1000 {
        it.print("x", start + Duration::from_millis(count));
    }
    assert_eq!(it.frames().len(), 10);
    it.print("after a pause", start + Duration::from_millis(2000));
    assert_eq!(it.frames().len(), 1);
}

#[test]
fn a_flood_that_is_only_glanced_at_gets_four_frames_a_second() {
    let start = Instant::now();
    let mut it = Watched::with(start, true);
    let rush = |count| format!("line {count}\n").repeat(usize::from(SIZE.rows) + 1);
    for count in 1..=101 {
        it.print(&rush(count), start + Duration::from_millis(count));
    }
    assert_eq!(it.frames().len(), 2, "how much it is is seen at the second");
    let begun = start + Duration::from_millis(101);
    for count in 1..=1000 {
        it.print(&rush(count), begun + Duration::from_millis(count));
    }
    assert_eq!(it.frames().len(), 4);
}

#[test]
fn a_hidden_view_is_painted_no_more_until_it_is_shown_again() {
    let start = Instant::now();
    let mut it = Watched::new(start);
    let ms = |count| start + Duration::from_millis(count);
    it.painter.watch(ViewId(1), false);
    it.print("unseen", ms(1));
    assert_eq!((it.frames(), it.painter.deadline(0)), (Vec::new(), None));
    it.painter.watch(ViewId(1), true);
    it.paint(ms(2));
    assert!(it.frames().concat().contains("unseen"));
}
