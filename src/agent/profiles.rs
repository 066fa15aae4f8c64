//! All profiles: those that come with the program, and the user's, which come before them.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::profile::Profile;
use crate::fault::{Fault, Kind, Result};

mod own;

pub use own::read as read_file;

/// Adding an agent is adding a file there.
static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/agents");

/// The profile for any program.
const ANY: &str = "generic";

/// Where profiles are looked for. They are read at each use: a new one needs no restart.
#[derive(Clone, Debug)]
pub struct Profiles {
    own: PathBuf,
}

impl Profiles {
    /// With the user's in this folder, which need not be there.
    pub fn new(own: PathBuf) -> Self {
        Self { own }
    }

    /// The profile of that name, to start an agent with.
    pub fn find(&self, name: &str) -> Result<Profile> {
        if !is_word(name) {
            let message = format!(
                "{name:?} cannot be the name of a profile: it has letters, digits, - and _ only"
            );
            return Err(Fault::new(Kind::InvalidParams, message).hint(self.choice()));
        }
        let own = self.own.join(format!("{name}.toml"));
        if let Some(text) = own::read(&own)? {
            return Profile::parse(&text, &own);
        }
        embedded(name).unwrap_or_else(|| {
            let message = format!("there is no agent profile {name:?}");
            let hint = format!("{}; or write {}", self.choice(), own.display());
            Err(Fault::new(Kind::NotFound, message).hint(hint))
        })
    }

    /// What an agent is driven by that runs already: where its profile cannot be used any more, the one that comes with the
    /// program, or the one for any program; it knows why.
    pub fn driving(&self, name: &str) -> Result<Profile> {
        self.find(name).or_else(|fault| {
            let instead = embedded(name).or_else(|| embedded(ANY)).unwrap_or(Err(fault.clone()))?;
            // To a person it is still the program that was started.
            let title = if instead.name == name { instead.title } else { name.to_owned() };
            Ok(Profile { title, broken: Some(fault.message), ..instead })
        })
    }

    fn choice(&self) -> String {
        format!("one of {}", self.names().join(", "))
    }

    /// The names of all, in order.
    pub fn names(&self) -> Vec<String> {
        let stem = |path: &Path| {
            let is_toml = path.extension().is_some_and(|extension| extension == "toml");
            is_toml.then(|| path.file_stem()?.to_str().map(str::to_owned)).flatten()
        };
        let own = std::fs::read_dir(&self.own).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            EMBEDDED.files().filter_map(|file| stem(file.path())).collect();
        names.extend(own.filter_map(|entry| stem(&entry.path())));
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The one that comes with the program.
fn embedded(name: &str) -> Option<Result<Profile>> {
    let file = format!("{name}.toml");
    let text = EMBEDDED.get_file(&file)?.contents_utf8()?;
    Some(Profile::parse(text, Path::new(&file)))
}

/// A name that leads out of the folder is none.
fn is_word(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_that_comes_with_the_program_is_read() {
        let profiles = Profiles::new(PathBuf::from("/nowhere"));
        assert!(!profiles.names().is_empty());
        for name in profiles.names() {
            let profile = profiles.find(&name).unwrap();
            assert_eq!(profile.name, name);
            assert!(!profile.title.is_empty(), "{name}");
        }
    }

    #[test]
    fn a_users_profile_comes_first_and_what_is_wrong_with_it_is_said_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let profiles = Profiles::new(folder.path().to_owned());
        let write = |text: &[u8]| std::fs::write(folder.path().join("mine.toml"), text).unwrap();
        write(b"name = 'mine'\ntitle = 'Mine'\ncommand = ['sh']");
        assert_eq!(profiles.find("mine").unwrap().command, ["sh"]);
        assert!(profiles.names().contains(&"mine".to_owned()));
        for (text, wrong) in [
            ("title = 'Mine'\n", "mine.toml:1: missing field `name`"),
            ("name = 'mine'\ntitle = Mine", "mine.toml:2: "),
            (
                "name = 'mine'\ntitle = 'Mine'\ncommand = ['']",
                "mine.toml: command has an empty word",
            ),
            ("name = 'other'\ntitle = 'Mine'\ncommand = ['sh']", "not the file's"),
            (
                "name = 'mine'\ntitle = 'Mine'\ncommand = ['sh']\ncolour = 1",
                "mine.toml:4: unknown field `colour`",
            ),
            (
                "name = 'mine'\ntitle = 'Mine'\ncommand = ['sh']\n[[screen]]\nstatus = 'idle'\nmatch = '('",
                "unclosed group",
            ),
            (
                "name = 'mine'\ntitle = 'Mine'\ncommand = ['sh']\n[hooks]\nname = '../../settings.json'",
                "leads out of its folder",
            ),
        ] {
            write(text.as_bytes());
            let fault = profiles.find("mine").unwrap_err();
            assert!(fault.message.contains(wrong) && !fault.message.contains('\n'), "{fault}");
        }
        write(b"name = 'mine'\n\ntitle = '\xff'");
        let fault = profiles.find("mine").unwrap_err();
        assert!(fault.message.ends_with("mine.toml:3: it is not UTF-8"), "{fault}");
    }

    #[test]
    fn what_is_no_word_is_no_name_and_no_path_is_made_of_it() {
        let profiles = Profiles::new(PathBuf::from("/nowhere"));
        for name in ["../mine", "../../etc/passwd", "", "a b", "mine.toml", "claude/"] {
            let fault = profiles.find(name).unwrap_err();
            assert_eq!(fault.kind, Kind::InvalidParams, "{name}");
            assert!(!fault.hint.unwrap().contains("/nowhere"), "{name}");
        }
    }

    #[test]
    fn who_runs_already_is_driven_by_another_profile_where_its_own_is_broken() {
        let folder = tempfile::tempdir().unwrap();
        let profiles = Profiles::new(folder.path().to_owned());
        for (name, instead, title) in [("claude", "claude", "Claude Code"), ("mine", ANY, "mine")] {
            std::fs::write(folder.path().join(format!("{name}.toml")), "no = 'profile'").unwrap();
            let profile = profiles.driving(name).unwrap();
            assert_eq!((&*profile.name, &*profile.title), (instead, title));
            assert!(profile.broken.unwrap().contains(&format!("{name}.toml:1: ")));
        }
        assert_eq!(profiles.driving("codex").unwrap().broken, None);
        let gone = profiles.driving("another").unwrap();
        assert_eq!((&*gone.name, gone.broken.is_some()), (ANY, true));
    }
}
