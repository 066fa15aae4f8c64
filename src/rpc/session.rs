//! One client's session: calls in, answers out. The handler decodes and forwards; it never works.

use std::future::Future;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use nvim_rs::create::Spawner;
use nvim_rs::{Handler, Neovim};
use rmpv::Value;
use serde::Serialize;
use tokio::sync::{Notify, watch};

use super::codec::{self, Params};
use super::hub::Hub;
use super::outbox::{Answers, Dialect, Outbox};
use super::slots::{Slot, Slots};
use crate::api::{Api, Caller, Encode, Paint, Teller};
use crate::fault::{Fault, Kind, Result};
use crate::ids::ClientId;
use crate::protocol::daemon::{Answered, Colors, Failed, HelloParams};
use crate::protocol::{Call, VERSION};
use crate::terminal::ViewScreen;

/// What every part of a session shares.
pub(super) struct Session {
    pub id: ClientId,
    pub api: Arc<Api>,
    pub hub: Arc<Hub>,
    pub outbox: Arc<Outbox>,
    pub slots: Arc<Slots>,
    pub hello: OnceLock<HelloParams>,
    /// It has said who it is, or whom it follows.
    pub greeted: Notify,
    /// Becomes true when the client is gone: whatever still works for it stops.
    pub gone: watch::Receiver<bool>,
}

/// The session as nvim-rs takes it.
#[derive(Clone)]
pub(super) struct Shared(pub Arc<Session>);

#[async_trait]
impl Handler for Shared {
    type Writer = Answers;

    async fn handle_request(
        &self,
        name: String,
        args: Vec<Value>,
        _: Neovim<Answers>,
    ) -> std::result::Result<Value, Value> {
        let answer = match call(&name, args.into_iter().next()) {
            Ok(call) => self.0.carry_out(call).await,
            Err(fault) => Err(fault),
        };
        answer.map_err(|fault| codec::value(&fault).unwrap_or_else(|broken| broken.message.into()))
    }

    /// nvim-rs awaits notifications one by one, which keeps keystrokes in their order.
    async fn handle_notify(&self, name: String, args: Vec<Value>, _: Neovim<Answers>) {
        let slot = Slot(self.0.slots.clone());
        if name == "nvim_error_event" {
            // Mostly a frame for a buffer that was wiped meanwhile.
            tracing::info!(client = %self.0.id, ?args, "the editor refused a message");
            return;
        }
        let mut args = args.into_iter();
        let (params, token) = (args.next(), args.next().and_then(|token| token.as_u64()));
        match call(&name, params) {
            Ok(call) if is_ordered(&call) && token.is_none() => {
                let done = self.0.carry_out(call).await;
                self.0.report(&name, token, done);
            }
            Ok(call) => {
                let session = self.0.clone();
                self.0.spawn(async move {
                    let done = session.carry_out(call).await;
                    session.report(&name, token, done);
                    drop(slot);
                });
            }
            Err(fault) => self.0.report(&name, token, Err(fault)),
        }
    }
}

impl Spawner for Shared {
    type Handle = ();

    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, work: F) {
        let slot = Slot(self.0.slots.clone());
        self.0.spawn(async move {
            work.await;
            drop(slot);
        });
    }
}

/// Calls whose order matters, and which only hand something over.
fn is_ordered(call: &Call) -> bool {
    matches!(
        call,
        Call::TerminalWrite(_)
            | Call::TerminalResize(_)
            | Call::ViewResize(_)
            | Call::ViewRenew(_)
            | Call::ViewHide(_)
            | Call::ViewShow(_)
            | Call::BoardUpdate(_)
    )
}

/// Calls that an editor sends of itself, also when what they are about is closed meanwhile.
fn is_late(method: &str) -> bool {
    matches!(
        method,
        "terminal.write"
            | "view.resize"
            | "view.renew"
            | "view.hide"
            | "view.show"
            | "view.close"
            | "board.update"
            | "board.close"
    )
}

fn call(method: &str, params: Option<Value>) -> Result<Call> {
    let params = Params(params.unwrap_or(Value::Nil));
    Call::decode(method, params).unwrap_or_else(|| {
        Err(Fault::new(Kind::UnknownMethod, format!("there is no method {method:?}"))
            .hint("the methods: doc/protocol.md"))
    })
}

