//! Owns where the real agent CLIs of the tests are, and the scripted model that is all they reach: its process, and what it was told.
//!
//! `scripts/agents/setting.py` makes the network namespace, serves the model in it and starts the daemon there; the test's own connection to
//! the daemon is a socket in the file system, which is the same on both sides.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::Value as Json;

use super::environment::orchflow_binary;
use super::process;
use super::sandbox::Sandbox;
use super::stage::LONG;
use super::version::cache;
use super::wait::wait_until_shown;

/// How `setting.py` ends where it cannot keep a program from the network.
const NO_NAMESPACE: i32 = 3;

/// The process that serves the model; it ends with its standard input, and so with us whatever happens.
pub struct Model {
    child: Child,
    log: PathBuf,
}

impl Drop for Model {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        process::kill(self.child.id());
        let _ = self.child.wait();
    }
}

impl Model {
    /// What it was told with each request that it has answered, oldest first: all texts of the conversation so far.
    pub fn heard(&self) -> Vec<Vec<String>> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let whole = log.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let line = |line| serde_json::from_str::<Json>(line).expect("JSON");
        let texts = |line: Json| serde_json::from_value(line["heard"].clone()).expect("texts");
        whole.map(line).map(texts).collect()
    }
}

/// The program to start: from `ORCHFLOW_AGENT_NAME`, else what `scripts/bring-agent` has brought.
pub fn find(program: &str) -> Option<PathBuf> {
    let variable = format!("ORCHFLOW_AGENT_{}", program.to_uppercase());
    let named = std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let profile = fs::read_to_string(super::repository().join(format!("agents/{program}.toml")));
    let profile: toml::Table = profile.expect("a profile").parse().expect("TOML");
    let version = profile["proven"].as_str().expect("a version");
    let brought =
        || cache().map(|cache| cache.join(format!("agents/{program}-{version}/{program}")));
    named.or_else(brought).filter(|path| path.exists())
}

pub fn search_path(program: &Path) -> String {
    let folder = program.parent().expect("a folder").display();
    format!("{folder}:{}", std::env::var("PATH").unwrap_or_default())
}

/// Serves the model and starts the daemon; `Err` says what is missing here.
pub fn serve(
    sandbox: &Sandbox,
    program: &str,
    args: &[&str],
    path: &Path,
) -> Result<(Model, Json), String> {
    let [said, errors, log] =
        ["stage.out", "stage.err", "model.log"].map(|name| sandbox.path("tmp").join(name));
    let mut command = sandbox.command("python3");
    command.arg(super::repository().join("scripts/agents/setting.py"));
    command.arg("--log").arg(&log).args(args).arg(program).args([
        sandbox.path("home"),
        sandbox.path("work"),
        orchflow_binary(),
    ]);
    command.arg("daemon").env("PATH", search_path(path)).stdin(Stdio::piped());
    command.stdout(File::create(&said).expect("a file"));
    command.stderr(File::create(&errors).expect("a file"));
    let started = command.spawn().map_err(|error| format!("no python3 here: {error}"))?;
    let mut model = Model { child: started, log };
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    wait_until_shown("the stage to be set", LONG, || {
        let (line, ended) = (read(&said), model.child.try_wait().expect("our child"));
        match ended.map(|status| status.code()) {
            Some(Some(NO_NAMESPACE)) => Ok(Err(read(&errors).trim_end().to_owned())),
            Some(code) => panic!("setting.py ended with {code:?}: {}", read(&errors)),
            None if line.ends_with('\n') => Ok(Ok(serde_json::from_str(&line).expect("JSON"))),
            None => Err(read(&errors)),
        }
    })
    .map(|said| (model, said))
}
