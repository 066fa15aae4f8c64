//! Documents of JSON for sessions, projects and all: how they are addressed, read, changed and watched. What keeps them is
//! behind a port.

mod answers;
mod bounded;
mod bounds;
mod change;
mod documents;
mod edit;
mod fence;
mod group;
mod measure;
mod past;
mod path;
mod place;
mod port;
mod reading;
mod regexp;
mod scope;
mod shelf;
mod singular;
mod sum;
mod watches;

pub use documents::Documents;
pub use group::{Dirty, Group};
pub use past::KEPT;
pub use port::{Request, Snapshot, Storage};
pub use scope::Scope;
pub use shelf::Shelf;
pub use watches::Teller;
