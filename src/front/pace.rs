//! How fast a connection must go: what it is doing, since when, and until when it may.
//!
//! The stream tells what is read and written, the service what is asked and answered; the connection asks for the
//! next deadline. So slow clients of all kinds are let go (slowloris: in the header, in the body, between requests,
//! in reading the answer), however little they send to look alive.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::crowd::{Crowd, Share};
use super::limits::Limits;

/// A blocked reader that took this much meanwhile is not stalling, bytes: 0.5 kB/s at thirty seconds.
const PROGRESS_BYTES: u64 = 16 << 10;

/// How long after its handshake a first request is taken to be on its way.
const FIRST_REQUEST: Duration = Duration::from_secs(1);

/// What a connection took too long for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// The header of a request.
    Header,
    /// Nothing was asked any more.
    Idle,
    /// The answer was not read.
    Write,
    /// Bytes without a request.
    Noise,
    /// Nothing of its own: all connections together hold too much, and this one much of it.
    Crowd,
}

/// What one connection does.
#[derive(Debug)]
pub(super) struct Pace {
    state: Mutex<State>,
    crowd: Arc<Crowd>,
    handshake_bytes_max: usize,
}

/// How much may come with the end of a handshake: a record of TLS with what encryption adds (RFC 5246, 6.2.3), which is
/// read to its end before the handshake is said to be done, and what is read at once.
const WITH_THE_END: usize = (16 << 10) + 2053 + 4096;

/// How a header ends (RFC 9112, 2.2).
const EMPTY_LINE: [u8; TAIL] = *b"\n\r\n";
const TAIL: usize = 3;

/// A handshake that says more than any needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch;

#[derive(Debug)]
struct State {
    /// Requests not yet wholly answered.
    in_flight: usize,
    /// When each answer that is being taken was last taken from: one that moves does not excuse one that stands still.
    sent_at: BTreeMap<u64, Instant>,
    /// Requests so far.
    asked: u64,
    /// Since when nothing is asked.
    quiet_since: Instant,
    /// When the first byte came of a header that is not whole, or the answer before it was taken. HTTP/2 frames cannot be
    /// told apart here: there the time between requests bounds headers too.
    header_since: Option<Instant>,
    /// Since when the socket takes nothing, and what it took since.
    blocked: Option<(Instant, u64)>,
    /// What the last bytes were that HTTP/1 read: an empty line ends a header, anything else begins one.
    tail: [u8; TAIL],
    /// Bytes read since a request or a part of a body came.
    noise_bytes: u64,
    /// Requests taken back before they were answered, less those that were not.
    resets: usize,
    /// Whether a body was left unread, so that more of it may be on its way.
    has_unread: bool,
    multiplexed: bool,
    /// How many bytes of the handshake may still come; none once it is done. They are bounded for each, and no part of the
    /// sums: otherwise those who only knock would take room from those who are in.
    handshake_bytes: Option<usize>,
    /// Its part in what all connections hold.
    share: Share,
}

