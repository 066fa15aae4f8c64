//! Owns the picture of a screen: a grid as an SVG of a terminal window, without outer fonts, images or scripts. Pure.

use super::boxes;
use super::grid::{Cell, Grid};
use super::style::Style;

/// The size of one cell. Fonts differ, so every piece of text is stretched to its cells.
const CELL_WIDTH: f64 = 8.4;
const CELL_HEIGHT: f64 = 18.0;

/// From a cell's top to the line that letters stand on.
const BASELINE: f64 = 13.5;

/// Around the screen, and the bar above it.
const MARGIN: f64 = 12.0;
const BAR: f64 = 32.0;

const FONTS: &str =
    "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/// A rectangle of the picture.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

impl Area {
    fn cells(row: usize, start: usize, end: usize) -> Self {
        Self {
            x: MARGIN + CELL_WIDTH * start as f64,
            y: BAR + CELL_HEIGHT * row as f64,
            width: CELL_WIDTH * (end - start) as f64,
            height: CELL_HEIGHT,
        }
    }

    /// Its middle.
    pub fn middle(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// It, filled.
    pub fn rect(&self, fill: &str) -> String {
        let Self { x, y, width, height } = self;
        format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\"/>\n"
        )
    }
}

/// A window with this title and the screen in it.
pub fn render(grid: &Grid, title: &str) -> String {
    let rows: String = (0..grid.size().1).map(|row| draw_row(grid, row)).collect();
    frame(grid, title) + &rows + &draw_cursor(grid) + "</svg>\n"
}

fn frame(grid: &Grid, title: &str) -> String {
    let (columns, rows) = grid.size();
    let screen = Area::cells(0, 0, columns);
    let width = screen.width + 2.0 * MARGIN;
    let height = BAR + CELL_HEIGHT * rows as f64 + MARGIN;
    let (fg, bg, title) = (hex(grid.colours.0), hex(grid.colours.1), escape(title));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\" width=\"{width:.0}\" \
         height=\"{height:.0}\" viewBox=\"0 0 {width:.1} {height:.1}\" \
         role=\"img\" aria-label=\"{title}\" font-family=\"{FONTS}\" font-size=\"14\">\n"
    );
    svg += &format!(
        "<rect x=\"0.5\" y=\"0.5\" width=\"{:.1}\" height=\"{:.1}\" rx=\"9\" fill=\"{bg}\" stroke=\"#888888\"/>\n",
        width - 1.0,
        height - 1.0
    );
    for (place, colour) in [(20, "#ff5f57"), (40, "#febc2e"), (60, "#28c840")] {
        svg += &format!("<circle cx=\"{place}\" cy=\"17\" r=\"6\" fill=\"{colour}\"/>\n");
    }
    let middle = width / 2.0;
    svg + &format!(
        "<text x=\"{middle:.1}\" y=\"22\" text-anchor=\"middle\" fill=\"{fg}\" opacity=\"0.7\">{title}</text>\n"
    )
}

fn draw_row(grid: &Grid, row: usize) -> String {
    let runs = grid.runs(row);
    let mut svg = String::new();
    // All backgrounds first: a letter may reach a little into its neighbour's cell.
    for run in &runs {
        let (_, bg) = colours(grid, &run.style);
        if bg != grid.colours.1 {
            svg += &Area::cells(row, run.start, run.end).rect(&hex(bg));
        }
    }
    for run in &runs {
        let (fg, _) = colours(grid, &run.style);
        for (start, end) in pieces(&grid.cells(row)[run.start..run.end]) {
            let (start, end) = (run.start + start, run.start + end);
            let text: String =
                grid.cells(row)[start..end].iter().map(|cell| cell.text.as_str()).collect();
            svg += &draw_text(&text, &Area::cells(row, start, end), &run.style, &hex(fg));
        }
        svg += &decoration(&Area::cells(row, run.start, run.end), grid, &run.style);
    }
    svg
}

