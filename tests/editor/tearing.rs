//! What an editor draws while a program prints whole screens again and again: each time a screen that there was.

use serde_json::json;

use crate::support::{Editor, Sandbox, each_neovim};

/// Screens that the program prints, a row at a time, each of a number that stands twice in every row.
const SCREENS: usize = 150;

/// Prints them between `begin` and `end`, with a pause in the middle that a frame falls into; then `done`.
fn program(begin: &str, end: &str) -> String {
    format!(
        "n=0; while [ $n -lt {SCREENS} ]; do n=$((n+1)); printf '{begin}\\033[H'; \
         for row in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do printf \"=$n= \\033[1mrow $row of a screen\\033[m =$n=\\r\\n\"; [ $row = 8 ] && sleep 0.01; done; \
         printf '{end}'; sleep 0.01; done; printf done; sleep 1000"
    )
}

/// The numbers on a screen, in the order in which they were printed.
fn numbers(screen: &str) -> Vec<usize> {
    screen.split('=').skip(1).step_by(2).filter_map(|number| number.parse().ok()).collect()
}

/// All that the editor has drawn while the program ran.
fn drawn(editor: &Editor, command: &str) -> Vec<Vec<usize>> {
    editor.record();
    // All of a screen must have room.
    let open = "require('orchflow').terminal({ cmd = ..., split = 'current' })";
    editor.lua(open, json!([command]));
    editor.wait_text("done");
    let screens = editor.recorded().into_iter().map(|screen| numbers(&screen));
    let screens: Vec<_> = screens.filter(|numbers| !numbers.is_empty()).collect();
    assert!(screens.len() > 10, "only {} screens were drawn", screens.len());
    screens
}

/// A program that is kept from going on for more than 150 ms is not waited for, and here others keep it.
#[track_caller]
fn assert_whole(screens: &[Vec<usize>]) {
    let is_torn =
        |screen: &&Vec<usize>| screen.len() != 32 || screen.iter().any(|n| n != &screen[0]);
    let torn: Vec<_> = screens.iter().filter(is_torn).collect();
    assert!(torn.len() * 20 <= screens.len(), "{} of {}: {torn:?}", torn.len(), screens.len());
}

each_neovim! {
    fn no_screen_is_drawn_that_the_program_had_not_come_to(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let mut last = 0;
        for screen in drawn(&editor, &program("", "")) {
            // Those printed by then, and below them those of the screen before.
            let falls = screen.windows(2).all(|pair| pair[0] >= pair[1]);
            assert!(falls && screen[0] - screen[screen.len() - 1] <= 1, "{screen:?}");
            assert!(screen[0] >= last, "{screen:?} after {last}");
            last = screen[0];
        }
    }

    fn a_synchronised_screen_is_drawn_whole(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let screens = drawn(&editor, &program("\\033[?2026h", "\\033[?2026l"));
        assert_whole(&screens);
    }
    fn a_synchronised_screen_whose_end_comes_in_pieces_is_drawn_whole(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        // The next one begins with the rest of the end.
        let end = "\\033[?20'; sleep 0.02; printf '26l\\033[?2026h";
        let screens = drawn(&editor, &program("\\033[?2026h", end));
        assert_whole(&screens);
    }

    fn a_screen_that_is_never_said_to_be_whole_is_drawn_all_the_same(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let open = "require('orchflow').terminal({ cmd = ..., split = 'current' })";
        editor.lua(open, json!(["printf 'begun \\033[?2026hand left so'; sleep 1000"]));
        editor.wait_text("begun and left so");
    }
}