impl Pace {
    /// A connection whose handshake begins, of so many bytes at most, one of a crowd.
    pub(super) fn new(crowd: Arc<Crowd>, handshake_bytes_max: usize) -> Arc<Self> {
        let now = Instant::now();
        let state = State {
            in_flight: 0,
            sent_at: BTreeMap::new(),
            asked: 0,
            quiet_since: now,
            header_since: None,
            tail: EMPTY_LINE,
            blocked: None,
            noise_bytes: 0,
            resets: 0,
            has_unread: false,
            multiplexed: false,
            handshake_bytes: Some(handshake_bytes_max),
            share: Share::default(),
        };
        Arc::new(Self { state: Mutex::new(state), crowd, handshake_bytes_max })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The handshake is done: requests may come, one after the other or, with HTTP/2, side by side.
    pub(super) fn open(&self, multiplexed: bool) {
        let mut state = self.state();
        state.multiplexed = multiplexed;
        state.quiet_since = Instant::now();
        state.handshake_bytes = None;
    }

    /// Bytes came.
    pub(super) fn read(&self, bytes: usize) -> Result<(), TooMuch> {
        let mut state = self.state();
        if let Some(left) = &mut state.handshake_bytes {
            *left = left.checked_sub(bytes).ok_or(TooMuch)?;
            return Ok(());
        }
        let noise_bytes = state.noise_bytes + bytes as u64;
        state.heard(&self.crowd, noise_bytes);
        if state.in_flight == 0 && !state.multiplexed && state.header_since.is_none() {
            state.header_since = Some(Instant::now());
        }
        Ok(())
    }

    /// HTTP/1 reads these bytes. What follows a request without a pause (pipelining) comes with it or while it is
    /// answered, and only by its end can it be told whether one more header has begun.
    pub(super) fn reads(&self, bytes: &[u8]) {
        let mut state = self.state();
        if let Some(tail) = bytes.last_chunk() {
            state.tail = *tail;
        } else {
            for byte in bytes {
                state.tail.rotate_left(1);
                state.tail[TAIL - 1] = *byte;
            }
        }
    }

    /// The client has greeted; what it says next may have its first request in its wake.
    pub(super) fn was_greeted(&self) {
        self.state().handshake_bytes = Some(self.handshake_bytes_max + WITH_THE_END);
    }

    /// Whether the handshake has begun.
    pub(super) fn has_heard(&self) -> bool {
        self.state().handshake_bytes != Some(self.handshake_bytes_max)
    }

    /// Bytes went to the socket.
    pub(super) fn wrote(&self, bytes: usize) {
        let mut state = self.state();
        if let Some((_, taken)) = &mut state.blocked {
            *taken += bytes as u64;
            if *taken >= PROGRESS_BYTES {
                state.blocked = None;
            }
        }
    }

    /// The socket takes no more for now.
    pub(super) fn is_blocked(&self) {
        self.state().blocked.get_or_insert_with(|| (Instant::now(), 0));
    }

    /// So many encrypted bytes wait for the socket.
    pub(super) fn encrypted(&self, bytes: usize) {
        self.state().share.encrypted(&self.crowd, bytes);
    }

    /// What all connections hold.
    pub(super) fn crowd(&self) -> &Crowd {
        &self.crowd
    }

    /// Everything went to the socket.
    pub(super) fn flushed(&self) {
        let mut state = self.state();
        state.blocked = None;
        state.share.encrypted(&self.crowd, 0);
    }

    /// A part of a request's body came.
    pub(super) fn body_came(&self, bytes: usize) {
        let mut state = self.state();
        // Encryption and frames have their share of what was read.
        let noise_bytes = state.noise_bytes.saturating_sub(bytes as u64 + bytes as u64 / 8);
        state.heard(&self.crowd, noise_bytes);
        state.tail = EMPTY_LINE;
    }

    /// A request's body of which so many bytes were there has so many now; none when it is whole.
    pub(super) fn gathers(&self, before: usize, now: usize) {
        self.state().share.body(&self.crowd, before, now);
    }

    /// A body is left unread.
    pub(super) fn left_unread(&self) {
        self.state().has_unread = true;
    }

    /// Whether a body was left unread.
    pub(super) fn has_unread(&self) -> bool {
        self.state().has_unread
    }

    /// How many more requests were taken back than answered.
    pub(super) fn resets(&self) -> usize {
        self.state().resets
    }

    /// A request came; it is answered when the ticket is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Ticket {
        let mut state = self.state();
        state.in_flight += 1;
        state.asked += 1;
        state.header_since = None;
        state.heard(&self.crowd, 0);
        let in_flight = state.in_flight;
        state.share.answers(&self.crowd, in_flight);
        Ticket { pace: Arc::clone(self), number: state.asked, held: 0, is_done: false }
    }

    /// Whether a request seems to be on its way: a header has begun, or the handshake has just ended.
    pub(super) fn is_expecting(&self) -> bool {
        let state = self.state();
        state.header_since.is_some() || (state.asked == 0 && state.quiet_since.elapsed() < FIRST_REQUEST)
    }

