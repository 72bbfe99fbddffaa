//! What visitors read: an immutable snapshot of all products, swapped as a whole.

use std::sync::Arc;

use arc_swap::ArcSwap;

pub mod build;
pub mod candidates;
pub mod evaluation;
pub mod facts;
pub mod generations;
pub mod mapped;
pub mod record;
#[cfg(test)]
pub(crate) mod samples;
pub mod search;
pub mod snapshot;
pub mod starter;
pub mod text;

use snapshot::Snapshot;

/// The snapshot in use; a newer one takes its place while requests finish on the old one.
pub struct Catalogue {
    current: ArcSwap<Snapshot>,
}

impl Catalogue {
    /// Starts with a snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        Self { current: ArcSwap::from_pointee(snapshot) }
    }

    /// The snapshot to answer one request from.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Serves `next` from now on.
    pub fn swap(&self, next: Snapshot) {
        self.current.store(Arc::new(next));
    }
}
