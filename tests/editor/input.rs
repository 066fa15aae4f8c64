//! What is typed, pasted and clicked reaches the program as it asks for it.

use serde_json::{Value as Json, json};

use super::open;
use crate::support::{DEADLINE, Editor, Sandbox, Version, each_neovim, wait_until};

each_neovim! {
    fn ten_thousand_typed_and_pasted_characters_arrive_in_order(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let text: String = (0..10_000u32).map(|n| char::from(b'a' + (n * 7 % 26) as u8)).collect();
        for (name, typed) in [("typed", true), ("pasted", false)] {
            let take = "stty raw -echo; echo $NAME ready; head -c 10000 > $OUT; echo $NAME taken; sleep 1000";
            let out = sandbox.path(format!("work/{name}"));
            open(&editor, name, &take.replace("$OUT", out.to_str().unwrap()).replace("$NAME", name));
            editor.wait_text(&format!("{name} ready"));
            editor.command("startinsert");
            editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
            if typed {
                editor.input(&text);
            } else {
                editor.paste(&text);
            }
            editor.wait_text(&format!("{name} taken"));
            assert_eq!(std::fs::read_to_string(out).unwrap(), text);
            editor.input("<C-\\><C-n>");
            editor.command("only");
        }
    }

    fn the_mouse_reaches_a_program_that_asks_for_it(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        editor.lua("require('orchflow').terminal({ cmd = ..., split = 'current' })", json!(["stty raw -echo; printf '\\033[?1000h\\033[?1006hready\\r\\n'; head -c 9 | od -c"]));
        editor.wait_text("ready");
        editor.command("startinsert");
        wait_until("a click to arrive", DEADLINE, || {
            editor.call("nvim_input_mouse", &json!(["left", "press", "", 0, 4, 6]));
            editor.grid().contains("[   <   0   ;").then_some(())
        });
    }

    fn keys_are_encoded_as_the_program_asks(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let (up, escape) = ("<Up>", "<Esc>");
        // Kitty's way is known to Neovim 0.12 only.
        let kitty = if version == Version::V0_12 { r"\x1b[27;1u" } else { r"\x1b" };
        let cases = [
            ("", up, r"\x1b[A"),
            ("\x1b[?1h", up, r"\x1bOA"),
            ("\x1b[?1h\x1b[?1l", up, r"\x1b[A"),
            ("", escape, r"\x1b"),
            ("\x1b[>1u", escape, kitty),
            ("\x1b[>1u\x1b[<u", escape, r"\x1b"),
            ("\x1b[=1u", escape, kitty),
            ("\x1b[?1049h\x1b[>1u", escape, kitty),
            ("\x1b[>1u\x1b[?1049h", escape, r"\x1b"),
            ("\x1b[>1u\x1b[?1049h\x1b[?1049l", escape, kitty),
        ];
        for (number, (asked, key, wanted)) in cases.into_iter().enumerate() {
            let out = sandbox.path(format!("work/keys-{number}"));
            let script = format!("stty raw -echo\nprintf '{}ready {number}'\nexec dd bs=1 2>/dev/null > '{}'\n", asked.replace('\x1b', "\\033"), out.display());
            let script = sandbox.write(format!("work/keys-{number}.sh"), script);
            editor.command("silent! only");
            open(&editor, &format!("keys{number}"), &format!("exec sh {}", script.display()));
            editor.wait_text(&format!("ready {number}"));
            editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
            editor.input(&format!("{key}x"));
            let mut seen = String::new();
            let wanted = format!("{wanted}x");
            let done = crate::support::wait::is_within(DEADLINE, || {
                std::fs::read(&out).is_ok_and(|read| read.escape_ascii().to_string() == wanted)
                    || std::fs::read(&out).is_ok_and(|read| read.ends_with(b"x"))
            });
            seen.push_str(&std::fs::read(&out).unwrap_or_default().escape_ascii().to_string());
            assert!(done && seen == wanted, "{key} after {asked:?} is {seen}, not {wanted}");
            editor.input("<C-\\><C-n>");
        }
    }
}
