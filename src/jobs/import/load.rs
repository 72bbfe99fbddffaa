//! The spill to the store: divisions are sorted and packed by several threads, and written in order by one thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::store;
use crate::store::draft::{Change, Draft, Plan};

use super::spill::{DIVISIONS, Sorted, Spill};
use super::{ImportError, OnProgress, Phase, Progress};

/// Records that a dictionary is learnt from, bytes in all: about a hundred times its size, as zstd recommends.
const SAMPLES_BYTES: usize = 10 << 20;
/// Divisions that wait to be written per thread; one holds up to some 20 MB at 4 million products.
const DIVISIONS_WAITING: usize = 1;

type Packed = Result<Vec<Change>, ImportError>;

/// Writes everything in the spill to the draft.
pub(super) fn load(spill: &Spill, draft: &mut Draft, progress: OnProgress<'_>) -> Result<(), ImportError> {
    if draft.wants_dictionary() {
        draft.train(&samples(spill)?)?;
    }
    let groups = (draft.plan().buckets() as usize).min(DIVISIONS);
    let threads = store::threads().min(groups);
    let plan = Arc::clone(draft.plan());
    thread::scope(|scope| {
        // Thread t packs groups t, t + threads, …; asking them in turn keeps the order of the keys.
        let receivers: Vec<Receiver<Packed>> = (0..threads)
            .map(|first| {
                let (sender, receiver) = sync_channel(DIVISIONS_WAITING);
                let plan = &plan;
                scope.spawn(move || pack_groups(spill, plan, groups, (first..groups).step_by(threads), &sender));
                receiver
            })
            .collect();
        for group in 0..groups {
            // A thread ends early only if it has panicked; the scope passes that on.
            let Ok(changes) = receivers[group % threads].recv() else { break };
            draft.apply(changes?)?;
            let done = spill.records() * (group as u64 + 1) / groups as u64;
            let at = Progress { products: done, products_total: Some(spill.records()), ..Progress::at(Phase::Storing) };
            if progress(at).is_break() {
                return Err(ImportError::Stopped);
            }
        }
        Ok(())
    })
}

fn pack_groups(
    spill: &Spill,
    plan: &Plan,
    groups: usize,
    mine: impl Iterator<Item = usize>,
    sender: &SyncSender<Packed>,
) {
    for group in mine {
        let packed = pack_group(spill, plan, groups, group);
        let failed = packed.is_err();
        if sender.send(packed).is_err() || failed {
            return;
        }
    }
}

/// Packs one group: as many divisions, and as many buckets, as belong to an equal part of the hashes.
fn pack_group(spill: &Spill, plan: &Plan, groups: usize, group: usize) -> Packed {
    let part = |whole: usize| group * (whole / groups)..(group + 1) * (whole / groups);
    let sorted: Sorted = spill.sorted(part(DIVISIONS))?;
    let buckets = part(plan.buckets() as usize);
    let mut packer = plan.packer()?;
    Ok(plan.pack(&mut packer, buckets.start as u64..buckets.end as u64, &sorted.records())?)
}

/// Encoded records to learn a dictionary from. Hashes divide them, so any division is a fair sample.
fn samples(spill: &Spill) -> Result<Vec<Vec<u8>>, ImportError> {
    let mut samples = Vec::new();
    let mut bytes = 0;
    for division in 0..DIVISIONS {
        for record in spill.sorted(division..division + 1)?.records() {
            if bytes >= SAMPLES_BYTES {
                return Ok(samples);
            }
            bytes += record.bytes.len();
            samples.push(record.bytes.to_vec());
        }
    }
    Ok(samples)
}
