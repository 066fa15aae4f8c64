//! What an editor shows a real agent CLI: files and lines, sent from a real Neovim in the program's own way to refer to them.

use serde_json::json;

use crate::support::{Editor, Stage, Version, each_agent, skip};

const TEXT: &str = "first line\nthe heron is grey\nit stands in the reeds\nlast line\n";

/// How its model is told of a file, of one with a blank in its name, and of two lines.
fn references(program: &str) -> [&'static str; 3] {
    match program {
        "claude" => ["@herons.txt", "@\"white herons.txt\"", "@herons.txt#L2-3"],
        // They were sent `@white\ herons.txt`.
        "gemini" | "qwen" => ["@herons.txt", "@white herons.txt", "@herons.txt (lines 2-3)"],
        _ => ["herons.txt", "\"white herons.txt\"", "herons.txt:2-3"],
    }
}

/// A project with two files that git knows: one of the programs looks at no others.
fn files(stage: &Stage) {
    stage.sandbox.write("work/herons.txt", TEXT);
    stage.sandbox.write("work/white herons.txt", TEXT.replace("grey", "white"));
    let added = stage.sandbox.command("git").args(["add", "."]).status().unwrap();
    assert!(added.success());
}

/// Whether its model is given the file itself with a reference to it.
fn brings_the_file(program: &str, file: &str) -> bool {
    match program {
        "claude" | "gemini" | "qwen" => true,
        // It asks whether it may, of a name without a blank.
        "aider" => !file.contains(' '),
        _ => false,
    }
}

each_agent! {
    fn what_an_editor_sends_is_referred_to_in_the_programs_own_way(stage: Stage::set, claude codex gemini opencode qwen aider) {
        let Some(version) = Version::newest() else {
            return skip("real_agents_references", "no Neovim here");
        };
        files(stage);
        stage.spawn();
        stage.reaches(&["idle"]);
        let editor = Editor::with(version).start(&stage.sandbox);
        let [file, spaced, lines] = references(stage.program);
        for (name, range, placeholder, reference, words) in [
            ("herons.txt", "", "{file}", file, "the heron is grey"),
            ("white\\ herons.txt", "", "{file}", spaced, "the heron is white"),
            ("herons.txt", "2,3", "{selection}", lines, "it stands in the reeds"),
        ] {
            editor.command(&format!("edit {name}"));
            editor.command(&format!("{range}Orchflow send mine look at {placeholder}"));
            if stage.program == "aider" && reference == file {
                stage.reaches(&["blocked"]);
                let open = stage.client.expect("inbox.list", json!({}));
                let question = &open["questions"][0];
                assert_eq!(question["question"], "herons.txt\nAdd file to the chat?", "{open}");
                stage.answer(question);
            }
            let told = format!("look at {reference}");
            // Lines are sent with their text.
            let brings = placeholder == "{selection}" || brings_the_file(stage.program, name);
            let wanted = [told.as_str(), words];
            stage.hears(&wanted[..if brings { 2 } else { 1 }]);
            stage.reaches(&["done"]);
            stage.look_at();
        }
    }
}
