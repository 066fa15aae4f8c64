//! Whatever is done to the windows of a view while its program prints in bursts: in the end each line stands in the
//! buffer once, in order.

use serde_json::{Value as Json, json};

use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, Version, each_neovim, random::Random, seeds::seeds,
    wait::is_within,
};

/// Prints as many numbered lines as it is told; those of some numbers are long, or of wide characters, or both. Between
/// bursts it may show its other screen.
const PROGRAM: &str = r#"stty -echo; echo N0.; n=0; while read count; do
    case $count in
    alternate) printf '\033[?1049hon the other screen\n'; continue;;
    primary) printf '\033[?1049l'; continue;;
    esac
    awk -v n=$n -v count=$count 'BEGIN {
        for (i = n + 1; i <= n + count; i++) {
            text = "N" i " "
            if (i % 3 == 0) for (k = 0; k < i % 150; k++) text = text "x"
            if (i % 5 == 0) for (k = 0; k < i % 70; k++) text = text "漢字"
            print text "."
        }
    }'
    n=$((n + count))
done"#;

/// What whoever has to understand a failure asks first.
const STATE: &str = "
local view = require('orchflow.view').of(vim.api.nvim_get_current_buf())
return { vim.fn.bufname(), vim.fn.line('$'), vim.api.nvim_get_mode(), vim.inspect(view), vim.fn.execute('ls!') }";

/// The line of that number without its blanks, as the program prints it.
fn line(number: usize) -> String {
    let long = if number.is_multiple_of(3) { number % 150 } else { 0 };
    let wide = if number.is_multiple_of(5) { number % 70 } else { 0 };
    format!("N{number}{}{}.", "x".repeat(long), "漢字".repeat(wide))
}

/// The lines that rows are the pieces of, without their blanks.
fn join<'a>(rows: impl IntoIterator<Item = &'a Json>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for row in rows {
        let text = row.as_str().unwrap().replace(' ', "");
        match lines.last_mut().filter(|_| !text.starts_with('N')) {
            Some(line) => line.push_str(&text),
            None => lines.push(text),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// What is wrong with these lines; nothing if they are the first `count`, each once.
fn wrong_lines(lines: &[String], count: usize) -> Vec<String> {
    differences(lines, &(0..=count).map(line).collect::<Vec<_>>())
}

/// The same of the numbers alone: a window that is narrower than its terminal shows its rows' beginnings.
fn wrong_numbers(rows: &[Json], count: usize) -> Vec<String> {
    let numbers = rows.iter().filter_map(|row| row.as_str()?.strip_prefix('N'));
    let digits = |row: &str| row.chars().take_while(char::is_ascii_digit).collect();
    let wanted: Vec<String> = (0..=count).map(|number| number.to_string()).collect();
    differences(&numbers.map(digits).collect::<Vec<_>>(), &wanted)
}

fn differences(lines: &[String], wanted: &[String]) -> Vec<String> {
    if lines == wanted {
        return Vec::new();
    }
    let times = |line: &String| lines.iter().filter(|other| *other == line).count();
    let missing = wanted.iter().filter(|line| times(line) == 0).map(|line| format!("-{line}"));
    let doubled = wanted.iter().filter(|line| times(line) > 1).map(|line| format!("+{line}"));
    let strange = lines.iter().filter(|line| !wanted.contains(line)).map(|l| format!("?{l}"));
    let short = |what: String| what.chars().take(20).collect();
    let all = missing.chain(doubled).chain(strange).map(short);
    all.chain(["in this order".to_owned()]).collect()
}

/// A terminal in an editor, and what happens to it.
struct Play<'a> {
    /// Those that show it; each step is done in one of them.
    editors: &'a [Editor],
    daemon: &'a Daemon,
    random: Random,
    name: String,
    printed: usize,
    alternate: bool,
    /// What was done, for whoever has to understand it.
    done: Vec<String>,
}

/// What is typed comes through the view, which decides the terminal's size then.
const TYPE: &str = "
local name, text = ...
local view = require('orchflow.view').find(name)
if view and view.view then
    _G.typed = false
    require('orchflow.view.input').take(view, text)
    require('orchflow.client').request('daemon.info', {}, function() _G.typed = true end)
    return true
end";

impl<'a> Play<'a> {
    /// One of them, and its number.
    fn editor(&mut self) -> (usize, &'a Editor) {
        let editors = self.editors;
        let chosen = if editors.len() > 1 { self.random.below(editors.len()) } else { 0 };
        (chosen, &editors[chosen])
    }

    fn command(&mut self, (number, editor): (usize, &Editor), command: &str) {
        // In a layout that has no place for it, it does nothing.
        let refused = editor.try_command(command).is_err();
        self.done.push(format!("{number}: {command}{}", if refused { " (refused)" } else { "" }));
    }

    fn say(&mut self, word: &str) {
        let data = format!("{word}\n");
        let (number, editor) = self.editor();
        let typed = self.random.once_in(3) && editor.lua(TYPE, json!([self.name, data])) == true;
        if typed {
            // What others type comes after it.
            editor.wait_lua("it to be typed", "return _G.typed", Json::Null);
        } else {
            self.daemon.expect("terminal.write", json!({"id": self.name, "data": data}));
        }
        self.done.push(if typed { format!("{number}: {word}") } else { word.to_owned() });
    }

    /// Shows the other screen, or the first one again.
    fn switch(&mut self) {
        self.alternate = !self.alternate;
        self.say(if self.alternate { "alternate" } else { "primary" });
    }

    fn burst(&mut self) {
        if self.alternate {
            self.switch(); // What is printed there is in no scrollback.
        }
        let most = *self.random.of(&[8, 40, 120, 400]);
        let count = 1 + self.random.below(most);
        self.printed += count;
        self.say(&count.to_string());
    }

    fn wait(&mut self) {
        let quiet = json!({"id": self.name, "quiet_ms": 200, "timeout_ms": 10_000});
        self.daemon.expect("terminal.wait", quiet);
        self.done.push("wait".to_owned());
    }

    fn step(&mut self) {
        let (number, editor) = self.editor();
        let command = match self.random.below(15) {
            0..=3 => return self.burst(),
            4 | 5 => {
                let (columns, rows) = (40 + self.random.below(100), 10 + self.random.below(30));
                editor.resize(columns, rows);
                return self.done.push(format!("{number}: {columns}x{rows}"));
            }
            6 => return self.wait(),
            7 => return self.switch(),
            8 => format!("resize {}", 1 + self.random.below(30)),
            9 => format!("vertical resize {}", 10 + self.random.below(80)),
            10 => "hide enew".to_owned(),
            11 => format!("buffer orchflow://{}", self.name),
            kind => {
                let commands: &[&str] = match kind {
                    12 => &["split", "vsplit", "new", "vnew", "tab split"],
                    13 => &["close", "only", "tabclose", "wincmd w"],
                    _ => &["startinsert", "stopinsert", "normal! gg", "normal! G"],
                };
                (*self.random.of(commands)).to_owned()
            }
        };
        self.command((number, editor), &command);
    }

    /// Lets everything settle, and says what is wrong then.
    fn end(&mut self) -> Option<String> {
        self.burst();
        let editors = self.editors;
        for one in editors.iter().enumerate() {
            // A single window that was made lower has left its rows to the command line.
            for command in ["silent! tabonly", "silent! only", "set cmdheight=1"] {
                self.command(one, command);
            }
            self.command(one, &format!("buffer orchflow://{}", self.name));
        }
        let mut wrong = Vec::new();
        for (number, editor) in editors.iter().enumerate() {
            let found = self.wrong(editor);
            wrong.extend(found.map(|wrong| format!("{number}: {wrong}")));
        }
        if wrong.is_empty() {
            return None;
        }
        let screen =
            self.daemon.expect("terminal.read", json!({"id": self.name, "history": 10_000}));
        let rows = |key: &str| screen[key].as_array().unwrap().clone();
        let own =
            wrong_lines(&join(&[rows("history_lines"), rows("lines")].concat()), self.printed);
        let size = [&screen["cols"], &screen["rows"]];
        Some(format!("{}in the daemon ({size:?}): {own:?}\n", wrong.concat()))
    }

    /// What is wrong in the end in one of them.
    fn wrong(&self, editor: &Editor) -> Option<String> {
        let wrong = || {
            if self.editors.len() > 1 {
                // The terminal takes the size of the view that was typed in last; a smaller one lacks rows of its screen.
                editor.lua(TYPE, json!([self.name, "0\n"]));
            }
            let rows = "return vim.api.nvim_buf_get_lines(0, 0, -1, false)";
            let rows = editor.lua(rows, Json::Null);
            let rows = rows.as_array().unwrap();
            match self.editors.len() {
                1 => wrong_lines(&join(rows), self.printed),
                _ => wrong_numbers(rows, self.printed),
            }
        };
        if is_within(DEADLINE, || wrong().is_empty()) {
            return None;
        }
        let (wrong, state, count) = (wrong(), editor.lua(STATE, Json::Null), self.printed);
        Some(format!("of {count} lines wrong in the editor: {wrong:?}\n{state}\n"))
    }
}

impl Drop for Play<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("after {:?}", self.done);
        }
    }
}

