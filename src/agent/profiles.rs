//! All profiles: those that come with the program, and the user's, which come before them.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::profile::Profile;
use crate::fault::{Fault, Kind, Result, internal};

/// Adding an agent is adding a file there.
static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/agents");

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

    /// The profile of that name.
    pub fn find(&self, name: &str) -> Result<Profile> {
        let file = format!("{name}.toml");
        let own = self.own.join(&file);
        if is_word(name) && own.is_file() {
            return Profile::parse(&std::fs::read_to_string(&own).map_err(internal)?, &own);
        }
        let embedded = EMBEDDED.get_file(&file).and_then(|file| file.contents_utf8());
        let text =
            embedded.ok_or_else(|| {
                Fault::new(Kind::NotFound, format!("there is no agent profile {name:?}"))
                    .hint(format!("one of {}; or write {}", self.names().join(", "), own.display()))
            })?;
        Profile::parse(text, Path::new(&file))
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

/// A name that leads out of the folder is none.
fn is_word(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
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
    fn a_users_profile_comes_first_and_what_is_wrong_with_it_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let profiles = Profiles::new(folder.path().to_owned());
        let write = |text: &str| std::fs::write(folder.path().join("mine.toml"), text).unwrap();
        write("name = 'mine'\ntitle = 'Mine'\ncommand = ['sh']");
        assert_eq!(profiles.find("mine").unwrap().command, ["sh"]);
        assert!(profiles.names().contains(&"mine".to_owned()));
        for (text, wrong) in [
            ("name = 'mine'\ntitle = 'Mine'", "command"),
            ("name = 'mine'\ntitle = 'Mine'\ncommand = ['']", "empty word"),
            ("name = 'other'\ntitle = 'Mine'\ncommand = ['sh']", "not the file's"),
            ("name = 'mine'\ntitle = 'Mine'\ncommand = ['sh']\ncolour = 1", "colour"),
            (
                "name = 'mine'\ntitle = 'Mine'\ncommand = ['sh']\n[[screen]]\nstatus = 'idle'\nmatch = '('",
                "unclosed group",
            ),
        ] {
            write(text);
            let fault = profiles.find("mine").unwrap_err();
            assert!(fault.message.contains(wrong), "{fault}");
        }
        let fault = profiles.find("../mine").unwrap_err();
        assert_eq!(fault.kind, Kind::NotFound);
    }
}
