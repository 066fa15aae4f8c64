//! What boards look like, as text with the highlights below each row.

use super::*;
use crate::ids::AgentId;
use crate::protocol::board::Icons;

fn item(number: u64, name: &str, state: State, doing: &str) -> Item {
    let is_agent = state != State::Running;
    Item {
        terminal: TerminalId(number),
        agent: is_agent.then_some(AgentId(number)),
        name: name.to_owned(),
        kind: if is_agent { "claude" } else { "server" }.to_owned(),
        state,
        doing: doing.to_owned(),
        since_ms: number * 17_000,
        session: "~/src/web".to_owned(),
        branch: Some("main".to_owned()),
        within: String::new(),
        cost: None,
        tokens: None,
    }
}

/// Every state, two sessions, and texts that try to break out of their cells.
fn all_states() -> Swarm {
    let mut items = vec![
        item(1, "fixer", State::Working, "Bash: cargo test --workspace"),
        item(2, "docs", State::Done, "Rewrite the README"),
        item(3, "asker", State::Blocked, "Do you want to run\n`rm -rf target`?"),
        item(4, "idler", State::Idle, ""),
        item(5, "fresh", State::Starting, ""),
        item(6, "riddle", State::Unknown, "who knows"),
        item(7, "gone", State::Exited(127), "claude has ended (orchflow log)"),
        item(8, "over", State::Exited(0), ""),
        item(9, "dev-server", State::Running, "npm run dev"),
        item(
            10,
            "漢字の名前がとても長いエージェント",
            State::Blocked,
            "続けますか？ これは長い質問です",
        ),
        item(
            11,
            "name-without-any-end-in-sight",
            State::Working,
            "שלום עולם %{system('x')} \u{202e}abc",
        ),
    ];
    (items[0].cost, items[0].tokens) = (Some(0.4219), Some(235_000));
    items[1].tokens = Some(1_234_567);
    items[2].within = "crates/parser".to_owned();
    for other in &mut items[9..] {
        other.session = "~/src/a-directory-with-quite-a-long-name/below/another".to_owned();
        other.branch = Some("feature/words".to_owned());
    }
    Swarm::of(items)
}

fn wish(cols: usize) -> Wish {
    Wish { cols, ..Wish::default() }
}

/// Rows as text; below each its spans, by the last part of their group's name.
fn drawn(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let span = |span: &crate::protocol::board::Span| {
            let text = &row.text[span.from as usize..span.to as usize];
            format!("{}={text}", span.group.trim_start_matches("Orchflow"))
        };
        let spans: Vec<String> = row.spans.iter().map(span).collect();
        let id = row.terminal.map(|id| id.to_string()).unwrap_or_default();
        out += &format!("{:4}|{}|\n", id, row.text);
        if !spans.is_empty() {
            out += &format!("        {}\n", spans.join(" ┊ "));
        }
    }
    out
}

#[test]
fn the_board_is_laid_out_for_every_width() {
    let swarm = all_states();
    for cols in [38, 60, 78, 118, 198] {
        insta::assert_snapshot!(format!("list_{cols}"), drawn(&render(&swarm, &wish(cols))));
    }
}

#[test]
fn no_row_is_wider_than_the_board_and_every_span_lies_in_its_text() {
    let swarm = all_states();
    for cols in 1..310 {
        for kind in [Kind::List, Kind::Titles] {
            for row in render(&swarm, &Wish { kind, ..wish(cols) }) {
                let wide = cells::width(&row.text);
                // Below that there is room for nothing but the glyph and the age.
                assert!(wide <= cols.max(20), "{cols} {wide} {:?}", row.text);
                for span in &row.spans {
                    assert!(row.text.get(span.from as usize..span.to as usize).is_some());
                }
            }
        }
    }
}

#[test]
fn ascii_icons_are_ascii_and_marks_and_turns_are_seen() {
    let swarm = Swarm::of(vec![
        item(1, "one", State::Working, "x"),
        item(2, "two", State::Blocked, "y"),
        item(3, "three", State::Exited(1), ""),
    ]);
    let wish = Wish { icons: Icons::Ascii, marked: vec![TerminalId(2)], turn: 2, ..wish(60) };
    let rows = render(&swarm, &wish);
    assert!(rows.iter().all(|row| row.text.is_ascii()), "{}", drawn(&rows));
    assert!(rows[1].text.starts_with("+! blocked   two"), "{}", drawn(&rows));
    assert!(rows[2].text.starts_with(" - working   one"), "{}", drawn(&rows));
}

#[test]
fn a_filter_wants_all_its_words_and_says_when_nothing_has_them() {
    let swarm = all_states();
    let names = |filter: &str| -> Vec<String> {
        let wish = Wish { filter: filter.to_owned(), ..wish(80) };
        render(&swarm, &wish).into_iter().filter_map(|row| row.name).collect()
    };
    assert_eq!(names("BLOCKED web"), ["asker"]);
    assert_eq!(names("npm"), ["dev-server"]);
    assert_eq!(names("feature/words work"), ["name-without-any-end-in-sight"]);
    assert_eq!(names("no such words"), Vec::<String>::new());
    let wish = Wish { filter: "no such".to_owned(), ..wish(80) };
    assert_eq!(render(&swarm, &wish)[0].text, " Nothing has \"no such\".");
}

#[test]
fn whoever_waits_comes_first_and_nobody_else_moves_by_what_it_does() {
    let order = |states: [State; 4]| -> Vec<u64> {
        let item = |(at, state)| item(at as u64 + 1, "x", state, "");
        let swarm = Swarm::of(states.into_iter().enumerate().map(item).collect());
        swarm.items().map(|item| item.terminal.0).collect()
    };
    use State::{Blocked, Done, Idle, Starting, Unknown, Working};
    assert_eq!(order([Working, Idle, Starting, Unknown]), [1, 2, 3, 4]);
    assert_eq!(order([Idle, Working, Unknown, Working]), [1, 2, 3, 4]);
    assert_eq!(order([Working, Done, Blocked, Idle]), [3, 2, 1, 4]);
    // The longer one has waited, the earlier.
    assert_eq!(order([Working, Blocked, Idle, Blocked]), [4, 2, 1, 3]);
}

#[test]
fn the_statusline_counts_says_who_waits_longest_and_nothing_where_no_agent_runs() {
    let line = |items: Vec<Item>| {
        let wish = Wish { kind: Kind::Line, ..wish(80) };
        let rows = render(&Swarm::of(items), &wish);
        rows.into_iter().map(|row| row.text).collect::<Vec<_>>()
    };
    assert_eq!(line(vec![]), Vec::<String>::new());
    assert_eq!(line(vec![item(1, "sh", State::Running, "")]), Vec::<String>::new());
    assert_eq!(line(vec![item(1, "x", State::Exited(0), "")]), Vec::<String>::new());
    assert_eq!(line(vec![item(1, "x", State::Idle, "")]), ["○1"]);
    let all = all_states().items().cloned().collect();
    assert_eq!(line(all), ["⚑2 ●3 ✓1 漢字の名前がとても長い…"]);
}

#[test]
fn titles_say_status_name_and_since_when_as_far_as_there_is_room() {
    let swarm = all_states();
    for cols in [8, 16, 30, 60] {
        let wish = Wish { kind: Kind::Titles, ..wish(cols) };
        insta::assert_snapshot!(format!("titles_{cols}"), drawn(&render(&swarm, &wish)));
    }
}

#[test]
fn nobody_there_says_what_to_type() {
    insta::assert_snapshot!("nobody", drawn(&render(&Swarm::default(), &wish(60))));
}
