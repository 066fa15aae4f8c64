//! Tests of notifications, by tables.

use super::*;

/// Title, body and urgency of what the pieces make, in their order.
fn kitty(pieces: &[&str]) -> Vec<(String, String, Urgency)> {
    let mut all = Pieces::default();
    let notes = pieces.iter().filter_map(|piece| all.add(piece.as_bytes()));
    notes.map(|note| (note.title, note.body, note.urgency)).collect()
}

fn note(title: &str, body: &str) -> (String, String, Urgency) {
    (title.to_owned(), body.to_owned(), Urgency::Normal)
}

#[test]
fn texts_of_osc_9_are_notifications_and_commands_of_conemu_are_not() {
    for (text, wanted) in [
        ("build done", Some("build done")),
        ("4 tests failed; see above", Some("4 tests failed; see above")),
        ("13;x", Some("13;x")),
        ("%{x}\u{1b}[31m", Some("%{x}[31m")),
        ("4;1;50", None),
        ("1;300", None),
        ("12", None),
        ("", None),
        ("\u{1b}\u{7}", None),
    ] {
        assert_eq!(of_9(text.as_bytes()).map(|n| n.body), wanted.map(str::to_owned), "{text}");
    }
    let long = of_9("x".repeat(60_000).as_bytes()).unwrap();
    assert_eq!(long.body.chars().count(), BODY);
    assert!(long.body.ends_with('…'));
    assert_eq!(of_9(b"a\xffb").unwrap().body, "a\u{fffd}b");
}

#[test]
fn osc_777_has_a_title_and_a_text() {
    for (text, wanted) in [
        ("notify;title;text", Some(("title", "text"))),
        ("notify;title;a;b", Some(("title", "a;b"))),
        ("notify;title", Some(("title", ""))),
        ("notify;;text", Some(("", "text"))),
        ("notify;;", None),
        ("notify", None),
        ("precmd", None),
        ("", None),
    ] {
        let note = of_777(text.as_bytes());
        let parts = note.as_ref().map(|note| (note.title.as_str(), note.body.as_str()));
        assert_eq!(parts, wanted, "{text}");
    }
}

#[test]
fn kittys_notifications_are_put_together() {
    for (pieces, wanted) in [
        (&[";hello"][..], vec![note("hello", "")]),
        (
            &["i=1:d=0;Hello ", "i=1:d=0;world", "i=1:p=body;text"],
            vec![note("Hello world", "text")],
        ),
        (
            &["i=1:d=0;a", "i=2:d=0;b", "i=2:p=body;B", "i=1:p=body;A"],
            vec![note("b", "B"), note("a", "A")],
        ),
        (&["e=1;aGVsbG8=", "e=1;aGVsbG8"], vec![note("hello", ""), note("hello", "")]),
        (&["e=1:d=0;!!!not base64", ";after"], vec![note("after", "")]),
        (&["i=1:d=0;a", "i=1:e=1;!!", "i=1;b"], vec![note("ab", "")]),
        (&["p=?;", "p=close:i=1;", "p=icon;x", "p=buttons;x"], vec![]),
        (&["nonsense", "", ";", ":::==;x"], vec![note("x", "")]),
    ] {
        assert_eq!(kitty(pieces), wanted, "{pieces:?}");
    }
    let urgencies: Vec<Urgency> =
        kitty(&["u=0;a", "u=1;a", "u=2;a", "u=9;a"]).into_iter().map(|note| note.2).collect();
    use Urgency::{Critical, Low, Normal};
    assert_eq!(urgencies, [Low, Normal, Critical, Normal]);
    assert_eq!(kitty(&["i=1:u=2:d=0;a", "i=1;b"])[0].2, Critical, "a piece can say it for all");
}

#[test]
fn what_never_becomes_complete_is_bounded() {
    let mut pieces = Pieces::default();
    for number in 0..1000 {
        assert_eq!(pieces.add(format!("i={number}:d=0;{}", "x".repeat(10_000)).as_bytes()), None);
    }
    for _ in 0..10 {
        assert_eq!(pieces.add(format!("i=999:d=0;{}", "x".repeat(10_000)).as_bytes()), None);
    }
    assert_eq!(pieces.0.len(), INCOMPLETE);
    assert!(pieces.0.iter().all(|piece| piece.title.len() <= PART));
    assert_eq!(pieces.add(format!("i={}:d=0;x", "9".repeat(ID + 1)).as_bytes()), None);
    assert_eq!(pieces.0.len(), INCOMPLETE, "a name that is too long is none");
    assert_eq!(pieces.add(b"i=999;").unwrap().title.chars().count(), TITLE);
}
