//! From a profile and a call's parameters to the terminal that is opened.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::profile::Profile;
use crate::fault::{Fault, Kind, Result, internal};
use crate::protocol::agent::SpawnParams;
use crate::protocol::terminal::{Command, OpenParams, Purpose};

/// Longest first prompt that is passed as an argument, in bytes: the system takes 128 KB for one.
const ARGUMENT: usize = 100 << 10;

/// Where this daemon's things are.
#[derive(Clone, Debug)]
pub struct Here {
    /// Our own program, which hooks call.
    pub orchflow: PathBuf,
    /// A folder for the temporary files of hooks.
    pub hooks: PathBuf,
}

/// What to open, and the first prompt if it is to be typed. `conversation` are arguments that go on with one, or name one.
pub fn terminal(
    profile: &Profile,
    params: &SpawnParams,
    conversation: &[String],
    name: String,
    here: &Here,
) -> Result<(OpenParams, Option<String>)> {
    let mut argv = profile.command.clone();
    let file = hook_file(profile, here)?;
    let fill = |text: &String| filled(text, profile, file.as_deref(), here);
    argv.extend(profile.hooks.args.iter().map(fill));
    argv.extend(conversation.iter().cloned());
    argv.extend(params.args.iter().cloned());
    let passed = |prompt: &&String| !profile.prompt.first.is_empty() && prompt.len() <= ARGUMENT;
    let passed = params.prompt.as_ref().filter(passed);
    if let Some(prompt) = passed {
        argv.extend(profile.prompt.first.iter().map(|part| part.replace("{prompt}", prompt)));
    }
    if argv.is_empty() {
        let message = format!("{} is told what to run by its arguments", profile.title);
        let fault = Fault::new(Kind::InvalidParams, message);
        return Err(fault.hint("args = {\"program\", \"argument\"}"));
    }
    let mut env: std::collections::BTreeMap<_, _> =
        profile.hooks.env.iter().map(|(name, text)| (name.clone(), fill(text))).collect();
    env.extend(params.env.clone());
    let typed = params.prompt.clone().filter(|_| passed.is_none());
    let open = OpenParams {
        command: Some(Command::Argv(argv)),
        cwd: params.cwd.clone(),
        env,
        clear_env: params.clear_env,
        name: Some(name),
        rows: params.size.map(|size| size.rows),
        cols: params.size.map(|size| size.cols),
        purpose: Some(Purpose::Agent),
        tags: Vec::new(),
    };
    Ok((open, typed))
}

fn filled(text: &str, profile: &Profile, file: Option<&Path>, here: &Here) -> String {
    let path = |path: &Path| path.display().to_string();
    let orchflow = path(&here.orchflow);
    let mut text = text
        .replace("{file}", &file.map(path).unwrap_or_default())
        .replace("{orchflow}", &orchflow);
    for (name, hashed) in &profile.hooks.hash {
        let place = format!("{{hash.{name}}}");
        if text.contains(&place) {
            let hash = Sha256::digest(hashed.replace("{orchflow}", &orchflow));
            text = text.replace(&place, &hex(&hash));
        }
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes the file that tells the program of our hooks. Its text depends on nothing but profile and program, so agents share it.
fn hook_file(profile: &Profile, here: &Here) -> Result<Option<PathBuf>> {
    // What only a person may install is not ours to.
    let Some(text) = profile.hooks.file.as_ref().filter(|_| profile.hooks.by_hand.is_none()) else {
        return Ok(None);
    };
    let text = filled(text, profile, None, here);
    let folder =
        here.hooks.join(format!("{}-{:08x}", profile.name, crc32fast::hash(text.as_bytes())));
    let file = folder.join(profile.hooks.name.as_deref().unwrap_or("hooks.json"));
    if std::fs::read(&file).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(Some(file));
    }
    let parent = file.parent().unwrap_or(&folder);
    std::fs::create_dir_all(parent).map_err(internal)?;
    // Whole or not at all: another agent may be starting with it.
    let draft = parent.join(format!(".{}", std::process::id()));
    std::fs::write(&draft, &text)
        .and_then(|()| std::fs::rename(&draft, &file))
        .map_err(internal)?;
    Ok(Some(file))
}
