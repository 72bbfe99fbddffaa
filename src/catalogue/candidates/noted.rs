//! The broad categories of which it is noted who names them.
//!
//! People who file a record in a broad category only mean those that others filed there. To ask that of every candidate
//! of a question costs a bit of a word that lies beside the candidate, and no look into another list.

use rustc_hash::FxHashMap;

use super::NOTED_MAX;
use super::sets::CategorySets;
use crate::food::category::CategoryId;

/// The broad categories that the most sets name, each with a place from 0.
pub(super) struct Noted {
    places: FxHashMap<u32, u8>,
}

impl Noted {
    /// Counts in how many of the sets each of the `categories` that `is_broad` is named.
    pub(super) fn of(sets: &CategorySets, categories: usize, is_broad: impl Fn(CategoryId) -> bool) -> Self {
        let mut counts = vec![0u32; categories];
        for set in 0..sets.len() as u32 {
            for id in sets.named(set) {
                counts[id.0 as usize] += 1;
            }
        }
        let is_named = |id: &u32| counts[*id as usize] > 0 && is_broad(CategoryId(*id));
        let mut broad: Vec<u32> = (0..categories as u32).filter(is_named).collect();
        broad.sort_unstable_by_key(|id| (std::cmp::Reverse(counts[*id as usize]), *id));
        broad.truncate(NOTED_MAX);
        Self { places: broad.into_iter().zip(0..).collect() }
    }

    /// The place of a category from 1; 0 where it is not noted.
    pub(super) fn place(&self, category: CategoryId) -> u8 {
        self.places.get(&category.0).map_or(0, |place| place + 1)
    }

    /// Which of them the records of a set name, the first in the lowest bit.
    pub(super) fn of_set(&self, sets: &CategorySets, set: u32) -> u64 {
        let places = sets.named(set).filter_map(|id| self.places.get(&id.0));
        places.fold(0, |bits, place| bits | 1 << place)
    }
}
