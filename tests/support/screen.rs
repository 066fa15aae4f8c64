//! Owns an editor's screen as it is now: the reader thread draws into it, tests look at it and wait on it.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use rmpv::Value;
use serde_json::json;

use super::grid::Grid;
use super::nvim::Editor;
use super::rpc::Listener;
use super::wait::{DEADLINE, Watched};

#[derive(Default)]
struct State {
    grid: Grid,
    ended: bool,
    /// Every screen that was drawn, as text, once somebody wants to know.
    record: Option<Vec<String>>,
}

/// A grid that is kept up to date. Clones show the same one.
#[derive(Clone, Default)]
pub struct Screen(Arc<Watched<State>>);

impl Screen {
    /// Waits until `look` answers for a whole screen, never a half drawn one; `None` at the deadline or the editor's end.
    pub fn wait<T>(
        &self,
        timeout: Duration,
        mut look: impl FnMut(&Grid) -> Option<T>,
    ) -> Option<T> {
        let found = self.0.wait(timeout, |state| {
            let whole = !state.grid.is_drawing();
            let fact = if whole { look(&state.grid).map(Some) } else { None };
            fact.or_else(|| state.ended.then_some(None))
        });
        found.flatten()
    }

    /// Keeps every screen that is drawn from now on.
    pub fn record(&self) {
        self.0.change(|state| state.record = Some(Vec::new()));
    }

    /// Those that were drawn since.
    pub fn recorded(&self) -> Vec<String> {
        let mut all = None;
        self.0.change(|state| all = state.record.take());
        all.unwrap_or_default()
    }

    /// The screen as it is, even half drawn: for a panic.
    pub fn describe(&self) -> String {
        let state = self.0.lock();
        let (grid, end) = (&state.grid, if state.ended { ", the editor has ended" } else { "" });
        let rule = "-".repeat(grid.size().0);
        format!(
            "mode {}, cursor {:?}{end}\n{rule}\n{}{rule}\n",
            grid.mode,
            grid.cursor(),
            grid.text()
        )
    }
}

impl Listener for Screen {
    fn notification(&mut self, method: &str, params: &[Value]) -> bool {
        if method == "redraw" {
            self.0.change(|state| {
                state.grid.redraw(params);
                if let Some(record) = &mut state.record
                    && !state.grid.is_drawing()
                {
                    record.push(state.grid.text());
                }
            });
        }
        method == "redraw"
    }

    fn ended(&mut self) {
        self.0.change(|state| state.ended = true);
    }
}

impl Editor {
    /// Changes the size of the UI and waits until the screen has it.
    #[track_caller]
    pub fn resize(&self, columns: usize, rows: usize) {
        self.call("nvim_ui_try_resize", &json!([columns, rows]));
        self.wait_screen("the new size", |grid| grid.size() == (columns, rows));
    }

    /// Waits until the screen fulfils a condition; panics with the screen when it never does.
    #[track_caller]
    pub fn wait_screen(&self, what: &str, condition: impl Fn(&Grid) -> bool) {
        self.look(what, |grid| condition(grid).then_some(()));
    }

    /// Keeps the text of every screen that Neovim draws from now on.
    pub fn record(&self) {
        self.screen.record();
    }

    /// Those that it has drawn since.
    pub fn recorded(&self) -> Vec<String> {
        self.screen.recorded()
    }

    /// Waits until this text stands in one row.
    #[track_caller]
    pub fn wait_text(&self, text: &str) {
        self.wait_screen(&format!("the text {text:?}"), |grid| grid.contains(text));
    }

    /// Waits until `look` finds its fact on the screen, and gives it.
    #[track_caller]
    pub fn look<T>(&self, what: &str, look: impl FnMut(&Grid) -> Option<T>) -> T {
        match self.screen.wait(DEADLINE, look) {
            Some(fact) => fact,
            None => {
                panic!("in vain waited for {what} in Neovim {}\n{}", self.version, self.describe())
            }
        }
    }

    /// The fact that `look` finds on the screen; None when it is not there in time.
    pub fn screen_within<T>(
        &self,
        timeout: Duration,
        look: impl FnMut(&Grid) -> Option<T>,
    ) -> Option<T> {
        self.screen.wait(timeout, look)
    }

    /// Makes Neovim draw what is due, so that the screen shows all that was done before.
    #[track_caller]
    pub fn redraw(&self) {
        self.command("redraw");
    }

    /// The screen now.
    #[track_caller]
    pub fn grid(&self) -> Grid {
        self.look("a whole screen", |grid| Some(grid.clone()))
    }

    /// The text of the screen now.
    #[track_caller]
    pub fn screen(&self) -> String {
        self.grid().text()
    }

    /// The highlights of the screen now.
    #[track_caller]
    pub fn highlights(&self) -> String {
        self.grid().highlights()
    }

    /// The screen as it is and what Neovim wrote to its stderr: for a panic.
    pub fn describe(&self) -> String {
        let errors = fs::read_to_string(&self.errors).unwrap_or_default();
        let errors = if errors.is_empty() { errors } else { format!("its stderr: {errors}\n") };
        self.screen.describe() + &errors
    }
}
