//! Owns the bytes that are printed: coloured text, the same ones in every run, made where they are needed.

use std::fmt::Write;
use std::path::PathBuf;

use crate::support::Sandbox;
use crate::support::random::Random;

/// Columns of the terminals that are compared, and of the longest lines.
pub const COLUMNS: usize = 100;

/// Stands in the last line, alone and without colours.
pub const LAST: &str = "here-it-ends";

/// What is printed in a flood.
pub const FLOOD: usize = 50_000_000;

const WORDS: &[&str] = &[
    "Compiling",
    "warning",
    "unused",
    "variable",
    "src/terminal/owner.rs",
    "error",
    "expected",
    "12:34:56",
    "test",
    "result",
    "ok",
    "passed",
    "failed",
    "the",
    "quick",
    "brown",
    "fox",
    "0x7ffd",
    "lazy",
    "dog",
];

/// A file of so many bytes, lines of different lengths, as a build prints them.
pub fn flood(sandbox: &Sandbox, bytes: usize) -> PathBuf {
    let mut numbers = Random::new(1);
    let mut text = String::with_capacity(bytes + 1024);
    while text.len() < bytes {
        let width = 20 + numbers.below(COLUMNS - 20);
        line(&mut text, &mut numbers, width);
    }
    end(sandbox, "work/flood.txt", text)
}

/// A file of so many lines that fill the whole width.
pub fn full_lines(sandbox: &Sandbox, lines: usize) -> PathBuf {
    let mut numbers = Random::new(2);
    let mut text = String::new();
    for _ in 0..lines {
        line(&mut text, &mut numbers, COLUMNS);
    }
    end(sandbox, "work/full.txt", text)
}

/// A file of so many lines that fill the whole width, of characters that nobody can foretell.
pub fn random_lines(sandbox: &Sandbox, lines: usize) -> PathBuf {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut numbers = Random::new(3);
    let mut text = String::new();
    for _ in 0..lines {
        text.extend((0..COLUMNS).map(|_| char::from(ALPHABET[numbers.below(64)])));
        text.push('\n');
    }
    end(sandbox, "work/random.txt", text)
}

fn end(sandbox: &Sandbox, name: &str, mut text: String) -> PathBuf {
    text += LAST;
    sandbox.write(name, text)
}

/// One line of this width: words, about every second in a colour of its own.
fn line(text: &mut String, numbers: &mut Random, width: usize) {
    let mut column = 0;
    while column < width {
        let number = numbers.below(1000);
        let word = format!("{}-{number} ", WORDS[numbers.below(WORDS.len())]);
        let word = &word[..word.len().min(width - column)];
        column += word.len();
        let colour = numbers.below(256);
        let written = match numbers.below(6) {
            0 => write!(text, "\x1b[38;5;{colour}m{word}\x1b[0m"),
            1 => write!(text, "\x1b[1;3{}m{word}\x1b[0m", colour % 8),
            2 => write!(text, "\x1b[3{}m{word}\x1b[0m", colour % 8),
            _ => write!(text, "{word}"),
        };
        written.expect("memory");
    }
    text.push('\n');
}
