//! Owns the tests' msgpack-RPC client: plain and synchronous, over any pair of streams, one reader thread per connection.

use std::io::{BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmpv::Value;

use super::mailbox::Mailbox;
pub use super::mailbox::{Lost, Ticket};
use super::wait::{DEADLINE, Watched};
use super::wire::{self, Message};

/// Hears notifications first, in the reader thread.
pub trait Listener: Send + 'static {
    /// True when it took the notification, which then is not kept for `wait_notification`.
    fn notification(&mut self, _method: &str, _params: &[Value]) -> bool {
        false
    }
    /// The connection is over.
    fn ended(&mut self) {}
}

impl Listener for () {}

type Writer = Arc<Mutex<Box<dyn Write + Send>>>;

/// One connection.
pub struct Rpc {
    mailbox: Arc<Watched<Mailbox>>,
    writer: Writer,
    next: AtomicU32,
    socket: Option<UnixStream>,
}

impl Rpc {
    /// Connects to a unix socket.
    pub fn connect(path: &Path) -> std::io::Result<Self> {
        let socket = UnixStream::connect(path)?;
        let mut rpc = Self::over(socket.try_clone()?, socket.try_clone()?, ());
        rpc.socket = Some(socket);
        Ok(rpc)
    }

    /// Talks over a pair of streams, such as a child's stdout and stdin.
    pub fn over(
        reader: impl Read + Send + 'static,
        writer: impl Write + Send + 'static,
        listener: impl Listener,
    ) -> Self {
        let mailbox = Arc::new(Watched::new(Mailbox::default()));
        let writer: Writer = Arc::new(Mutex::new(Box::new(writer)));
        let (shared, answers) = (Arc::clone(&mailbox), Arc::clone(&writer));
        std::thread::spawn(move || read_all(BufReader::new(reader), &shared, &answers, listener));
        Self { mailbox, writer, next: AtomicU32::new(1), socket: None }
    }

    /// Asks and waits for the answer: `Err` is the peer's error. Panics when none comes.
    #[track_caller]
    pub fn request(&self, method: &str, params: Vec<Value>) -> Result<Value, Value> {
        match self.try_request(method, params, DEADLINE) {
            Ok(answer) => answer,
            Err(lost) => panic!("request {method}: {lost}"),
        }
    }

    /// Like `request`, for tests in which no answer may come.
    pub fn try_request(
        &self,
        method: &str,
        params: Vec<Value>,
        timeout: Duration,
    ) -> Result<Result<Value, Value>, Lost> {
        let ticket = self.send(method, params);
        self.collect(ticket, timeout)
    }

    /// Sends a request without waiting for its answer.
    pub fn send(&self, method: &str, params: Vec<Value>) -> Ticket {
        self.send_all([(method, params)])[0]
    }

    /// Sends many requests in one write, waiting for none.
    pub fn send_all<'m>(
        &self,
        requests: impl IntoIterator<Item = (&'m str, Vec<Value>)>,
    ) -> Vec<Ticket> {
        let (mut bytes, mut tickets) = (Vec::new(), Vec::new());
        for (method, params) in requests {
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            wire::request(&mut bytes, id, method, params);
            tickets.push(Ticket(id));
        }
        self.write(&bytes);
        tickets
    }

    /// Waits for the answer of one sent request.
    pub fn collect(&self, ticket: Ticket, timeout: Duration) -> Result<Result<Value, Value>, Lost> {
        let found = self.mailbox.wait(timeout, |mailbox| mailbox.take_answer(ticket));
        found.unwrap_or_else(|| {
            self.mailbox.lock().give_up(ticket);
            Err(Lost::Late(timeout))
        })
    }

    /// Sends all requests at once, then collects the answers in the order of the requests.
    #[track_caller]
    pub fn pipelined<'m>(
        &self,
        requests: impl IntoIterator<Item = (&'m str, Vec<Value>)>,
    ) -> Vec<Result<Value, Value>> {
        let tickets = self.send_all(requests);
        let answer = |ticket| {
            self.collect(ticket, DEADLINE).unwrap_or_else(|lost| panic!("{ticket:?}: {lost}"))
        };
        tickets.into_iter().map(answer).collect()
    }

    /// Tells, expecting no answer.
    pub fn notify(&self, method: &str, params: Vec<Value>) {
        let mut bytes = Vec::new();
        wire::notification(&mut bytes, method, params);
        self.write(&bytes);
    }

    /// Waits for the first notification for which `look` answers, and takes it; those before it are kept.
    #[track_caller]
    pub fn wait_notification<T>(
        &self,
        what: &str,
        look: impl FnMut(&str, &[Value]) -> Option<T>,
    ) -> T {
        match self.try_wait_notification(DEADLINE, look) {
            Ok(fact) => fact,
            Err(lost) => {
                panic!("waited in vain for {what}: {lost}; {}", self.mailbox.lock().describe())
            }
        }
    }

    /// Like `wait_notification`, for tests in which none may come.
    pub fn try_wait_notification<T>(
        &self,
        timeout: Duration,
        mut look: impl FnMut(&str, &[Value]) -> Option<T>,
    ) -> Result<T, Lost> {
        let found = self.mailbox.wait(timeout, |mailbox| match mailbox.take(&mut look) {
            Some(fact) => Some(Ok(fact)),
            None => mailbox.lost(),
        });
        found.unwrap_or(Err(Lost::Late(timeout)))
    }

    /// Takes all notifications that have come so far.
    pub fn take_notifications(&self) -> Vec<(String, Vec<Value>)> {
        self.mailbox.lock().take_all()
    }

    /// Waits until the peer has ended the connection; the reason is for reading only.
    #[track_caller]
    pub fn wait_ended(&self) -> String {
        self.mailbox
            .wait(DEADLINE, |mailbox| mailbox.ended.clone())
            .expect("the peer to end the connection")
    }

    /// Writes raw bytes in the middle of the conversation. A failing write is left to the reader thread: it sees the
    /// end too, and first whatever the peer said before it.
    pub fn write(&self, bytes: &[u8]) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writer.write_all(bytes).and_then(|()| writer.flush());
    }
}

impl Drop for Rpc {
    fn drop(&mut self) {
        // The reader thread holds a duplicate: without this the peer would never see us go.
        if let Some(socket) = &self.socket {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

fn read_all(
    mut reader: impl Read,
    mailbox: &Watched<Mailbox>,
    writer: &Writer,
    mut listener: impl Listener,
) {
    let why = loop {
        match wire::read(&mut reader) {
            Ok(Message::Answer { id, result }) => {
                mailbox.change(|mailbox| mailbox.answer(id, result))
            }
            Ok(Message::Notification { method, params }) => {
                if !listener.notification(&method, &params) {
                    mailbox.change(|mailbox| mailbox.keep(method, params));
                }
            }
            Ok(Message::Request { id }) => refuse(id, writer),
            Err(why) => break why,
        }
    };
    mailbox.change(|mailbox| mailbox.ended = Some(why));
    listener.ended();
}

/// A test client has nothing to offer; silence would let the peer hang.
fn refuse(id: Value, writer: &Writer) {
    let mut bytes = Vec::new();
    wire::refusal(&mut bytes, id, "the test client answers no requests");
    let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = writer.write_all(&bytes).and_then(|()| writer.flush());
}
