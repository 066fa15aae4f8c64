//! The daemon's log: one file a day in the state folder, the last few kept.

use std::path::{Path, PathBuf};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::fault::{Fault, Kind, Result};

/// How many days are kept.
const DAYS: usize = 7;

/// Lines that may wait for the disk; room for them is taken at once. Beyond, they are dropped, not waited for.
const LINES: usize = 4096;

/// The keeper's log, begun anew by a keeper that finds it longer than this: some thousand lines.
const KEEPER: &str = "keeper.log";
const KEEPER_LONGEST: u64 = 1 << 20;

const PREFIX: &str = "daemon";
const SUFFIX: &str = "log";

/// Starts logging into `dir`. `ORCHFLOW_LOG` selects what, in the syntax of tracing's `EnvFilter`.
pub fn start(dir: &Path) -> Result<WorkerGuard> {
    let refused = |error: &dyn std::fmt::Display| {
        Fault::new(Kind::Permission, format!("no log can be kept in {}: {error}", dir.display()))
            .hint(format!("mkdir -p {0} && chmod u+rwx {0}", dir.display()))
    };
    std::fs::create_dir_all(dir).map_err(|error| refused(&error))?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(PREFIX)
        .filename_suffix(SUFFIX)
        .max_log_files(DAYS)
        .build(dir)
        .map_err(|error| refused(&error))?;
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(LINES).finish(files);
    let filter = EnvFilter::try_from_env("ORCHFLOW_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,nvim_rs=off"));
    let subscriber = fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).finish();
    // A second daemon in one process exists only in tests, which share the first one's log.
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    Ok(guard)
}

/// The keeper's own log: what is written there is rare, and written at once, as it has no thread for it.
pub fn start_keeper(dir: &Path) -> Result<()> {
    let path = dir.join(KEEPER);
    let refused = |error: std::io::Error| {
        Fault::new(Kind::Permission, format!("no log can be kept in {}: {error}", dir.display()))
    };
    std::fs::create_dir_all(dir).map_err(refused)?;
    let full = std::fs::metadata(&path).is_ok_and(|file| file.len() > KEEPER_LONGEST);
    let mut options = std::fs::File::options();
    let options = options.create(true).append(!full).truncate(full).write(true);
    let file = options.open(&path).map_err(refused)?;
    let filter = EnvFilter::try_from_env("ORCHFLOW_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let writer = std::sync::Mutex::new(file);
    let subscriber = fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    Ok(())
}

/// The newest log file in `dir`. Their names sort by date.
pub fn current(dir: &Path) -> PathBuf {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let logs = files.filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with(PREFIX) && name.ends_with(SUFFIX)
    });
    logs.max().unwrap_or_else(|| dir.join(format!("{PREFIX}.{SUFFIX}")))
}
