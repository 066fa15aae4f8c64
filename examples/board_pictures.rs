//! Draws `doc/board.svg` and `doc/grid.svg` from real screens: the board and the grid over a swarm of stand-ins for agents.

use std::fs;
use std::io::{Error, Result, Write};

use serde_json::{Value as Json, json};

#[path = "../tests/support/mod.rs"]
mod support;

use support::{Daemon, Editor, Sandbox, Version, repository, svg};

/// A stand-in: it prints what its file has, and is in the status that is reported of it.
const PROFILE: &str = r#"
name = "PROGRAM"
title = "A stand-in"
command = ["sh", "-c", "cat \"$SCREEN\"; exec cat >/dev/null"]
[hooks.events]
Begin = { signal = "working", keep = { detail = "detail" } }
Ask = { signal = "blocked", keep = { question = "question" } }
End = { signal = "done" }
"#;

/// Name, program, session, what it does, in what words, and its screen.
const SWARM: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "parser",
        "claude",
        "shop",
        "Begin",
        "Edit src/parser/expr.rs",
        "\x1b[2J\x1b[H\x1b[1m> make the parser keep comments\x1b[m\r\n\r\n\x1b[32m●\x1b[m I will attach comments to the node that follows.\r\n\r\n\x1b[32m●\x1b[m \x1b[1mUpdate\x1b[m(src/parser/expr.rs)\r\n  ⎿ 12 additions, 3 removals\r\n     41 \x1b[31m-    let node = self.atom()?;\x1b[m\r\n     41 \x1b[32m+    let lead = self.comments();\x1b[m\r\n     42 \x1b[32m+    let node = self.atom()?.with(lead);\x1b[m\r\n\r\n\x1b[33m✶ Thinking…\x1b[m \x1b[2m(38s · esc to interrupt)\x1b[m\r\n",
    ),
    (
        "checkout",
        "claude",
        "shop",
        "Ask",
        "Do you want to run `npm run migrate`?",
        "\x1b[2J\x1b[H\x1b[32m●\x1b[m The orders table lacks a column.\r\n\r\n╭───────────────────────────────────╮\r\n│ \x1b[1mBash command\x1b[m                      │\r\n│   npm run migrate                 │\r\n│                                   │\r\n│ Do you want to proceed?           │\r\n│ \x1b[34m❯ 1. Yes\x1b[m                          │\r\n│   2. No, tell it what to do       │\r\n╰───────────────────────────────────╯\r\n",
    ),
    (
        "reviewer",
        "codex",
        "shop",
        "End",
        "",
        "\x1b[2J\x1b[H\x1b[2m•\x1b[m Reviewed 14 files.\r\n\r\n  \x1b[1mOne finding\x1b[m\r\n  src/cart.ts:88  the total is rounded twice\r\n\r\n\x1b[36m›\x1b[m \x1b[2mSummarize recent commits\x1b[m\r\n",
    ),
    (
        "docs",
        "gemini",
        "docs",
        "Begin",
        "WriteFile guide/install.md",
        "\x1b[2J\x1b[H\x1b[35m✦\x1b[m I rewrite the install guide.\r\n\r\n \x1b[32m✔\x1b[m ReadFile guide/install.md\r\n \x1b[33m⊷\x1b[m WriteFile guide/install.md\r\n\r\n\x1b[36m⠼\x1b[m Polishing words… \x1b[2m(esc to cancel, 9s)\x1b[m\r\n",
    ),
    (
        "translator",
        "gemini",
        "docs",
        "Ask",
        "Which language first?",
        "\x1b[2J\x1b[H\x1b[35m✦\x1b[m Which language first?\r\n\r\n \x1b[34m● 1. 日本語\x1b[m\r\n   2. Français\r\n",
    ),
];