/// Cuts cells into pieces that any font can draw in step with the cells: a word of ASCII together, all else alone.
/// Blanks are left out.
fn pieces(cells: &[Cell]) -> Vec<(usize, usize)> {
    let is_word = |cell: &Cell| cell.text.len() == 1 && cell.text != " ";
    let mut pieces: Vec<(usize, usize, bool)> = Vec::new();
    for (column, cell) in cells.iter().enumerate() {
        match pieces.last_mut() {
            // The right half of a wide character belongs to it.
            Some((_, end, _)) if cell.text.is_empty() && *end == column => *end += 1,
            Some((_, end, true)) if is_word(cell) && *end == column => *end += 1,
            _ if cell.text.trim().is_empty() => {}
            _ => pieces.push((column, column + 1, is_word(cell))),
        }
    }
    pieces.into_iter().map(|(start, end, _)| (start, end)).collect()
}

fn draw_text(text: &str, area: &Area, style: &Style, fill: &str) -> String {
    if let Some(shape) = boxes::shape(text, area, fill) {
        return shape;
    }
    let mut look = String::new();
    for (flag, attribute) in [
        ("bold", " font-weight=\"bold\""),
        ("italic", " font-style=\"italic\""),
        ("dim", " opacity=\"0.6\""),
    ] {
        look += if style.is(flag) { attribute } else { "" };
    }
    let (x, y, width, text) = (area.x, area.y + BASELINE, area.width, escape(text));
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{fill}\"{look}>{text}</text>\n"
    )
}

fn decoration(area: &Area, grid: &Grid, style: &Style) -> String {
    let (fg, _) = colours(grid, style);
    let line = |y: f64, colour: u32, dashes: &str| {
        let (x, y, end) = (area.x, area.y + y, area.x + area.width);
        format!("<path d=\"M{x:.1} {y:.1}H{end:.1}\" stroke=\"{}\"{dashes}/>\n", hex(colour))
    };
    let colour = style.special.unwrap_or(fg);
    let mut svg = match style.underline {
        None => String::new(),
        Some("underdouble") => line(15.5, colour, "") + &line(17.5, colour, ""),
        Some("underdotted") => line(16.5, colour, " stroke-dasharray=\"1 2\""),
        Some("underdashed") => line(16.5, colour, " stroke-dasharray=\"4 2\""),
        Some("undercurl") => curl(area, &hex(colour)),
        Some(_) => line(16.5, colour, ""),
    };
    if style.is("strikethrough") {
        svg += &line(9.0, fg, "");
    }
    svg
}

fn curl(area: &Area, colour: &str) -> String {
    let waves =
        "q1.05 -2 2.1 0t2.1 0 2.1 0 2.1 0".repeat((area.width / CELL_WIDTH).round() as usize);
    let (x, y) = (area.x, area.y + 16.5);
    format!("<path d=\"M{x:.1} {y:.1}{waves}\" fill=\"none\" stroke=\"{colour}\"/>\n")
}

/// A bar where text is typed into a buffer, else a block with its character in the colour of the background.
fn draw_cursor(grid: &Grid) -> String {
    let (row, column) = grid.cursor();
    let area = Area::cells(row, column, column + 1);
    let (fg, bg) = colours(grid, &grid.style(row, column));
    if grid.mode == "insert" {
        return Area { width: 2.0, ..area }.rect(&hex(fg));
    }
    let text = grid.cells(row).get(column).map_or("", |cell| cell.text.trim());
    let letter = if text.is_empty() {
        String::new()
    } else {
        draw_text(text, &area, &Style::default(), &hex(bg))
    };
    area.rect(&hex(fg)) + &letter
}

/// Foreground and background as they are seen.
fn colours(grid: &Grid, style: &Style) -> (u32, u32) {
    let (fg, bg) = (style.fg.unwrap_or(grid.colours.0), style.bg.unwrap_or(grid.colours.1));
    if style.is("reverse") { (bg, fg) } else { (fg, bg) }
}

fn hex(colour: u32) -> String {
    format!("#{colour:06x}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
