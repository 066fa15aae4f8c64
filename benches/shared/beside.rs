//! Owns the table that is shown to people: Markdown, with those that are compared beside each other.

use super::table::{Figure, Line, Table};

const HEAD: &str = "| what | `:terminal` | tmux | PTY only read | ours | judged | bar | |
|---|--:|--:|--:|--:|--:|--:|---|";

/// Prints every line that is judged or compared. What is only told stays out.
pub fn print(table: &Table) {
    println!("\n{HEAD}");
    let lines = table.lines().iter();
    for line in lines.filter(|line| !line.is_told() || line.beside.ours.is_some()) {
        println!("{}", row(line));
    }
}

fn row(line: &Line) -> String {
    let beside = line.beside;
    let (bar, verdict) = line.judged();
    let cell =
        |figure: Option<Figure>| figure.map_or_else(String::new, |figure| figure.to_string());
    let judged = if line.is_told() { None } else { Some(line.figure) };
    let cells = [beside.native, beside.tmux, beside.raw, beside.ours, judged].map(cell).join(" | ");
    format!("| {} | {cells} | {bar} | {verdict} |", line.what)
}
