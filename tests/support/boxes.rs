//! Owns the characters that must touch their neighbours: box drawing and blocks as SVG shapes, since fonts leave gaps.

use super::svg::Area;

/// The lines of a box-drawing character from its middle: up, right, down, left.
type Arms = [bool; 4];

/// The shape of this text in its cell, in this colour; `None` when a font should draw it.
pub fn shape(text: &str, cell: &Area, colour: &str) -> Option<String> {
    let mut characters = text.chars();
    let character = characters.next()?;
    if characters.next().is_some() {
        return None;
    }
    if let Some(area) = block(character, cell) {
        return Some(area.rect(colour));
    }
    let thickness = if "━┃".contains(character) { 2.6 } else { 1.2 };
    let path = if "╭╮╯╰".contains(character) {
        round(character, cell)
    } else {
        lines(arms(character)?, cell)
    };
    Some(format!(
        "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{thickness}\"/>\n"
    ))
}

fn arms(character: char) -> Option<Arms> {
    let names = match character {
        '─' | '━' => "right left",
        '│' | '┃' => "up down",
        '┌' => "right down",
        '┐' => "down left",
        '└' => "up right",
        '┘' => "up left",
        '├' => "up right down",
        '┤' => "up down left",
        '┬' => "right down left",
        '┴' => "up right left",
        '┼' => "up right down left",
        _ => return None,
    };
    Some(["up", "right", "down", "left"].map(|name| names.contains(name)))
}

fn lines([up, right, down, left]: Arms, cell: &Area) -> String {
    let (middle_x, middle_y) = cell.middle();
    let ends = [
        (up, middle_x, cell.y),
        (right, cell.x + cell.width, middle_y),
        (down, middle_x, cell.y + cell.height),
        (left, cell.x, middle_y),
    ];
    let arm = |(_, x, y): &(bool, f64, f64)| format!("M{middle_x:.1} {middle_y:.1}L{x:.1} {y:.1}");
    ends.iter().filter(|end| end.0).map(arm).collect()
}

fn round(character: char, cell: &Area) -> String {
    let (middle_x, middle_y) = cell.middle();
    let side = if "╭╰".contains(character) { cell.x + cell.width } else { cell.x };
    let end = if "╭╮".contains(character) { cell.y + cell.height } else { cell.y };
    format!("M{side:.1} {middle_y:.1}Q{middle_x:.1} {middle_y:.1} {middle_x:.1} {end:.1}")
}

/// The part of the cell that a block character fills.
fn block(character: char, cell: &Area) -> Option<Area> {
    let code = u32::from(character);
    let area = match character {
        '▀' => Area { height: cell.height / 2.0, ..*cell },
        // Lower eighths, ending with the full block.
        '▁'..='█' => {
            let height = cell.height * f64::from(code - 0x2580) / 8.0;
            Area { y: cell.y + cell.height - height, height, ..*cell }
        }
        // Left eighths, from seven to one.
        '▉'..='▏' => Area { width: cell.width * f64::from(0x2590 - code) / 8.0, ..*cell },
        '▐' => Area { x: cell.x + cell.width / 2.0, width: cell.width / 2.0, ..*cell },
        _ => return None,
    };
    Some(area)
}