    /// Since when nothing is asked; none while something is answered or waits for the socket.
    pub(super) fn quiet_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.in_flight == 0 && state.blocked.is_none()).then_some(state.quiet_since)
    }

    /// Until when the connection may go on as it does, and what it is late with then.
    pub(super) fn deadline(&self, limits: &Limits) -> (Instant, Overdue) {
        let state = self.state();
        if state.noise_bytes > limits.idle_bytes {
            return (Instant::now(), Overdue::Noise);
        }
        if state.share.is_too_much(&self.crowd, limits) {
            return (Instant::now(), Overdue::Crowd);
        }
        let blocked = state.blocked.map(|(since, _)| (since + limits.write(), Overdue::Write));
        let sending = state.sent_at.values().min().map(|sent_at| (*sent_at + limits.write(), Overdue::Write));
        let waiting = (state.in_flight == 0).then(|| match state.header_since {
            Some(since) => (since + limits.header(), Overdue::Header),
            None if state.asked == 0 => (state.quiet_since + limits.header(), Overdue::Header),
            None => (state.quiet_since + limits.idle(), Overdue::Idle),
        });
        let never = (Instant::now() + NEVER, Overdue::Idle);
        [blocked, sending, waiting].into_iter().flatten().min_by_key(|(at, _)| *at).unwrap_or(never)
    }
}

impl State {
    fn heard(&mut self, crowd: &Crowd, bytes: u64) {
        self.noise_bytes = bytes;
        self.share.unparsed(crowd, bytes as usize);
    }

    /// Whether there are bytes of one more header behind the request that was answered.
    fn has_begun_a_header(&self) -> bool {
        !self.multiplexed && !matches!(self.tail, EMPTY_LINE | [_, b'\n', b'\n'])
    }
}

impl Drop for Pace {
    fn drop(&mut self) {
        let crowd = Arc::clone(&self.crowd);
        self.state().share.leave(&crowd);
    }
}

/// While a handler works nothing of the connection is late; it is looked at again after this.
const NEVER: Duration = Duration::from_hours(1);

/// One request under way.
#[derive(Debug)]
pub(super) struct Ticket {
    pace: Arc<Pace>,
    number: u64,
    /// Bytes of the answer that wait here.
    held: u32,
    is_done: bool,
}

impl Ticket {
    /// The answer begins to be taken, or goes on to be.
    pub(super) fn sent(&self) {
        self.pace.state().sent_at.insert(self.number, Instant::now());
    }

    /// The answer waits for its next part to be made.
    pub(super) fn waits(&self) {
        self.pace.state().sent_at.remove(&self.number);
    }

    /// So many bytes of the answer wait here for its reader.
    pub(super) fn holds(&mut self, bytes: usize) {
        self.pace.state().share.page(&self.pace.crowd, self.held as usize, bytes);
        self.held = bytes as u32;
    }

