//! A model as bytes and back: what the journal's segments begin with.

use alacritty_terminal::grid::Cursor;
use alacritty_terminal::index::{Column, Line, Point};
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::Cell;
use alacritty_terminal::vte::ansi::{
    CharsetIndex, CursorShape, CursorStyle, Handler, KeyboardModes, KeyboardModesApplyBehavior,
    Mode, NamedMode, Rgb, StandardCharset, TabulationClearMode,
};
use serde::{Deserialize, Serialize};

use super::model::{Model, PRIVATE_MODES, keyboard_modes};
use super::scrollback::bytes::{Reader, number};
use super::scrollback::{Line as Text, Scrollback, Writer, is_gap, style, used};
use crate::protocol::terminal::Size;

/// Which form this is. Another one is not read: then only what the program prints from then on is known.
pub const FORM: u8 = 1;

/// How many colours a program can redefine.
const COLORS: usize = alacritty_terminal::term::color::COUNT;

/// All four character sets.
const CHARSETS: [CharsetIndex; 4] =
    [CharsetIndex::G0, CharsetIndex::G1, CharsetIndex::G2, CharsetIndex::G3];

/// Everything but cells.
#[derive(Serialize, Deserialize)]
struct State {
    rows: u16,
    cols: u16,
    modes: u32,
    updating: bool,
    region: (usize, usize),
    tabs: Vec<bool>,
    charset: usize,
    titles: Vec<Option<String>>,
    title: Option<String>,
    keyboard: [Vec<u8>; 2],
    /// The cursor's shape by number, and whether it blinks.
    cursor_style: Option<(u8, bool)>,
    last: Option<char>,
    colors: Vec<(usize, [u8; 3])>,
    /// The line that goes on on the screen ends, in the scrollback, with a gap.
    #[serde(default)]
    gap: bool,
}

/// Where a cursor stands, and how it writes.
#[derive(Serialize, Deserialize)]
struct Pen {
    row: i32,
    col: usize,
    full: bool,
    style: Vec<u8>,
    /// Which of the character sets draw lines.
    drawing: [bool; 4],
}

/// Appends the model: its state, both screens, and as much of its scrollback as `most` bytes hold.
pub fn save(model: &mut Model, size: Size, most: usize, out: &mut Vec<u8>) {
    out.push(FORM);
    put(&state(model, size), out);
    if model.is_alt() {
        model.on_primary(|model| save_screen(model, out));
    }
    save_screen(model, out);
    model.scrollback.save(most, out);
}

/// The model that was saved, and what follows it; None where the bytes are none.
pub fn load(bytes: &[u8], scrollback: usize) -> Option<(Model, Size, &[u8])> {
    let mut from = Reader(bytes);
    if from.byte()? != FORM {
        return None;
    }
    let state: State = get(&mut from)?;
    let size = Size { rows: state.rows, cols: state.cols }.check().ok()?;
    let mut model = Model::new(size, Scrollback::new(0, 2));
    prepare(&mut model, &state);
    load_screen(&mut model, &mut from)?;
    let modes = TermMode::from_bits_truncate(state.modes);
    if modes.contains(TermMode::ALT_SCREEN) {
        model.term.swap_alt();
        load_screen(&mut model, &mut from)?;
    }
    // Showing the other screen has set those that were pushed.
    model.set_keyboard_mode(keyboard_modes(modes), KeyboardModesApplyBehavior::Replace);
    let (_, cols) = model.dimensions();
    model.scrollback = Scrollback::load(&mut from, scrollback, cols)?;
    if state.gap {
        model.scrollback.end_in_gap();
    }
    drop(model.told.take());
    Some((model, size, from.0))
}

fn put(value: &impl Serialize, out: &mut Vec<u8>) {
    // Numbers, texts and lists always have a form.
    let text = serde_json::to_vec(value).unwrap_or_default();
    number(out, text.len());
    out.extend_from_slice(&text);
}

fn get<T: for<'de> Deserialize<'de>>(from: &mut Reader<'_>) -> Option<T> {
    let length = from.number()?;
    serde_json::from_slice(from.take(length)?).ok()
}

fn state(model: &Model, size: Size) -> State {
    let hidden = model.hidden.clone();
    let color = |index: usize| model.term.colors()[index].map(|c| (index, [c.r, c.g, c.b]));
    State {
        rows: size.rows,
        cols: size.cols,
        modes: model.term.mode().bits(),
        updating: model.updating,
        region: hidden.region,
        tabs: hidden.tabs,
        charset: hidden.charset,
        titles: hidden.titles,
        title: hidden.title,
        keyboard: hidden.keyboard,
        cursor_style: hidden.cursor_style.map(|style| (style.shape as u8, style.blinking)),
        last: hidden.last,
        colors: (0..COLORS).filter_map(color).collect(),
        gap: model.scrollback.open().last().is_some_and(is_gap),
    }
}