/// Opens the terminal in a fresh editor, or shows it there if it is open.
fn open(
    version: Version,
    sandbox: &Sandbox,
    (columns, rows): (usize, usize),
    name: &str,
    fresh: bool,
) -> Editor {
    // Neovim dies, of its own, of wide characters in a terminal of one column.
    let config = "vim.o.winminwidth = 8";
    let editor = Editor::with(version).size(columns, rows).lua(config).start(sandbox);
    let open =
        "require('orchflow').terminal({ cmd = ..., name = select(2, ...), split = 'current' })";
    if fresh {
        editor.lua(open, json!([PROGRAM, name]));
    } else {
        editor.command(&format!("Orchflow attach ++current {name}"));
    }
    editor.wait_text("N0");
    editor
}

/// One seed's case, in editors of these sizes; what is wrong in the end.
fn play(
    version: Version,
    sandbox: &Sandbox,
    seed: u64,
    sizes: &[(usize, usize)],
) -> Option<String> {
    let name = format!("bursts-{seed}");
    let editors: Vec<Editor> = (0..)
        .zip(sizes)
        .map(|(number, size)| open(version, sandbox, *size, &name, number == 0))
        .collect();
    let daemon = Daemon::connect(sandbox);
    let mut play = Play {
        editors: &editors,
        daemon: &daemon,
        random: Random::new(seed),
        name,
        printed: 0,
        alternate: false,
        done: Vec::new(),
    };
    for _ in 0..30 {
        play.step();
    }
    let wrong = play.end()?;
    Some(format!("seed {seed}: {wrong}after {:?}\n", play.done))
}

each_neovim! {
    fn each_line_stands_in_the_buffer_once_whatever_was_done_to_its_windows(version) {
        let sandbox = Sandbox::new();
        let play = |seed| play(version, &sandbox, seed, &[(100, 30)]);
        let wrong: Vec<_> = seeds(8).filter_map(play).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn each_line_stands_once_in_each_of_two_editors_of_different_sizes(version) {
        let sandbox = Sandbox::new();
        let play = |seed| play(version, &sandbox, seed, &[(100, 30), (70, 20)]);
        let wrong: Vec<_> = seeds(4).filter_map(play).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
