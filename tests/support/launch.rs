//! Owns how a Neovim of the tests is started: size, environment, the plugin on its path, and what runs before it.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use rmpv::Value;
use serde_json::{Map, Value as Json, json};

use super::environment::orchflow_binary;
use super::json::to_msgpack;
use super::nvim::Editor;
use super::rpc::Rpc;
use super::sandbox::Sandbox;
use super::screen::Screen;
use super::version::Version;

/// Tells two editors of one sandbox apart in their files.
static STARTED: AtomicUsize = AtomicUsize::new(0);

/// Told by the editor once it has started, after all plugins.
const READY: &str = "
local channel = ...
local function tell() vim.rpcnotify(channel, 'test_ready') end
if vim.v.vim_did_enter == 1 then tell() else vim.api.nvim_create_autocmd('VimEnter', { callback = tell, once = true }) end
";

/// An editor about to be started.
#[derive(Debug, Clone)]
#[must_use]
pub struct Launch {
    version: Version,
    program: Option<PathBuf>,
    size: (usize, usize),
    env: Vec<(OsString, OsString)>,
    args: Vec<OsString>,
    lua: String,
    config: Map<String, Json>,
    plugin: bool,
}

impl Launch {
    pub(super) fn new(version: Version) -> Self {
        Self {
            version,
            program: version.path(),
            size: (80, 24),
            env: Vec::new(),
            args: Vec::new(),
            lua: String::new(),
            config: Map::new(),
            plugin: true,
        }
    }

    /// Another Neovim than the version's own.
    pub fn program(mut self, path: impl Into<PathBuf>) -> Self {
        self.program = Some(path.into());
        self
    }

    /// Columns and rows of its screen.
    pub fn size(mut self, columns: usize, rows: usize) -> Self {
        self.size = (columns, rows);
        self
    }

    /// One more environment variable.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// One more argument, such as a file to open.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Lua to run before plugins are loaded.
    pub fn lua(mut self, code: &str) -> Self {
        self.lua.push_str(code);
        self.lua.push('\n');
        self
    }

    /// One more key of `vim.g.orchflow`.
    pub fn config(mut self, key: &str, value: Json) -> Self {
        self.config.insert(key.to_owned(), value);
        self
    }

    /// The `orchflow` to use: `None` for none, so that the plugin looks for itself and finds nothing.
    pub fn binary(self, path: Option<&Path>) -> Self {
        let value = path.map_or(Json::Null, |path| json!(path));
        self.config("binary", value)
    }

    /// Without our plugin: a bare Neovim.
    pub fn bare(mut self) -> Self {
        self.plugin = false;
        self
    }

    /// Starts it and waits until it is ready.
    #[track_caller]
    pub fn start(self, sandbox: &Sandbox) -> Editor {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let init = sandbox.write(format!("tmp/init-{number}.lua"), self.init());
        let errors = sandbox.path(format!("tmp/stderr-{number}"));
        let program =
            self.program.as_ref().expect("a Neovim of this version; type: scripts/bring-neovim");
        let mut command = sandbox.command(program);
        // No swap files: an editor that a test kills would leave one, and the next would stop to ask about it.
        command
            .args(["--embed", "--clean", "-n", "--cmd"])
            .arg(format!("lua dofile({})", lua_string(&text(&init))));
        command.args(&self.args).envs(self.env.iter().cloned());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&errors).expect("a file"));
        let mut child = command.spawn().expect("Neovim to start");
        let (stdout, stdin) =
            (child.stdout.take().expect("its stdout"), child.stdin.take().expect("its stdin"));
        let screen = Screen::default();
        let rpc = Rpc::over(stdout, stdin, screen.clone());
        let editor = Editor { rpc, screen, child, version: self.version, errors };
        self.attach(&editor);
        editor
    }

    /// Neovim waits with everything until a UI is there.
    #[track_caller]
    fn attach(&self, editor: &Editor) {
        let info = editor.call("nvim_get_api_info", &json!([]));
        let (columns, rows) = self.size;
        editor.call("nvim_ui_attach", &json!([columns, rows, {"ext_linegrid": true, "rgb": true}]));
        // Sent, not called: a prompt during the start would hold back the answer, and the screen says more than that.
        editor
            .rpc()
            .notify("nvim_exec_lua", vec![Value::from(READY), to_msgpack(&json!([info[0]]))]);
        editor.wait_notification("its start", |method, _| (method == "test_ready").then_some(()));
    }

    fn init(&self) -> String {
        let mut init = String::new();
        if self.plugin {
            let mut config = self.config.clone();
            config.entry("binary").or_insert_with(|| json!(orchflow_binary()));
            config.retain(|_, value| !value.is_null());
            let config = Json::Object(config).to_string();
            init += &format!(
                "vim.opt.runtimepath:prepend({})\n",
                lua_string(&text(super::repository()))
            );
            init += &format!("vim.g.orchflow = vim.json.decode({})\n", lua_string(&config));
        }
        init + &self.lua
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path that is text").to_owned()
}

/// A Lua string literal.
fn lua_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