/// Puts everything right but rows and cursors.
fn prepare(model: &mut Model, state: &State) {
    let modes = TermMode::from_bits_truncate(state.modes);
    model.hidden.last = state.last;
    model.clear_tabs(TabulationClearMode::All);
    let (_, cols) = model.dimensions();
    for (col, _) in state.tabs.iter().take(cols).enumerate().filter(|(_, stop)| **stop) {
        model.goto_col(col);
        model.set_horizontal_tabstop();
    }
    // One row lower than the screen is cut to it; a region of its last row alone cannot be asked for otherwise.
    let (top, bottom) = state.region;
    model.set_scrolling_region(
        top + 1,
        Some(bottom + usize::from(bottom == usize::from(state.rows))),
    );
    model.set_active_charset(CHARSETS[state.charset.min(3)]);
    model.set_cursor_style(state.cursor_style.and_then(cursor_style));
    for (index, [r, g, b]) in state.colors.iter().filter(|(index, _)| *index < COLORS) {
        model.set_color(*index, Rgb { r: *r, g: *g, b: *b });
    }
    model.set_title(state.title.clone());
    model.hidden.titles.clone_from(&state.titles);
    for screen in [1, 0] {
        model.term.swap_alt();
        for bits in &state.keyboard[screen] {
            model.push_keyboard_mode(KeyboardModes::from_bits_truncate(*bits));
        }
    }
    for (mode, number) in PRIVATE_MODES {
        if modes.contains(mode) {
            model.set_private_mode(number.into());
        } else {
            model.unset_private_mode(number.into());
        }
    }
    for (mode, number) in [
        (TermMode::INSERT, NamedMode::Insert),
        (TermMode::LINE_FEED_NEW_LINE, NamedMode::LineFeedNewLine),
    ] {
        if modes.contains(mode) {
            model.set_mode(Mode::Named(number));
        }
    }
    if modes.contains(TermMode::APP_KEYPAD) {
        model.set_keypad_application_mode();
    }
    model.updating = state.updating;
}

fn cursor_style((shape, blinking): (u8, bool)) -> Option<CursorStyle> {
    let shapes = [CursorShape::Block, CursorShape::Underline, CursorShape::Beam];
    let shape = shapes.into_iter().find(|known| *known as u8 == shape)?;
    Some(CursorStyle { shape, blinking })
}

fn save_screen(model: &Model, out: &mut Vec<u8>) {
    let grid = model.term.grid();
    put(&[pen(&grid.cursor), pen(&grid.saved_cursor)], out);
    let (height, _) = model.dimensions();
    let mut writer = Writer::default();
    for row in 0..height {
        let (cells, continues) = model.row(row);
        out.push(u8::from(continues));
        // A row that goes on is whole, or it lacks the gap that `lay` makes where one is shorter.
        let whole = cells.len() - usize::from(cells.last().is_some_and(is_gap));
        writer.cells(&cells[..if continues { whole } else { used(cells) }]);
        writer.finish(out);
    }
}

fn load_screen(model: &mut Model, from: &mut Reader<'_>) -> Option<()> {
    let [cursor, saved]: [Pen; 2] = get(from)?;
    let (height, cols) = model.dimensions();
    let mut rows = Vec::new();
    for _ in 0..height {
        let continues = from.byte()? != 0;
        rows.push((Text::read(from)?.to_cells(), continues));
    }
    model.lay(&rows);
    let cursor = cursor_of(&cursor, height, cols)?;
    let saved = cursor_of(&saved, height, cols)?;
    let grid = model.term.grid_mut();
    (grid.cursor, grid.saved_cursor) = (cursor, saved);
    Some(())
}

fn pen(cursor: &Cursor<Cell>) -> Pen {
    let mut bytes = Vec::new();
    style::write(&cursor.template, &mut bytes);
    Pen {
        row: cursor.point.line.0,
        col: cursor.point.column.0,
        full: cursor.input_needs_wrap,
        style: bytes,
        drawing: CHARSETS.map(|index| cursor.charsets[index] != StandardCharset::Ascii),
    }
}

fn cursor_of(pen: &Pen, height: usize, cols: usize) -> Option<Cursor<Cell>> {
    let mut cursor = Cursor {
        point: Point::new(Line(pen.row), Column(pen.col)),
        template: style::read(&mut Reader(&pen.style))?,
        input_needs_wrap: pen.full,
        ..Cursor::default()
    };
    for (index, drawing) in CHARSETS.into_iter().zip(pen.drawing) {
        if drawing {
            cursor.charsets[index] = StandardCharset::SpecialCharacterAndLineDrawing;
        }
    }
    let row = usize::try_from(pen.row).ok()?;
    (row < height && pen.col < cols).then_some(cursor)
}