    /// The answer was taken to its end.
    pub(super) fn done(&mut self) {
        self.is_done = true;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.pace.state();
        state.in_flight -= 1;
        state.share.page(&self.pace.crowd, self.held as usize, 0);
        let in_flight = state.in_flight;
        state.share.answers(&self.pace.crowd, in_flight);
        state.sent_at.remove(&self.number);
        // Whoever types takes searches back, and lets others be answered.
        state.resets = if self.is_done { state.resets.saturating_sub(1) } else { state.resets + 1 };
        if state.in_flight == 0 {
            let now = Instant::now();
            state.quiet_since = now;
            state.header_since = state.has_begun_a_header().then_some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knocking() -> Arc<Pace> {
        Pace::new(Arc::default(), 16)
    }

    fn open() -> Arc<Pace> {
        let pace = knocking();
        pace.open(false);
        pace
    }

    fn overdue(pace: &Pace) -> Overdue {
        pace.deadline(&Limits::default()).1
    }

    #[test]
    fn what_a_connection_is_late_with_follows_what_it_does() {
        let pace = open();
        assert_eq!(overdue(&pace), Overdue::Header, "it opened and asks nothing");

        let mut ticket = pace.begin();
        assert!(pace.deadline(&Limits::default()).0 > Instant::now() + Duration::from_mins(10), "a handler works");
        ticket.sent();
        assert_eq!(overdue(&pace), Overdue::Write, "the answer waits for its reader");
        ticket.waits();
        assert!(
            pace.deadline(&Limits::default()).0 > Instant::now() + Duration::from_mins(10),
            "the next part is made"
        );
        ticket.done();
        drop(ticket);
        assert_eq!(overdue(&pace), Overdue::Idle, "nothing is asked any more");

        pace.read(1).expect("room");
        assert_eq!(overdue(&pace), Overdue::Header, "a header began");
    }

    #[test]
    fn a_handshake_has_its_own_bound_and_what_follows_is_not_held_to_it() {
        let pace = knocking();
        assert!(!pace.has_heard(), "it has said nothing");

        assert_eq!(pace.read(16), Ok(()));
        assert_eq!(pace.read(1), Err(TooMuch));
        pace.was_greeted();
        assert_eq!(pace.read(16 + WITH_THE_END), Ok(()), "a first request comes with its end");
        assert_eq!(pace.read(1), Err(TooMuch));

        let pace = knocking();
        pace.open(false);
        assert_eq!(pace.read(17), Ok(()));
        assert!(pace.has_heard());
    }

    #[test]
    fn who_is_answered_or_has_bytes_to_take_is_not_quiet() {
        let pace = open();
        assert!(pace.quiet_since().is_some());

        let ticket = pace.begin();
        assert!(pace.quiet_since().is_none());
        drop(ticket);
        pace.is_blocked();
        assert!(pace.quiet_since().is_none());
        pace.flushed();

        assert!(pace.quiet_since().is_some());
    }

    #[test]
    fn a_header_that_began_behind_another_is_held_to_its_time_once_that_is_answered() {
        let after = |parts: &[&[u8]]| {
            let pace = open();
            for part in parts {
                pace.reads(part);
            }
            drop(pace.begin());
            overdue(&pace)
        };

        assert_eq!(after(&[b"GET / HTTP/1.1\r\n\r\n"]), Overdue::Idle);
        assert_eq!(after(&[b"GET / HTTP/1.1\r\n", b"\r", b"\n"]), Overdue::Idle, "in pieces");
        assert_eq!(after(&[b"GET / HTTP/1.1\n\n"]), Overdue::Idle, "half line ends");
        assert_eq!(after(&[b"GET / HTTP/1.1\r\n\r\nG"]), Overdue::Header);
        assert_eq!(after(&[b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\n"]), Overdue::Header);

        let posting = open();
        posting.reads(b"POST / HTTP/1.1\r\n\r\nq=cola");
        let ticket = posting.begin();
        posting.body_came(6);
        drop(ticket);
        assert_eq!(overdue(&posting), Overdue::Idle, "a body is no header");
    }

    #[test]
    fn bytes_do_not_prolong_a_header() {
        let pace = open();
        pace.read(1).expect("room");
        let first = pace.deadline(&Limits::default());

        pace.read(1).expect("room");

        assert_eq!(pace.deadline(&Limits::default()), first);
    }

    #[test]
    fn an_answer_that_moves_does_not_excuse_one_that_stands_still() {
        let pace = open();
        let (stalled, moving) = (pace.begin(), pace.begin());
        stalled.sent();
        let deadline = pace.deadline(&Limits::default());

        moving.sent();

        assert_eq!(pace.deadline(&Limits::default()), deadline);
    }

    #[test]
    fn a_request_that_is_on_its_way_is_expected() {
        let pace = open();
        assert!(pace.is_expecting(), "the handshake has just ended");

        drop(pace.begin());
        assert!(!pace.is_expecting(), "it has asked, and waits");
        pace.read(1).expect("room");
        assert!(pace.is_expecting(), "a header has begun");
    }

    #[test]
    fn a_blocked_reader_must_take_more_than_a_drop() {
        let pace = open();
        let _ticket = pace.begin();
        pace.is_blocked();

        pace.wrote(100);
        pace.is_blocked();
        assert_eq!(overdue(&pace), Overdue::Write);

        pace.wrote(PROGRESS_BYTES as usize);
        assert_ne!(overdue(&pace), Overdue::Write);
    }

    #[test]
    fn much_without_a_request_is_noise_and_a_request_ends_it() {
        let pace = open();
        pace.open(true);
        pace.read(Limits::default().idle_bytes as usize + 1).expect("room");
        assert_eq!(overdue(&pace), Overdue::Noise);

        drop(pace.begin());

        assert_eq!(overdue(&pace), Overdue::Idle);
    }

    #[test]
    fn a_request_that_is_taken_back_is_counted() {
        let pace = open();
        let mut answered = pace.begin();
        answered.done();

        drop((answered, pace.begin()));

        assert_eq!(pace.resets(), 1);

        let mut answered = pace.begin();
        answered.done();
        drop(answered);
        assert_eq!(pace.resets(), 0, "and made good by one that is answered");
    }
}
