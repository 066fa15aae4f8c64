//! What `orchflow export --format asciicast` writes is played by the real asciinema.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::support::version::cache;
use crate::support::wait::wait_until_shown;
use crate::support::{DEADLINE, Daemon, skip};

/// The version that `scripts/bring-asciinema` brings.
const BROUGHT: &str = "asciinema-2.4.0/asciinema";

/// Every colour and attribute, wide and combining characters, a region that scrolls, a bar of progress, lines that scroll off; and at the
/// end the alternate screen, if that is asked for.
const SHOW: &str = r#"
printf '\033]2;a title\007'
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    printf '\033[3%d;4%dmline %d\033[0;38;5;%dm and \033[1;3mmore \346\274\242\345\255\227 e\314\201\033[m\n' $((n % 8)) $(((n + 3) % 8)) $n $((n * 7))
done
printf '\033[38;2;18;52;86mtrue\033[m \033[4:3;58;5;9mcurly\033[m \033[7mreverse\033[m \033[9mstruck\033[m\n'
for n in 10 50 100; do printf '\r%d %%' $n; done
printf '\n\033[5;10r\033[10;1H\n\nscrolled\033[r\033[24;1H'
if [ "$1" ]; then printf '\033[?1049h\033[2J\033[3;7H\033[1;44mother screen\033[m'; fi
printf ready; exec sleep 1000"#;

fn asciinema() -> Option<PathBuf> {
    let named = std::env::var_os("ORCHFLOW_ASCIINEMA").filter(|path| !path.is_empty());
    let brought = || Some(cache()?.join(BROUGHT)).filter(|path| path.exists());
    named.map(PathBuf::from).or_else(brought)
}

/// Starts it in a terminal, and waits for its last word.
fn open(daemon: &Daemon, name: &str, command: &[&str]) {
    let params = json!({"command": command, "name": name, "rows": 24, "cols": 80});
    daemon.expect("terminal.open", params);
    daemon.wait_match(name, "ready");
}

/// What a terminal looks like: its rows, and what draws them with all colours, the cursor and the title.
fn look(daemon: &Daemon, name: &str) -> (Json, String) {
    let state = daemon.state(name);
    (state.screen["lines"].clone(), state.frame)
}

#[test]
fn asciinema_plays_a_recording_and_shows_what_the_terminal_did() {
    let name = "recordings::asciinema_plays_a_recording_and_shows_what_the_terminal_did";
    let Some(asciinema) = asciinema() else {
        return skip(name, "there is no asciinema; type: scripts/bring-asciinema");
    };
    let (sandbox, daemon) = Daemon::start();
    for (name, other) in [("primary", ""), ("alternate", "yes")] {
        open(&daemon, name, &["sh", "-c", SHOW, "show", other]);
        let file = sandbox.path(format!("work/{name}.cast"));
        let export = ["export", name, "--format", "asciicast", "-o"];
        sandbox.run(sandbox.orchflow().args(export).arg(&file)).expect_success();
        // It says nothing of its own when all is played.
        let play = r#""$0" play -s 1000 -i 0.01 "$1" || echo "failed: $?"; exec sleep 1000"#;
        let played = [asciinema.to_str().unwrap(), file.to_str().unwrap()];
        let player = format!("{name}-played");
        open(&daemon, &player, &[&["sh", "-c", play][..], &played].concat());
        let wanted = look(&daemon, name);
        wait_until_shown("the same", DEADLINE, || {
            let seen = look(&daemon, &player);
            if seen == wanted { Ok(()) } else { Err(format!("{seen:#?}, not {wanted:#?}")) }
        });
    }
}
