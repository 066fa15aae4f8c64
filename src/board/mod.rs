//! Boards: what clients see of the swarm, each painted by a task of its own that sleeps while nothing changes.

mod edit;
mod items;
mod pace;
mod places;
mod shown;
mod task;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use self::places::Places;
use self::task::Task;
use crate::agent::Agents;
use crate::fault::{Fault, Kind, Result};
use crate::ids::{BoardId, ClientId, Counter};
use crate::protocol::board::{OpenParams, Opened, Painted, UpdateParams};
use crate::terminal::{Gate, Terminals};
use crate::ui::Wish;

/// A board's rows and columns end there, as a terminal's do.
const MOST_CELLS: u16 = 1000;

/// Boards of one client. It needs one for a window, and one for its statusline.
const MOST: usize = 32;

/// A filter is typed by a person.
const LONGEST_FILTER: usize = 200;

/// How a painting leaves for its client. It never blocks; the gate opens when it has left.
pub type Paint = Box<dyn Fn(Painted, &Arc<Gate>) + Send + Sync>;

/// What one board is to show, as its client has said it last.
#[derive(Clone, Debug)]
struct Wanted {
    wish: Wish,
    /// The rows that can be seen.
    first: usize,
    rows: usize,
    motion: bool,
    edits: bool,
    hidden: bool,
}

/// All boards.
pub struct Boards {
    terminals: Arc<Terminals>,
    agents: Arc<Agents>,
    places: Arc<Places>,
    /// Counts whatever happens in the swarm.
    happened: watch::Sender<u64>,
    table: Mutex<BTreeMap<BoardId, (ClientId, watch::Sender<Wanted>)>>,
    ids: Counter,
}

impl Boards {
    /// None yet.
    pub fn new(terminals: Arc<Terminals>, agents: Arc<Agents>) -> Self {
        let (happened, _) = watch::channel(0);
        let places = Arc::new(Places::new(happened.clone()));
        let (table, ids) = (Mutex::default(), Counter::default());
        Self { terminals, agents, places, happened, table, ids }
    }

    /// Something in the swarm is different. It never blocks.
    pub fn happened(&self) {
        self.happened.send_modify(|count| *count += 1);
    }

    /// Every change of this table is one statement.
    fn table(&self) -> MutexGuard<'_, BTreeMap<BoardId, (ClientId, watch::Sender<Wanted>)>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens one. Must be called within the runtime.
    pub fn open(&self, client: ClientId, params: &OpenParams, paint: Paint) -> Result<Opened> {
        let wanted = wanted(params)?;
        let mut table = self.table();
        if table.values().filter(|(owner, _)| *owner == client).count() >= MOST {
            let message = format!("this client has {MOST} boards already");
            return Err(Fault::new(Kind::Exhausted, message).hint("close one: board.close"));
        }
        let board = BoardId(self.ids.next());
        let (sender, receiver) = watch::channel(wanted);
        table.insert(board, (client, sender));
        let task = Task {
            board,
            terminals: self.terminals.clone(),
            agents: self.agents.clone(),
            places: self.places.clone(),
            happened: self.happened.subscribe(),
            wanted: receiver,
            gate: Arc::new(Gate::new(Arc::new(Notify::new()))),
            told: None,
            paint,
        };
        tokio::spawn(task.run());
        Ok(Opened { board })
    }

    /// Changes what one shows.
    pub fn update(&self, client: ClientId, params: UpdateParams) -> Result<()> {
        let table = self.table();
        let (_, wanted) = table
            .get(&params.board)
            .filter(|(owner, _)| *owner == client)
            .ok_or_else(|| unknown(params.board))?;
        let cols = params.cols.map(check).transpose()?;
        let rows = params.rows.map(check).transpose()?;
        let filter = params.filter;
        if filter.as_ref().is_some_and(|filter| filter.chars().count() > LONGEST_FILTER) {
            let message = format!("a filter has at most {LONGEST_FILTER} characters");
            return Err(Fault::new(Kind::InvalidParams, message));
        }
        wanted.send_modify(|wanted| {
            wanted.wish.cols = cols.unwrap_or(wanted.wish.cols);
            wanted.rows = rows.unwrap_or(wanted.rows);
            wanted.first = params.first.map_or(wanted.first, |first| first as usize);
            wanted.hidden = params.hidden.unwrap_or(wanted.hidden);
            wanted.wish.filter = filter.unwrap_or_else(|| std::mem::take(&mut wanted.wish.filter));
            if let Some(marked) = params.marked {
                wanted.wish.marked = marked;
            }
        });
        Ok(())
    }

    /// Closes one.
    pub fn close(&self, client: ClientId, board: BoardId) -> Result<()> {
        let mut table = self.table();
        table.get(&board).filter(|(owner, _)| *owner == client).ok_or_else(|| unknown(board))?;
        table.remove(&board);
        Ok(())
    }

    /// A client is gone, and its boards with it.
    pub fn disconnected(&self, client: ClientId) {
        self.table().retain(|_, (owner, _)| *owner != client);
    }
}

fn unknown(board: BoardId) -> Fault {
    Fault::new(Kind::NotFound, format!("this client has no board {board}"))
        .hint("open one: board.open")
}

fn check(cells: u16) -> Result<usize> {
    if (1..=MOST_CELLS).contains(&cells) {
        return Ok(usize::from(cells));
    }
    let message = format!("a board has 1 to {MOST_CELLS} rows and columns, not {cells}");
    Err(Fault::new(Kind::InvalidParams, message))
}

fn wanted(params: &OpenParams) -> Result<Wanted> {
    let OpenParams { kind, cols, rows, icons, motion, edits } = *params;
    let wish = Wish { kind, cols: check(cols)?, icons, ..Wish::default() };
    Ok(Wanted { wish, first: 0, rows: check(rows)?, motion, edits, hidden: false })
}
