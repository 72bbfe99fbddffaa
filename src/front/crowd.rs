//! What all connections together keep of what others have yet to send or to read.
//!
//! Each connection has limits of its own; ten thousand of them at those limits would still be more than the machine has.
//! So the sums are known, and while one is above its limit, connections that hold more than a little of it have to do
//! with less: their bytes are flushed first, or they end.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::limits::Limits;

/// What any connection may hold however much there is in all, bytes of a request that is not whole.
const UNPARSED_SHARE: usize = 4 << 10;
/// The same in pages that wait for their reader, and in what is encrypted already: several pages.
const UNSENT_SHARE: usize = 128 << 10;
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
    body_bytes: usize,
    encrypted_bytes: usize,
    page_bytes: usize,
    answers: usize,
}

impl Share {
    /// So many bytes came of which no request has been made yet.
    pub(super) fn unparsed(&mut self, crowd: &Crowd, bytes: usize) {
        crowd.unparsed_bytes.change(self.unparsed_bytes, bytes);
        self.unparsed_bytes = bytes;
    }

    /// A request's body of which so many bytes were there has so many now.
    pub(super) fn body(&mut self, crowd: &Crowd, before: usize, now: usize) {
        crowd.unparsed_bytes.change(before, now);
        self.body_bytes = self.body_bytes + now - before;
    }

    /// So many encrypted bytes wait to be sent.
    pub(super) fn encrypted(&mut self, crowd: &Crowd, bytes: usize) {
        crowd.unsent_bytes.change(self.encrypted_bytes, bytes);
        self.encrypted_bytes = bytes;
    }

    /// A page of which so many bytes waited to be sent has so many left.
    pub(super) fn page(&mut self, crowd: &Crowd, before: usize, left: usize) {
        crowd.unsent_bytes.change(before, left);
        self.page_bytes = self.page_bytes + left - before;
    }

    /// So many requests are being answered.
    pub(super) fn answers(&mut self, crowd: &Crowd, answers: usize) {
        crowd.answers.change(self.answers, answers);
        self.answers = answers;
    }

    /// Whether the connection holds more than a little of a sum that is above its limit.
    pub(super) fn is_too_much(&self, crowd: &Crowd, limits: &Limits) -> bool {
        (self.unparsed_bytes + self.body_bytes > UNPARSED_SHARE && crowd.unparsed_bytes.is_above(limits.unparsed_bytes))
            || (self.encrypted_bytes + self.page_bytes > UNSENT_SHARE && crowd.has_unsent(limits.unsent_bytes))
            || (self.answers > ANSWERS_SHARE && crowd.answers.is_above(limits.answers))
    }

    /// The connection ends.
    pub(super) fn leave(&mut self, crowd: &Crowd) {
        self.unparsed(crowd, 0);
        self.body(crowd, self.body_bytes, 0);
        self.encrypted(crowd, 0);
        self.page(crowd, self.page_bytes, 0);
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
        let limits = Limits { unparsed_bytes: 32 << 10, ..Limits::default() };
        let is_too_much = |share: &Share| share.is_too_much(&crowd, &limits);

        assert!(is_too_much(&large));
        assert!(!is_too_much(&small));

        small.unparsed(&crowd, 0);
        assert!(!is_too_much(&large), "there is room again");
    }

    #[test]
    fn a_body_that_is_not_whole_counts_like_a_header_that_is_not() {
        let crowd = Crowd::default();
        let mut share = Share::default();
        share.body(&crowd, 0, 30 << 10);
        let limits = Limits { unparsed_bytes: 20 << 10, ..Limits::default() };
        assert!(share.is_too_much(&crowd, &limits));

        share.body(&crowd, 30 << 10, 0);
        assert!(!share.is_too_much(&crowd, &limits));
    }

    #[test]
    fn answers_are_counted_over_all_connections() {
        let crowd = Crowd::default();
        let mut shares: Vec<Share> = (0..10).map(|_| Share::default()).collect();
        for share in &mut shares {
            share.answers(&crowd, ANSWERS_SHARE + 1);
        }

        assert!(shares[0].is_too_much(&crowd, &Limits { answers: 89, ..Limits::default() }));
        assert!(!shares[0].is_too_much(&crowd, &Limits { answers: 90, ..Limits::default() }));
    }

    #[test]
    fn pages_and_encrypted_bytes_wait_in_one_sum() {
        let crowd = Crowd::default();
        let mut share = Share::default();
        share.encrypted(&crowd, 40_000);
        share.page(&crowd, 0, 100_000);
        let limits = Limits { unsent_bytes: 139_999, ..Limits::default() };
        assert!(share.is_too_much(&crowd, &limits));

        share.page(&crowd, 100_000, 99_999);
        assert!(!share.is_too_much(&crowd, &limits));
    }

    #[test]
    fn a_connection_that_ends_leaves_nothing_behind() {
        let crowd = Crowd::default();
        let mut share = Share::default();
        share.unparsed(&crowd, 7);
        share.body(&crowd, 0, 6);
        share.encrypted(&crowd, 8);
        share.page(&crowd, 0, 10);
        share.answers(&crowd, 9);

        share.leave(&crowd);

        assert!(!crowd.unparsed_bytes.is_above(0) && !crowd.unsent_bytes.is_above(0) && !crowd.answers.is_above(0));
    }
}
