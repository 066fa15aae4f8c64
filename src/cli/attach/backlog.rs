//! What waits to be written to a tty that may be slow: bounded, and never a frame that is cut. Pure.

/// With more than this waiting, the tty is behind. A full screen of text in colours is some 20 KB; on a line of
/// 1 Mbit/s this is half a second.
const MOST: usize = 64 << 10;

/// The bytes before the tty. A tty that is behind gets no more frames: it is painted anew when it has caught up.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    bytes: Vec<u8>,
    /// So many of them are written.
    written: usize,
}

impl Backlog {
    /// Adds a frame, if the tty is not behind; whether it was added.
    pub fn add(&mut self, parts: &[&[u8]]) -> bool {
        let fits = self.bytes.len() - self.written <= MOST;
        if fits {
            parts.iter().for_each(|part| self.bytes.extend_from_slice(part));
        }
        fits
    }

    /// What is to be written next; empty once all is.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.written..]
    }

    /// So many bytes of `rest` were written.
    pub fn wrote(&mut self, count: usize) {
        self.written += count;
        if self.written == self.bytes.len() {
            self.bytes.clear();
            self.bytes.shrink_to(MOST);
            self.written = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tty_that_takes_nothing_keeps_a_bounded_backlog_of_whole_frames() {
        let (mut backlog, frame) = (Backlog::default(), vec![b'x'; 10_000]);
        let added = (0..1000).filter(|_| backlog.add(&[b"<", &frame, b">"])).count();
        assert_eq!(added, 7);
        assert_eq!(backlog.rest().len(), 7 * 10_002);
        backlog.wrote(1);
        assert!(!backlog.add(&[&frame]));
        backlog.wrote(10_002);
        assert!(backlog.add(&[&frame]));
        assert!(backlog.rest().starts_with(&frame[1..]) && backlog.rest().ends_with(&frame));
        backlog.wrote(backlog.rest().len());
        assert!(backlog.rest().is_empty());
    }

    #[test]
    fn a_frame_larger_than_the_bound_is_taken_whole() {
        let mut backlog = Backlog::default();
        assert!(backlog.add(&[&vec![0; 4 * MOST]]));
        assert!(!backlog.add(&[b"x"]));
    }
}
