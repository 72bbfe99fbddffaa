//! Deterministic chance: the same seed gives the same dump on every machine.

/// A generator of 64-bit numbers (SplitMix64: tiny, and every seed is as good as another).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// One for each pair: a record's chance depends on nothing but the dump's seed and its number.
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        Self(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// Any number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below 1, not below 0.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Below `count`, which is at least 1.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    /// True in so many cases of a hundred.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of some things.
    pub(crate) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// Below `count`, the small ones often: by Zipf's law with an exponent near 1, inverted in the
    /// continuous case, which is close enough for skew.
    pub(crate) fn skewed(&mut self, count: usize) -> usize {
        let place = ((count as f64 + 1.0).ln() * self.unit()).exp() - 1.0;
        (place as usize).min(count - 1)
    }

    /// Around 1, within about a quarter: the mean of three.
    pub(crate) fn around(&mut self) -> f64 {
        0.75 + (self.unit() + self.unit() + self.unit()) / 6.0
    }
}
