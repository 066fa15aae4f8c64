//! The handle on one terminal: cheap to clone, every question and order goes through it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::command::Command;
use super::history::{self, Moment};
use super::meaning;
use super::shared::{Program, Shared};
use super::sight::Sighting;
use super::view;
use super::wait::Conditions;
use crate::fault::{Fault, Kind, Result};
use crate::ids::{TerminalId, ViewId};
use crate::protocol::daemon::Colors;
use crate::protocol::terminal::{
    Found, Happened, Info, Journal, Screen, SearchParams, Signal, Size, UpdateParams, WaitParams,
};

/// What an editor types by itself when its window is entered or left.
const FOCUS: [&[u8]; 2] = [b"\x1b[I", b"\x1b[O"];

/// One terminal.
#[derive(Clone)]
pub struct Terminal {
    shared: Arc<Shared>,
    commands: mpsc::Sender<Command>,
}

impl Terminal {
    pub(super) fn new(shared: Arc<Shared>, commands: mpsc::Sender<Command>) -> Self {
        Self { shared, commands }
    }

    /// Its id.
    pub fn id(&self) -> TerminalId {
        self.shared.id
    }

    /// All that is known without asking its owner.
    pub fn info(&self) -> Info {
        self.shared.info()
    }

    pub(super) fn has_name(&self, name: &str) -> bool {
        self.shared.name() == name
    }

    pub(super) fn set_name(&self, name: &str) {
        self.shared.set_name(name.to_owned());
    }

    /// Its journal is to bear the present name. One that is closed meanwhile needs none.
    pub(super) async fn relabel(&self) {
        let _ = self.send(Command::Renamed).await;
    }

    /// Types. The bytes are on their way, in order, when this returns.
    pub async fn write(&self, data: Vec<u8>, view: Option<ViewId>) -> Result<()> {
        if self.shared.exit().is_some() {
            return Err(Fault::new(
                Kind::Conflict,
                format!("{}'s program has ended", self.shared.name()),
            )
            .hint(format!(":Orchflow close {}", self.shared.name())));
        }
        self.shared.room.take(data.len())?;
        if !FOCUS.contains(&&*data) {
            self.shared.typed.fetch_add(1, Ordering::Relaxed);
        }
        self.send(Command::Write { data, view }).await
    }

    /// How often something was typed since the daemon started. To look at it is not to type.
    pub fn typed(&self) -> u64 {
        self.shared.typed.load(Ordering::Relaxed)
    }

    /// Sets the size.
    pub async fn resize(&self, size: Size) -> Result<()> {
        self.send(Command::Resize(size.check()?)).await
    }

    /// Signals the foreground processes.
    pub async fn signal(&self, signal: Signal) -> Result<()> {
        self.ask(|answer| Command::Signal(signal, answer)).await?
    }

    /// The screen, and so many of the last scrollback lines.
    pub async fn read(&self, history: Option<usize>) -> Result<Screen> {
        self.ask(|answer| Command::Read(history, answer)).await
    }

    /// Where a pattern matches its lines as they are now.
    pub async fn search(&self, params: &SearchParams) -> Result<Found> {
        let search = history::prepare(params).await?;
        search.look(Arc::new(self.moment().await?)).await
    }

    /// All its lines as they are now.
    pub(super) async fn moment(&self) -> Result<Moment> {
        self.ask(Command::Moment).await
    }

    /// Where its journal is.
    pub async fn journal(&self) -> Result<Journal> {
        Ok(Journal { folder: self.ask(Command::Journal).await? })
    }

    /// Sets what it is for, and its tags.
    pub async fn update(&self, params: &UpdateParams) -> Result<Info> {
        let tags = params.tags.as_deref().map(meaning::check_tags).transpose()?;
        self.ask(|answer| Command::Update(params.purpose, tags, answer)).await
    }

    /// Waits until one of the conditions holds.
    pub async fn wait(&self, params: &WaitParams) -> Result<Happened> {
        let conditions = Conditions::new(params)?;
        let limit = Duration::from_millis(params.timeout_ms);
        let waiting = self.ask(|answer| Command::Wait(conditions, answer));
        timeout(limit, waiting).await.unwrap_or_else(|_| {
            let message = format!("nothing of it happened within {} ms", params.timeout_ms);
            Err(Fault::new(Kind::Timeout, message).hint("give a longer timeout_ms"))
        })
    }

    /// Follows what is on its screen. The first sight comes soon.
    pub async fn follow(&self) -> Result<Sighting> {
        let sighting = self.shared.sight.subscribe();
        self.send(Command::Follow).await?;
        Ok(sighting)
    }

    /// What another room has left with it, also with an earlier daemon.
    pub fn memo(&self) -> Option<String> {
        self.shared.memo()
    }

    /// Keeps something with it, as long as the terminal is there.
    pub fn set_memo(&self, memo: String) {
        self.shared.set_memo(memo);
    }

    pub(super) fn program(&self) -> Program {
        self.shared.program()
    }

    /// When its program ended, if it has, in milliseconds since 1970.
    pub(super) fn ended(&self) -> Option<u64> {
        self.shared.ended()
    }

    /// Whether some view is open on it, hidden ones too.
    pub(super) fn is_viewed(&self) -> bool {
        self.shared.views.load(Ordering::Relaxed) > 0
    }

    /// Whether its program has ended.
    pub fn has_ended(&self) -> bool {
        self.shared.exit().is_some()
    }

    /// Shows it in a view, whose size it takes.
    pub async fn open_view(
        &self,
        id: ViewId,
        size: Size,
        screen: view::Screen,
        colors: Option<Colors>,
    ) -> Result<()> {
        self.send(Command::OpenView { id, size: size.check()?, screen, colors }).await
    }

    /// A view's window has another size.
    pub async fn resize_view(&self, id: ViewId, size: Size) -> Result<()> {
        self.send(Command::ResizeView(id, size.check()?)).await
    }

    /// A view's scrollback is not what it is taken for.
    pub async fn renew_view(&self, id: ViewId) -> Result<()> {
        self.send(Command::RenewView(id)).await
    }

    /// A view is on a screen, or is not.
    pub async fn watch_view(&self, id: ViewId, watched: bool) -> Result<()> {
        self.send(Command::WatchView(id, watched)).await
    }

    /// Stops showing. A terminal that is closed has no views any more anyway.
    pub async fn close_view(&self, id: ViewId) {
        let _ = self.send(Command::CloseView(id)).await;
    }

    pub(super) async fn close(&self, answer: oneshot::Sender<()>) {
        if !self.shared.closing.swap(true, Ordering::Relaxed) {
            // Gone already: the dropped answer says so, as it does where another call closes it.
            let _ = self.commands.send(Command::Close(answer)).await;
        }
    }

    pub(super) async fn send(&self, command: Command) -> Result<()> {
        // Its owner would not answer, and whoever waits for room would wait for its program to end.
        if self.shared.closing.load(Ordering::Relaxed) {
            return Err(self.closed());
        }
        self.commands.send(command).await.map_err(|_| self.closed())
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        self.send(command(answer)).await?;
        answered.await.map_err(|_| self.closed())
    }

    pub(super) fn closed(&self) -> Fault {
        Fault::new(Kind::NotFound, format!("{} was closed", self.shared.name()))
    }
}
