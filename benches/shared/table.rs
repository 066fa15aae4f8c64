//! Owns the table that is printed: figures, their bars, the verdicts, and how far a bar may be missed.

use std::fmt;

use super::figures;
use super::noise::Heard;

/// How far a bar of time may be missed before the run fails: the ratios of the same program, measured again and again on
/// a small shared machine, lie within about so much of each other. That is scheduling, not the program.
const TOLERANCE: f64 = 0.1;

/// A measured value with its unit.
#[derive(Clone, Copy)]
pub struct Figure {
    value: f64,
    /// What one in so many was worse than; told beside it, and never judged.
    tail: Option<f64>,
    unit: &'static str,
}

/// What a figure must keep.
#[derive(Clone, Copy)]
pub enum Bar {
    /// Time, or a ratio of times, that is not to be exceeded.
    AtMost(f64),
    /// A rate to be reached.
    AtLeast(f64),
    /// What no noise can change, so that nothing is tolerated.
    Never(f64),
    /// Only told.
    None,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ok,
    Missed { tolerated: bool },
    Told,
}

pub(super) struct Line {
    pub what: String,
    pub figure: Figure,
    pub bar: Bar,
    pub beside: Beside,
}

/// The same thing measured of several, in the order in which they are printed beside each other.
#[derive(Clone, Copy, Default)]
pub struct Beside {
    /// Neovim's own.
    pub native: Option<Figure>,
    pub tmux: Option<Figure>,
    /// A PTY that is only read.
    pub raw: Option<Figure>,
    pub ours: Option<Figure>,
}

/// Lines in the order in which they were measured.
#[derive(Default)]
pub struct Table {
    lines: Vec<Line>,
    remarks: Vec<String>,
    broken: bool,
}

impl Table {
    /// Adds a figure.
    pub fn add(&mut self, what: impl Into<String>, figure: Figure, bar: Bar) {
        self.compare(what, Beside::default(), figure, bar);
    }

    /// Adds a figure with those that it was made of.
    pub fn compare(&mut self, what: impl Into<String>, beside: Beside, figure: Figure, bar: Bar) {
        let what = what.into();
        self.lines.push(Line { what, figure, bar, beside });
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Adds that something cannot be measured here.
    pub fn skip(&mut self, what: &str, why: &str) {
        crate::support::skip(what, why);
        self.remarks.push(format!("{what} was not measured: {why}"));
    }

    /// Adds that the measurement itself has failed.
    pub fn broken(&mut self, what: &str) {
        self.remarks.push(format!("{what}: the measurement failed, see above"));
        self.broken = true;
    }

    /// Adds a sentence below the figures.
    pub fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    /// Adds how noisy it was, if it was.
    pub fn heard(&mut self, what: &str, noise: Heard) {
        if noise.is_loud() {
            self.remarks.push(format!("{what} was measured in {noise}"));
        }
    }

    pub fn append(&mut self, mut other: Self) {
        self.lines.append(&mut other.lines);
        self.remarks.append(&mut other.remarks);
        self.broken |= other.broken;
    }

    /// Whether a measurement has failed, whatever the others say.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether nothing was missed at all.
    pub fn is_whole(&self) -> bool {
        !self.broken && self.count(|verdict| matches!(verdict, Verdict::Missed { .. })) == 0
    }

    /// Whether nothing was missed by more than is tolerated.
    pub fn is_kept(&self) -> bool {
        !self.broken && self.count(|verdict| verdict == Verdict::Missed { tolerated: false }) == 0
    }

    fn count(&self, which: impl Fn(Verdict) -> bool) -> usize {
        let verdicts = self.lines.iter().map(Line::verdict);
        verdicts.filter(|verdict| which(*verdict)).count()
    }

    pub fn print(&self) {
        self.lines.iter().for_each(|line| println!("{line}"));
        self.remarks.iter().for_each(|remark| println!("  ({remark})"));
    }

    /// Says how it went.
    pub fn print_end(&self) {
        let kept = self.count(|verdict| verdict == Verdict::Ok);
        let tolerated = self.count(|verdict| verdict == Verdict::Missed { tolerated: true });
        let missed = self.count(|verdict| verdict == Verdict::Missed { tolerated: false });
        println!("\n`a / b` is the median and the 99th percentile; only the median is judged.");
        println!(
            "{kept} bars kept, {missed} missed, {tolerated} missed by at most {} %, which is within this machine's noise",
            TOLERANCE * 100.0
        );
    }
}

/// Prints the columns' names.
pub fn print_head() {
    println!("{:<66} | {:>16} | {:>12} | verdict", "what", "figure", "bar");
    println!("{:-<67}|{:->18}|{:->14}|--------", "", "", "");
}

impl Line {
    pub fn is_told(&self) -> bool {
        self.verdict() == Verdict::Told
    }

    /// The bar as people write it, and whether it is kept; empty where there is none.
    pub fn judged(&self) -> (String, &'static str) {
        let unit = self.figure.unit;
        let bar = match self.bar {
            Bar::AtMost(limit) | Bar::Never(limit) => format!("≤ {}", Figure::of(limit, unit)),
            Bar::AtLeast(limit) => format!("≥ {}", Figure::of(limit, unit)),
            Bar::None => String::new(),
        };
        let verdict = match self.verdict() {
            Verdict::Ok => "OK",
            Verdict::Missed { .. } => "MISSED",
            Verdict::Told => "",
        };
        (bar, verdict)
    }

    fn verdict(&self) -> Verdict {
        // How far beyond the bar, as a share of it.
        let (figure, over) = (self.figure.value, |value: f64, limit: f64| value / limit - 1.0);
        let beyond = match self.bar {
            Bar::AtMost(limit) => over(figure, limit),
            Bar::AtLeast(limit) => over(limit, figure),
            Bar::Never(limit) if figure > limit => f64::INFINITY,
            Bar::Never(_) => 0.0,
            Bar::None => return Verdict::Told,
        };
        if beyond <= 0.0 {
            return Verdict::Ok;
        }
        Verdict::Missed { tolerated: beyond <= TOLERANCE }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bar, verdict) = self.judged();
        // Padding counts characters only where it pads a text.
        let figure = self.figure.to_string();
        write!(f, "{:<66} | {figure:>16} | {bar:>12} | {verdict}", self.what)
    }
}

impl Figure {
    /// A single value.
    pub fn of(value: f64, unit: &'static str) -> Self {
        let tail = None;
        Self { value, tail, unit }
    }

    /// The median of many, and the worst but one in a hundred.
    pub fn median(samples: &[f64], unit: &'static str) -> Self {
        Self {
            value: figures::median(samples),
            tail: Some(figures::percentile(samples, 99.0)),
            unit,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", digits(self.value))?;
        if let Some(tail) = self.tail {
            write!(f, " / {}", digits(tail))?;
        }
        if self.unit.is_empty() { Ok(()) } else { write!(f, " {}", self.unit) }
    }
}

/// Three digits that count, or more where they stand before the point.
fn digits(value: f64) -> String {
    match value {
        value if value >= 1000.0 => thousands(value),
        value if value.fract() == 0.0 || value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
