//! Finds the program of a command before anything is forked, so that a mistake gets a sentence and not an exit code.

use std::path::{Path, PathBuf};

use crate::fault::{Fault, Kind, Result};

use super::Spawn;

/// The program's file, or what is wrong with the command or its directory.
pub(super) fn find(spawn: &Spawn) -> Result<PathBuf> {
    check_directory(&spawn.cwd)?;
    let Some(program) = spawn.argv.first().filter(|name| !name.is_empty()) else {
        return Err(Fault::new(Kind::InvalidParams, "the command is empty").hint(
            "give a program, such as [\"cargo\", \"test\"], or leave it out for your shell",
        ));
    };
    if spawn.argv.iter().any(|arg| arg.contains('\0')) {
        return Err(Fault::new(Kind::InvalidParams, "the command contains a NUL character")
            .hint("no program can be given one"));
    }
    locate(program, spawn).ok_or_else(|| {
        let fault = Fault::new(Kind::NotFound, format!("there is no program `{program}` to run"));
        if Path::new(program).components().count() > 1 {
            fault.hint(format!("check that {program} exists and is executable"))
        } else {
            fault.hint(format!("install it, or look for it: command -v {program}"))
        }
    })
}

/// The file of that name or path, as the program would be found.
pub fn locate(program: &str, spawn: &Spawn) -> Option<PathBuf> {
    which::which_in(program, spawn.env.get("PATH"), &spawn.cwd).ok()
}

fn check_directory(cwd: &Path) -> Result<()> {
    match std::fs::metadata(cwd) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => {
            Err(Fault::new(Kind::InvalidParams, format!("{} is not a directory", cwd.display())))
        }
        Err(error) => {
            let message = format!("the directory {} cannot be used: {error}", cwd.display());
            Err(Fault::new(Kind::NotFound, message).hint(format!("mkdir -p {}", cwd.display())))
        }
    }
}