impl Session {
    /// Runs `work` until it is done or the client is gone.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut gone = self.gone.clone();
        tokio::spawn(async move {
            tokio::select! {
                biased;
                () = work => {}
                // An error means that the session itself has ended.
                _ = gone.wait_for(|gone| *gone) => {}
            }
        });
    }

    async fn carry_out(&self, call: Call) -> Result<Value> {
        match &call {
            Call::ClientFollow(params) => self.follow(params.client)?,
            call => self.admit(call)?,
        }
        self.api.call(self, call, Values).await
    }

    /// This connection ends with that client's.
    fn follow(&self, client: ClientId) -> Result<()> {
        let mut end = self.hub.end_of(client).ok_or_else(|| {
            Fault::new(Kind::NotFound, format!("there is no client {client}"))
                .hint("take the one that hello has named")
        })?;
        let outbox = self.outbox.clone();
        self.greeted.notify_one();
        self.spawn(async move {
            // An error means that it has ended already.
            let _ = end.wait_for(|gone| *gone).await;
            outbox.end();
        });
        Ok(())
    }

    /// Nothing before `hello`; with another major version nothing but what helps to end it.
    fn admit(&self, call: &Call) -> Result<()> {
        let hello = match (self.hello.get(), call) {
            (None, Call::Hello(hello)) => return self.greet(hello.clone()),
            (Some(hello), _) => hello,
            (None, _) => {
                return Err(Fault::new(Kind::Protocol, "the first call must be hello")
                    .hint("see doc/protocol.md, or use: orchflow call"));
            }
        };
        let always = matches!(call, Call::Hello(_) | Call::DaemonInfo(_) | Call::DaemonStop(_));
        if always || hello.protocol.major == VERSION.major {
            return Ok(());
        }
        let message = format!(
            "the daemon speaks protocol {}, this client {}",
            VERSION.major, hello.protocol.major
        );
        Err(Fault::new(Kind::Protocol, message).hint(":Orchflow restart"))
    }

    fn greet(&self, hello: HelloParams) -> Result<()> {
        tracing::debug!(client = %self.id, name = hello.client.name, version = hello.client.version, "hello");
        if hello.client.name == "nvim" {
            self.outbox.speak(Dialect::Lua);
        }
        // Two at once: the first counts.
        let _ = self.hello.set(hello);
        self.slots.greeted.store(true, Ordering::Relaxed);
        self.greeted.notify_one();
        self.hub.present(self.id);
        self.api.present();
        Ok(())
    }

    /// Tells the client how a call went that it sent as a notification.
    fn report(&self, method: &str, token: Option<u64>, done: Result<Value>) {
        let told = match (token, done) {
            (Some(token), done) => {
                let (result, error) =
                    done.map_or_else(|fault| (None, Some(fault)), |v| (Some(v), None));
                self.outbox.outcome("call.answered", &Answered { token, result, error })
            }
            (None, Ok(_)) => Ok(()),
            // What was written or resized has just been closed, which the client is told anyway.
            (None, Err(fault)) if fault.kind == Kind::NotFound && is_late(method) => Ok(()),
            (None, Err(error)) => {
                self.outbox.outcome("call.failed", &Failed { method: method.to_owned(), error })
            }
        };
        if let Err(fault) = told {
            tracing::error!(%fault, method, "an answer cannot be encoded");
        }
    }
}

impl Caller for Session {
    fn id(&self) -> ClientId {
        self.id
    }

    fn screen(&self, channel: u64) -> ViewScreen {
        let outbox = self.outbox.clone();
        let capabilities = self.hello.get().map(|hello| hello.capabilities.as_slice());
        let can = |what: &str| capabilities.unwrap_or_default().iter().any(|one| one == what);
        let numbered = can("numbered_frames");
        ViewScreen {
            send: Box::new(move |frame, number, gate| {
                outbox.frame(channel, &frame, number.filter(|_| numbered), gate);
            }),
            wraps: can("reflow"),
            erases: can("erase_scrollback"),
            narrows: can("narrow_pictographs"),
            bare: false,
            keep_size: false,
            glance: false,
        }
    }

    fn paint(&self) -> Paint {
        let outbox = self.outbox.clone();
        Box::new(move |painted, gate| outbox.painting(painted, gate))
    }

    fn name(&self) -> &str {
        self.hello.get().map_or("", |hello| &hello.client.name)
    }

    fn tell(&self) -> Teller {
        let outbox = self.outbox.clone();
        Box::new(move |notice| {
            if let Err(fault) = outbox.tell(notice) {
                tracing::error!(%fault, notice = notice.name(), "a notice cannot be encoded");
            }
        })
    }

    fn colors(&self) -> Option<Colors> {
        self.hello.get()?.colors
    }
}

/// Encodes results as nvim-rs wants them.
struct Values;

impl Encode for Values {
    type Out = Value;

    fn encode<T: Serialize>(&self, result: &T) -> Result<Value> {
        codec::value(result)
    }
}
