//! Removes what no longer counts, or never did.

use super::StoreError;
use super::layout::{self, DRAFT_KEY};
use super::versions::Versions;

/// Removes what a generation left that was being written when the process ended; nothing if none was.
pub(super) fn after_a_crash(inner: &Versions) -> Result<(), StoreError> {
    if inner.engine()?.meta.get(DRAFT_KEY).map_err(|error| inner.failed(error))?.is_none() {
        return Ok(());
    }
    everything_stale(inner)?;
    stale_companions(inner)?;
    inner.unmark_draft()
}

/// Keeps of each bucket the version that counts, and removes all others.
pub(super) fn everything_stale(inner: &Versions) -> Result<(), StoreError> {
    let state = inner.state.load_full();
    let mut kept: Option<(u32, sled::IVec)> = None;
    for entry in &inner.engine()?.tree {
        let (key, _) = entry.map_err(|error| inner.failed(error))?;
        let counts = state.buckets.parse(&key).filter(|(_, generation)| *generation <= state.generation);
        let stale = match counts {
            None => Some(key),
            Some((bucket, _)) => match kept.replace((bucket, key)) {
                Some((before, older)) if before == bucket => Some(older),
                _ => None,
            },
        };
        if let Some(key) = stale {
            inner.engine()?.tree.remove(key).map_err(|error| inner.failed(error))?;
        }
    }
    Ok(())
}

/// Removes the dictionaries and taxonomies that nothing refers to.
pub(super) fn stale_companions(inner: &Versions) -> Result<(), StoreError> {
    let state = inner.state.load_full();
    let wanted = [
        Some(layout::dictionary_key(state.dictionary)),
        state.taxonomy.map(|taxonomy| layout::taxonomy_key(taxonomy.generation)),
    ];
    for prefix in ["dictionary ", "taxonomy "] {
        for key in inner.engine()?.meta.scan_prefix(prefix).keys() {
            let key = key.map_err(|error| inner.failed(error))?;
            if !wanted.iter().flatten().any(|wanted| wanted[..] == key[..]) {
                inner.engine()?.meta.remove(key).map_err(|error| inner.failed(error))?;
            }
        }
    }
    Ok(())
}