/// The terminals beside them.
const BESIDE: &[(&str, &str)] = &[
    (
        "dev",
        "printf '\\033[32m  VITE\\033[m ready in 312 ms\\n\\n  Local: \\033[36mhttp://localhost:5173/\\033[m\\n'; exec npm-run-dev",
    ),
    (
        "tests",
        "printf '\\033[32m PASS \\033[m src/cart.test.ts\\n\\033[32m PASS \\033[m src/orders.test.ts\\n\\n\\033[1mTests:\\033[m 48 passed\\n'; exec watch-tests",
    ),
];

fn main() -> Result<()> {
    let version = Version::newest()
        .ok_or_else(|| Error::other("no Neovim here; type: scripts/bring-neovim 0.12"))?;
    let sandbox = Sandbox::new();
    let client = swarm(&sandbox);
    let editor = Editor::with(version)
        .size(130, 32)
        .config("float", json!({"width": 0.96, "height": 0.9}))
        .lua("vim.o.statusline = \" %f%=%{%v:lua.require'orchflow'.statusline()%} \"")
        .start(&sandbox);
    editor.command(&format!("cd {}", repository().display()));
    editor.command("edit src/ui/list.rs");
    editor.command("set number nowrap noruler noshowcmd");
    editor.command("Orchflow");
    editor.wait_text("Do you want to proceed?");
    draw(&editor, "doc/board.svg")?;
    editor.input("g");
    editor.wait_screen("all screens", |grid| {
        ["Tests:", "Polishing", "VITE", "rounded"].iter().all(|words| grid.contains(words))
    });
    draw(&editor, "doc/grid.svg")?;
    editor.quit();
    drop(client);
    Ok(())
}

fn swarm(sandbox: &Sandbox) -> Daemon {
    for program in ["claude", "codex", "gemini"] {
        let profile = PROFILE.replace("PROGRAM", program);
        sandbox.write(format!("config/orchflow/agents/{program}.toml"), profile);
    }
    for program in ["npm-run-dev", "watch-tests"] {
        let path = sandbox.write(format!("home/bin/{program}"), "#!/bin/sh\nexec cat\n");
        let _ = sandbox.command("chmod").arg("+x").arg(path).status();
    }
    sandbox.write("home/shop/.git/HEAD", "ref: refs/heads/checkout-2\n");
    sandbox.write("home/docs/.git/HEAD", "ref: refs/heads/main\n");
    sandbox.start_daemon();
    let client = Daemon::connect(sandbox);
    let size = json!({"rows": 14, "cols": 60});
    for (name, program, session, event, words, screen) in SWARM {
        let screen = sandbox.write(format!("home/{name}.txt"), screen);
        let cwd = sandbox.path("home").join(session);
        let params = json!({"profile": program, "name": name, "cwd": cwd, "env": {"SCREEN": screen}, "size": size});
        client.expect("agent.spawn", params);
        client.expect("terminal.wait", json!({"id": name, "quiet_ms": 100, "timeout_ms": 5000}));
        let report = |event: &str, payload: Json| {
            let params = json!({"id": name, "profile": program, "event": event, "payload": payload.to_string()});
            client.expect("agent.report", params);
        };
        report("Begin", json!({"detail": words}));
        report(event, json!({"detail": words, "question": words}));
    }
    for (name, line) in BESIDE {
        let path = format!("{}:/usr/bin:/bin", sandbox.path("home/bin").display());
        let cwd = sandbox.path("home/shop");
        let mut params =
            json!({"command": ["sh", "-c", line], "name": name, "cwd": cwd, "env": {"PATH": path}});
        params["rows"] = size["rows"].clone();
        params["cols"] = size["cols"].clone();
        client.expect("terminal.open", params);
    }
    client
}

fn draw(editor: &Editor, path: &str) -> Result<()> {
    editor.redraw();
    fs::write(repository().join(path), svg::render(&editor.grid(), "nvim"))?;
    writeln!(std::io::stdout(), "Drew {path} from this screen:\n{}", editor.screen())
}
