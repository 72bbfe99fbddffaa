//! Reads all products in a fixed order, decoding with several threads, with a bounded number of them in memory.

use std::ops::{ControlFlow, Range};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::food::product::Product;

use super::StoreError;
use super::layout::Buckets;
use super::versions::Versions;

/// Buckets that are decoded in one go: about a thousand products.
const BUCKETS_AT_ONCE: u64 = 64;
/// Portions that a thread may be ahead.
const PORTIONS_AHEAD: usize = 2;

type Portion = Result<Vec<Product>, StoreError>;

/// Hands over the products of a generation, in the order of their hashes, until told to break off.
pub(super) fn scan(
    inner: &Versions,
    buckets: Buckets,
    generation: u64,
    each: &mut dyn FnMut(Product) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let portions = buckets.count().div_ceil(BUCKETS_AT_ONCE);
    let threads = (super::threads() as u64).min(portions);
    thread::scope(|scope| {
        // Thread t decodes portions t, t + threads, …; asking them in turn keeps the order.
        let receivers: Vec<Receiver<Portion>> = (0..threads)
            .map(|first| {
                let (sender, receiver) = sync_channel(PORTIONS_AHEAD);
                scope.spawn(move || {
                    let mine = (first..portions).step_by(threads as usize);
                    send_portions(inner, buckets, generation, mine, &sender);
                });
                receiver
            })
            .collect();
        for portion in 0..portions {
            let Ok(products) = receivers[(portion % threads) as usize].recv() else {
                return Err(inner.damaged("a thread that reads it ended early"));
            };
            if products?.into_iter().try_for_each(&mut *each).is_break() {
                break;
            }
        }
        Ok(())
    })
}

fn send_portions(
    inner: &Versions,
    buckets: Buckets,
    generation: u64,
    portions: impl Iterator<Item = u64>,
    sender: &SyncSender<Portion>,
) {
    for portion in portions {
        let start = portion * BUCKETS_AT_ONCE;
        let range = start..(start + BUCKETS_AT_ONCE).min(buckets.count());
        let products = read(inner, buckets, generation, range);
        let failed = products.is_err();
        // Nobody listens any more if an earlier portion failed.
        if sender.send(products).is_err() || failed {
            return;
        }
    }
}

fn read(inner: &Versions, buckets: Buckets, generation: u64, range: Range<u64>) -> Portion {
    let mut products = Vec::new();
    let mut newest: Option<(u32, sled::IVec)> = None;
    let mut take = |version: Option<(u32, sled::IVec)>| -> Result<(), StoreError> {
        let Some((bucket, value)) = version else { return Ok(()) };
        for record in inner.unpack(bucket, &value)?.records() {
            products.push(inner.decode(record.bytes)?);
        }
        Ok(())
    };
    let first = buckets.key(range.start as u32, 0);
    let last = buckets.key((range.end - 1) as u32, u64::MAX);
    for entry in inner.engine()?.tree.range(first..=last) {
        let (key, value) = entry.map_err(|error| inner.failed(error))?;
        let Some((bucket, version)) = buckets.parse(&key) else { continue };
        if version > generation {
            continue;
        }
        let before = newest.replace((bucket, value));
        if before.as_ref().is_some_and(|(before, _)| *before != bucket) {
            take(before)?;
        }
    }
    take(newest)?;
    Ok(products)
}
