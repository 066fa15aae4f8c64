//! The socket: who may connect, and one session for each who does.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use nvim_rs::Neovim;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::guard::Guard;
use super::hub::Hub;
use super::outbox::{Answers, Outbox};
use super::session::{Session, Shared};
use super::slots::Slots;
use crate::api::Api;

/// Who connects must say `hello`, or whom it follows, in this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to rest when no connection can be accepted, instead of trying in a circle.
const REST: Duration = Duration::from_millis(100);

/// Accepts connections until the runtime ends.
pub async fn accept(listener: UnixListener, api: Arc<Api>, hub: Arc<Hub>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                if is_ours(&stream) {
                    tokio::spawn(serve(stream, api.clone(), hub.clone()));
                }
            }
            Err(error) => {
                // Mostly too many open files. Others may end theirs meanwhile.
                tracing::error!(%error, "a connection cannot be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

/// The folder's rights keep others out already; this holds where somebody has loosened them meanwhile.
fn is_ours(stream: &UnixStream) -> bool {
    match stream.peer_cred() {
        Ok(peer) if peer.uid() == rustix::process::geteuid().as_raw() => true,
        Ok(peer) => {
            tracing::warn!(uid = peer.uid(), "another user was refused");
            false
        }
        Err(error) => {
            tracing::warn!(%error, "a peer that cannot be told was refused");
            false
        }
    }
}

async fn serve(stream: UnixStream, api: Arc<Api>, hub: Arc<Hub>) {
    let (read, write) = stream.into_split();
    let (outbox, slots) = (Arc::<Outbox>::default(), Arc::<Slots>::default());
    let (tell_gone, gone) = watch::channel(false);
    let Some(id) = hub.connect(outbox.clone(), gone.clone()) else {
        tracing::error!("too many connections: one was refused");
        return;
    };
    let session = Arc::new(Session {
        id,
        api: api.clone(),
        hub: hub.clone(),
        outbox: outbox.clone(),
        slots: slots.clone(),
        hello: OnceLock::new(),
        greeted: Notify::new(),
        gone,
    });
    let guard = Guard::new(read, slots);
    let (_, reading) = Neovim::new(guard, Answers(outbox.clone()), Shared(session.clone()));
    tokio::select! {
        ended = reading => if let Err(error) = ended {
            tracing::debug!(client = %id, why = %innermost(error.as_ref()), "gone");
        },
        () = silence(&session) => tracing::warn!(client = %id, "dropped: it does not say who it is"),
        () = outbox.overflow() => tracing::warn!(client = %id, "dropped: it does not read its answers"),
        ended = outbox.write(write) => if let Err(error) = ended {
            tracing::warn!(client = %id, %error, "dropped");
        },
    }
    let present = session.hello.get().is_some();
    tell_gone.send_replace(true);
    hub.disconnect(id);
    api.disconnected(id, present).await;
}

/// Completes when a client has said nothing of itself for too long.
async fn silence(session: &Session) {
    if timeout(PATIENCE, session.greeted.notified()).await.is_ok() {
        std::future::pending().await
    }
}

/// The cause at the bottom: nvim-rs wraps it in sentences that say nothing.
fn innermost(error: &dyn std::error::Error) -> &dyn std::error::Error {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause
}
