//! The connected clients: who is told what happens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::outbox::Outbox;
use crate::ids::{ClientId, Counter};
use crate::protocol::Notice;

/// Connections beyond this are refused: something connects in a loop.
const MOST: usize = 256;

/// All connections.
#[derive(Debug, Default)]
pub struct Hub {
    ids: Counter,
    clients: Mutex<HashMap<ClientId, Client>>,
}

#[derive(Debug)]
struct Client {
    outbox: Arc<Outbox>,
    /// Whether it has said `hello`: only then it is told anything.
    present: bool,
    /// Becomes true when the connection ends.
    gone: watch::Receiver<bool>,
}

impl Hub {
    fn clients(&self) -> MutexGuard<'_, HashMap<ClientId, Client>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new connection, or None where there are too many.
    pub(super) fn connect(
        &self,
        outbox: Arc<Outbox>,
        gone: watch::Receiver<bool>,
    ) -> Option<ClientId> {
        let mut clients = self.clients();
        if clients.len() >= MOST {
            return None;
        }
        let id = ClientId(self.ids.next());
        clients.insert(id, Client { outbox, present: false, gone });
        Some(id)
    }

    /// The client has said `hello`.
    pub(super) fn present(&self, id: ClientId) {
        if let Some(client) = self.clients().get_mut(&id) {
            client.present = true;
        }
    }

    /// How to learn of a client's end; None where there is no such client.
    pub(super) fn end_of(&self, id: ClientId) -> Option<watch::Receiver<bool>> {
        self.clients().get(&id).map(|client| client.gone.clone())
    }

    pub(super) fn disconnect(&self, id: ClientId) {
        self.clients().remove(&id);
    }

    /// Tells everybody. It never blocks.
    pub fn tell(&self, notice: &Notice) {
        for client in self.clients().values().filter(|client| client.present) {
            if let Err(fault) = client.outbox.tell(notice) {
                tracing::error!(%fault, notice = notice.name(), "a notice cannot be encoded");
            }
        }
    }

    /// Takes nothing any more for anybody; what waits is still written.
    pub fn end(&self) {
        self.clients().values().for_each(|client| client.outbox.end());
    }
}
