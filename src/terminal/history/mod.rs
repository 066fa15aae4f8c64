//! Reading back: the whole lines of a terminal's scrollback and of its primary screen, page by page.

mod look;
mod moment;
mod readings;
mod search;
#[cfg(test)]
mod tests;
mod way;

use std::collections::VecDeque;

pub(super) use self::moment::Moment;
pub use self::readings::Readings;
pub(super) use self::search::prepare;

use self::look::Styles;
use self::moment::Page;
use self::way::Way;
use super::scrollback::Line;
use crate::fault::{Fault, Kind, Result};
use crate::protocol::terminal::{History, HistoryParams};

/// Most lines in one answer: an editor takes them in without a pause that can be felt.
const MOST: usize = 500;

/// An answer that weighs so much gets no more lines: what an editor decodes and paints in some milliseconds.
const WEIGHT: usize = 64 << 10;

/// What a run weighs, as so many bytes of text.
const RUN: usize = 32;

/// Reads so many lines as one answer holds, in well under a millisecond. `name` is the terminal's.
pub(super) fn read(moment: &Moment, params: &HistoryParams, name: String) -> Result<History> {
    let mut reading = Reading::begin(params)?;
    loop {
        let page = moment.page(reading.way.wanted());
        if reading.take(&page) {
            return Ok(reading.finish(&page, name));
        }
    }
}

/// An answer under way.
struct Reading {
    way: Way,
    most: usize,
    /// Each with its runs: where one begins, where it ends, its style.
    lines: VecDeque<(String, Vec<[usize; 3]>)>,
    styles: Styles,
    weight: usize,
    /// The number of the first of the lines, once there is one.
    first: Option<u64>,
}

impl Reading {
    fn begin(params: &HistoryParams) -> Result<Self> {
        let count = params.count.unwrap_or(MOST);
        if count == 0 {
            let fault = Fault::new(Kind::InvalidParams, "count is 0, so there is nothing to read");
            return Err(fault.hint("leave count out, or give one from 1 on"));
        }
        Ok(Self::new(Way::new(params.from, params.before)?, count.min(MOST)))
    }

    fn new(way: Way, most: usize) -> Self {
        let (lines, styles) = (VecDeque::new(), Styles::default());
        Self { way, most, lines, styles, weight: 0, first: None }
    }

    /// Takes what it can of a page; true if that was the last of them.
    fn take(&mut self, page: &Page) -> bool {
        for (number, line) in self.way.lines(page) {
            if self.lines.len() >= self.most || self.weight + self.styles.weight() > WEIGHT {
                return true;
            }
            self.line(number, &line, page);
        }
        self.way.pass_page(page);
        !self.way.goes_on(page)
    }

    fn line(&mut self, number: u64, line: &Line<'_>, page: &Page) {
        let (mut runs, mut start) = (Vec::new(), 0);
        for (text, cell) in line.runs() {
            let end = start + text.len();
            if let Some(style) = self.styles.number(cell, page) {
                runs.push([start, end, style]);
            }
            start = end;
        }
        self.weight += line.text().len() + (1 + runs.len()) * RUN;
        let line = (line.text().to_owned(), runs);
        match self.way {
            Way::Back(_) => self.lines.push_front(line),
            Way::Forth(_) => self.lines.push_back(line),
        }
        let first = self.first.unwrap_or(number);
        self.first = Some(first.min(number));
        self.way.pass(number);
    }

    fn finish(self, page: &Page, name: String) -> History {
        let mut lines = Vec::with_capacity(self.lines.len());
        let mut runs = Vec::new();
        for (index, (text, own)) in self.lines.into_iter().enumerate() {
            runs.extend(own.into_iter().map(|[start, end, style]| [index, start, end, style]));
            lines.push(text);
        }
        History {
            name,
            first: self.first.unwrap_or_else(|| self.way.next()),
            lines,
            runs,
            styles: self.styles.finish(),
            more: self.way.goes_on(page),
            first_line: page.first_line,
            screen_line: page.screen_line,
            reading: None,
        }
    }
}
