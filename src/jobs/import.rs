//! Files of Open Food Facts into the store and a new snapshot.
