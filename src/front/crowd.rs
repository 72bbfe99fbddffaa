//! What all connections together keep of what others have yet to send or to read.
//!
//! Each connection has limits of its own; ten thousand of them at those limits would still be more than the machine has.
//! So the sums are known, and while one is above its limit, connections that hold more than a little of it have to do
//! with less: their bytes are flushed first, or they end.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What any connection may hold however much there is in all, bytes of a request that is not whole.
const UNPARSED_SHARE: usize = 4 << 10;
/// The same in answers that wait for their reader: what a page with its files asks for at once.
const ANSWERS_SHARE: usize = 8;

/// The sums over all connections.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    unparsed_bytes: Sum,
    unsent_bytes: Sum,
    answers: Sum,
}

/// One sum; what is added is taken off again by whoever added it.
#[derive(Debug, Default)]
struct Sum(AtomicUsize);

impl Sum {
    fn change(&self, from: usize, to: usize) {
        if to >= from {
            self.0.fetch_add(to - from, Ordering::Relaxed);
        } else {
            self.0.fetch_sub(from - to, Ordering::Relaxed);
        }
    }

    fn is_above(&self, limit: usize) -> bool {
        self.0.load(Ordering::Relaxed) > limit
    }
}

/// One connection's part in the sums, taken off when it goes.
#[derive(Debug, Default)]
pub(super) struct Share {
    unparsed_bytes: usize,
    unsent_bytes: usize,
    answers: usize,
}

impl Share {
    /// So many bytes came of which no request has been made yet.
    pub(super) fn unparsed(&mut self, crowd: &Crowd, bytes: usize) {
        crowd.unparsed_bytes.change(self.unparsed_bytes, bytes);
        self.unparsed_bytes = bytes;
    }

    /// So many bytes wait to be sent.
    pub(super) fn unsent(&mut self, crowd: &Crowd, bytes: usize) {
        crowd.unsent_bytes.change(self.unsent_bytes, bytes);
        self.unsent_bytes = bytes;
    }

    /// So many requests are being answered.
    pub(super) fn answers(&mut self, crowd: &Crowd, answers: usize) {
        crowd.answers.change(self.answers, answers);
        self.answers = answers;
    }

    /// Whether the connection holds more than a little of a sum that is above its limit.
    pub(super) fn is_too_much(&self, crowd: &Crowd, unparsed_bytes: usize, answers: usize) -> bool {
        (self.unparsed_bytes > UNPARSED_SHARE && crowd.unparsed_bytes.is_above(unparsed_bytes))
            || (self.answers > ANSWERS_SHARE && crowd.answers.is_above(answers))
    }

    /// The connection ends.
    pub(super) fn leave(&mut self, crowd: &Crowd) {
        self.unparsed(crowd, 0);
        self.unsent(crowd, 0);
        self.answers(crowd, 0);
    }
}

impl Crowd {
    /// Whether more bytes wait to be sent than may.
    pub(super) fn has_unsent(&self, limit: usize) -> bool {
        self.unsent_bytes.is_above(limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_much_ends_when_all_hold_too_much_and_who_holds_little_stays() {
        let crowd = Crowd::default();
        let (mut large, mut small) = (Share::default(), Share::default());
        small.unparsed(&crowd, UNPARSED_SHARE);
        large.unparsed(&crowd, 30 << 10);
        let is_too_much = |share: &Share| share.is_too_much(&crowd, 32 << 10, 100);

        assert!(is_too_much(&large));
        assert!(!is_too_much(&small));

        small.unparsed(&crowd, 0);
        assert!(!is_too_much(&large), "there is room again");
    }

    #[test]
    fn answers_are_counted_over_all_connections() {
        let crowd = Crowd::default();
        let mut shares: Vec<Share> = (0..10).map(|_| Share::default()).collect();
        for share in &mut shares {
            share.answers(&crowd, ANSWERS_SHARE + 1);
        }

        assert!(shares[0].is_too_much(&crowd, 0, 89));
        assert!(!shares[0].is_too_much(&crowd, 0, 90));
    }

    #[test]
    fn a_connection_that_ends_leaves_nothing_behind() {
        let crowd = Crowd::default();
        let mut share = Share::default();
        share.unparsed(&crowd, 7);
        share.unsent(&crowd, 8);
        share.answers(&crowd, 9);

        share.leave(&crowd);

        assert!(!crowd.unparsed_bytes.is_above(0) && !crowd.unsent_bytes.is_above(0) && !crowd.answers.is_above(0));
    }
}
