//! The thread that owns the database: takes what waits, reads for some, commits for all others at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::commit::commit;
use super::file::File;
use super::{Damage, Desk, Job, Read, Settings, Write};
use crate::fault::{Fault, Result};
use crate::protocol::daemon::Database;
use crate::state::{Group, Shelf};

/// So many jobs are committed together at most, so that the first of them does not wait for all that come meanwhile.
const TOGETHER: usize = 256;

pub(super) struct Thread {
    settings: Settings,
    shelf: Arc<Shelf>,
    waiting: mpsc::Receiver<Job>,
    condition: Arc<Mutex<Database>>,
    /// None until it is first needed, and after trouble.
    file: Option<File>,
    /// Why the database that is there must be set aside, if that was found while it was open.
    damage: Option<String>,
}

impl Thread {
    pub fn new(
        settings: Settings,
        shelf: Arc<Shelf>,
        waiting: mpsc::Receiver<Job>,
        condition: Arc<Mutex<Database>>,
    ) -> Self {
        Self { settings, shelf, waiting, condition, file: None, damage: None }
    }

    /// Works until the daemon ends.
    pub fn run(mut self) {
        // What is wrong with the file is known, told and set aside before anybody asks.
        if let Err(fault) = self.file() {
            tracing::warn!(%fault, "the database is tried again when it is needed");
        }
        while let Some(first) = self.waiting.blocking_recv() {
            let (mut reads, mut writes, mut close) = (Vec::new(), Vec::new(), None);
            let mut next = Some(first);
            while let Some(job) = next {
                match job {
                    Job::Read(read) => reads.push(read),
                    Job::Write(write) => writes.push(write),
                    Job::Close(answer) => close = Some(answer),
                }
                let full = reads.len() + writes.len() >= TOGETHER || close.is_some();
                next = if full { None } else { self.waiting.try_recv().ok() };
            }
            // Callers whose job is dropped unanswered hear of a defect.
            let done = catch_unwind(AssertUnwindSafe(|| self.work(reads, writes)));
            if done.is_err() {
                tracing::error!("a job of the database has failed, and all that were with it");
                self.file = None;
            }
            if let Some(answer) = close {
                self.file = None;
                // The daemon may not wait for it any more.
                let _ = answer.send(());
                return;
            }
        }
    }

    fn work(&mut self, reads: Vec<Read>, writes: Vec<Write>) {
        if !reads.is_empty() {
            self.read(reads);
        }
        if !writes.is_empty() {
            self.write(writes);
        }
    }

    /// Reads come before the writes that wait with them, so they see what is committed and nothing else.
    fn read(&mut self, reads: Vec<Read>) {
        let shelf = self.shelf.clone();
        let sql = match self.file() {
            Ok(file) => file.sql(),
            Err(fault) => return reads.into_iter().for_each(|read| read(Err(fault.clone()))),
        };
        let (mut group, damage) = (Group::default(), Damage::default());
        let mut desk = Desk { sql, group: &mut group, shelf: &shelf, damage: &damage };
        reads.into_iter().for_each(|read| read(Ok(&mut desk)));
        self.give_up(damage.found());
    }

    fn write(&mut self, writes: Vec<Write>) {
        let shelf = self.shelf.clone();
        let sql = match self.in_place() {
            Ok(file) => file.sql(),
            Err(fault) => {
                self.note(Some(&fault));
                return writes.into_iter().for_each(|write| (write(Err(fault.clone())).1)(None));
            }
        };
        let outcome = commit(sql, &shelf, writes);
        if outcome.trouble.as_ref().is_some_and(|trouble| trouble.reopen) {
            self.file = None;
        }
        self.give_up(outcome.trouble.as_ref().and_then(|trouble| trouble.damage.clone()));
        self.note(outcome.trouble.as_ref().map(|trouble| &trouble.fault));
        let fault = outcome.trouble.map(|trouble| trouble.fault);
        outcome.settles.into_iter().for_each(|settle| settle(fault.as_ref()));
    }

    /// Closes a database that is damaged: the next one who needs it has another.
    fn give_up(&mut self, damage: Option<String>) {
        if damage.is_some() {
            (self.file, self.damage) = (None, damage);
        }
    }

    /// The open database, where the next daemon will find it too.
    fn in_place(&mut self) -> Result<&mut File> {
        if !self.file()?.in_place()? {
            self.file = None;
        }
        self.file()
    }

    /// The open database.
    fn file(&mut self) -> Result<&mut File> {
        if self.file.is_none() {
            let opened = File::open(&self.settings, self.damage.as_deref());
            if let Err(fault) = &opened {
                self.note(Some(fault));
            }
            let (file, lost) = opened?;
            self.damage = None;
            let mut condition = self.condition.lock().unwrap_or_else(PoisonError::into_inner);
            if condition.lost != lost {
                // What was read before is not what is kept now.
                self.shelf.clear();
            }
            condition.lost = lost;
            drop(condition);
            self.file = Some(file);
        }
        self.file.as_mut().ok_or_else(|| crate::fault::internal("the database was closed"))
    }

    /// Remembers whether there is trouble, for whoever asks how the daemon is.
    fn note(&self, fault: Option<&Fault>) {
        let mut condition = self.condition.lock().unwrap_or_else(PoisonError::into_inner);
        match (&condition.trouble, fault) {
            (None, Some(fault)) => tracing::error!(%fault, "the database cannot be written"),
            (Some(_), None) => tracing::info!("the database can be written again"),
            // Said already.
            _ => {}
        }
        condition.trouble = fault.cloned();
    }
}
