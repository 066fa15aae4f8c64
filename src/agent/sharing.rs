//! What a person gives their program in the place where our hooks go too, such as settings for one launch: both are made one.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::profile::Hooks;
use super::profiles::read_file;
use crate::fault::{Fault, Kind, Result};
use crate::protocol::agent::SpawnParams;

/// What a person has given there.
#[derive(Debug, Default, PartialEq)]
pub struct Theirs {
    /// Their arguments without it.
    pub args: Vec<String>,
    /// It.
    pub value: Option<Json>,
}

/// Finds it among a person's arguments, or in their variables.
pub fn theirs(hooks: &Hooks, params: &SpawnParams) -> Result<Theirs> {
    let Some(shared) = &hooks.shared else {
        return Ok(Theirs { args: params.args.clone(), value: None });
    };
    let name = &*shared.name;
    let (args, given) = if name.starts_with('-') {
        without(name, &params.args)
    } else {
        (params.args.clone(), variable(name, params))
    };
    let given = given.filter(|given| !given.trim().is_empty());
    let cwd = params.cwd.clone().or_else(|| variable("HOME", params).map(PathBuf::from));
    let value = match (given, &shared.otherwise) {
        (Some(given), _) => Some(read(name, &given, cwd.as_deref())?),
        // Where there is none of the machine's, the program has none either.
        (None, Some(file)) if Path::new(file).exists() => Some(read(name, file, None)?),
        (None, _) => None,
    };
    Ok(Theirs { args, value })
}

/// A variable that the program will have.
fn variable(name: &str, params: &SpawnParams) -> Option<String> {
    let own = || std::env::var(name).ok().filter(|_| !params.clear_env);
    params.env.get(name).cloned().or_else(own)
}

/// The arguments without this one, in both ways to write it, and what it was given last.
fn without(name: &str, args: &[String]) -> (Vec<String>, Option<String>) {
    let (mut others, mut given) = (Vec::new(), None);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix(name) {
            _ if arg == "--" => {
                others.push(arg.clone());
                others.extend(args.by_ref().cloned());
            }
            Some("") => given = args.next().cloned(),
            Some(rest) if rest.starts_with('=') => given = Some(rest[1..].to_owned()),
            _ => others.push(arg.clone()),
        }
    }
    (others, given)
}

/// JSON, or a file of it.
fn read(name: &str, given: &str, cwd: Option<&Path>) -> Result<Json> {
    let wrong = |what: String| {
        let message = format!("{name} cannot be given with the hooks of orchflow: {what}");
        Fault::new(Kind::InvalidParams, message)
            .hint(format!("{name} with an object of JSON, without comments"))
    };
    let (what, text) = if given.trim_start().starts_with('{') {
        ("it".to_owned(), given.to_owned())
    } else {
        let file = cwd.unwrap_or(Path::new("/")).join(given);
        let text = read_file(&file).map_err(|fault| wrong(fault.message))?;
        let file = file.display().to_string();
        (file.clone(), text.ok_or_else(|| wrong(format!("there is no {file}")))?)
    };
    match serde_json::from_str(&text) {
        Ok(value @ Json::Object(_)) => Ok(value),
        Ok(_) => Err(wrong(format!("{what} is no object"))),
        Err(error) => Err(wrong(format!("{what} is no JSON: {error}"))),
    }
}

/// Theirs with ours added: objects have the fields of both, a list is followed by the other one, and what cannot be both is theirs.
pub fn join(theirs: Json, ours: Json) -> Json {
    match (theirs, ours) {
        (Json::Object(mut theirs), Json::Object(ours)) => {
            for (name, our) in ours {
                let both = match theirs.remove(&name) {
                    Some(their) => join(their, our),
                    None => our,
                };
                theirs.insert(name, both);
            }
            Json::Object(theirs)
        }
        (Json::Array(theirs), Json::Array(ours)) => Json::Array([theirs, ours].concat()),
        (theirs, _) => theirs,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hooks(shared: &str) -> Hooks {
        toml::from_str(&format!("shared = {{ {shared} }}")).unwrap()
    }

    fn given(args: &[&str], env: &[(&str, &str)], cwd: &Path) -> SpawnParams {
        let text = |text: &&str| (*text).to_owned();
        let args = args.iter().map(text).collect();
        let env = env.iter().map(|(name, value)| (text(name), text(value))).collect();
        SpawnParams { args, env, cwd: Some(cwd.to_owned()), ..SpawnParams::default() }
    }

    #[test]
    fn what_both_have_is_joined_and_what_cannot_be_is_theirs() {
        let theirs = json!({"a": {"list": [1], "x": 1}, "model": "theirs", "odd": 1});
        let ours = json!({"a": {"list": [2], "y": 2}, "model": "ours", "odd": [1], "new": true});
        let both = json!({"a": {"list": [1, 2], "x": 1, "y": 2}, "model": "theirs", "odd": 1, "new": true});
        assert_eq!(join(theirs, ours), both);
    }

    #[test]
    fn an_argument_is_found_in_every_way_to_write_it_and_the_last_one_counts() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.json"), r#"{"file": 1}"#).unwrap();
        let hooks = hooks("name = '--settings'");
        for (args, left, value) in [
            (&["-x", "--settingsx", "y"][..], &["-x", "--settingsx", "y"][..], None),
            (&["--settings", "s.json", "-x"], &["-x"], Some(json!({"file": 1}))),
            (&["-x", "--settings={\"a\": 1}"], &["-x"], Some(json!({"a": 1}))),
            (&["--settings", "s.json", "--settings", " {}"], &[], Some(json!({}))),
            (&["--", "--settings", "s.json"], &["--", "--settings", "s.json"], None),
            (&["--settings"], &[], None),
        ] {
            let found = theirs(&hooks, &given(args, &[], folder.path())).unwrap();
            let left: Vec<String> = left.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(found, Theirs { args: left, value }, "{args:?}");
        }
        for (wrong, said) in
            [("none.json", "there is no "), ("{", "it is no JSON"), (".", "it is no file")]
        {
            let fault = theirs(&hooks, &given(&["--settings", wrong], &[], folder.path()));
            let fault = fault.unwrap_err();
            assert!(fault.message.contains(said) && fault.hint.is_some(), "{fault}");
        }
    }

    #[test]
    fn a_variable_is_found_and_otherwise_the_file_of_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let machine = folder.path().join("machine.json");
        let shared = format!("name = 'X_SHARED', otherwise = '{}'", machine.display());
        let value = |env: &[(&str, &str)]| theirs(&hooks(&shared), &given(&[], env, folder.path()));
        assert_eq!(value(&[]).unwrap().value, None);
        std::fs::write(&machine, r#"{"machine": 1}"#).unwrap();
        assert_eq!(value(&[]).unwrap().value, Some(json!({"machine": 1})));
        assert_eq!(value(&[("X_SHARED", "{}")]).unwrap().value, Some(json!({})));
        assert_eq!(value(&[("X_SHARED", "")]).unwrap().value, Some(json!({"machine": 1})));
    }
}
