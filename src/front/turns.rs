//! A connection that wakes itself while it is polled is polled again at once.
//!
//! HTTP/2 wakes its connection for every answer that is there when it was asked for. Left to the scheduler, each time the
//! connection would go to the end of the queue, and another thread be woken to look for it there: that cost as much as
//! the file that was asked for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use tokio::task::coop::has_budget_remaining;

/// Turns in a row, before other connections have theirs.
const TURNS_MAX: usize = 8;

/// The turns of one connection.
pub(super) struct Turns {
    call: Arc<Call>,
    waker: Waker,
}

/// A call to be polled: taken note of while that happens, else passed on.
struct Call {
    is_polled: AtomicBool,
    is_woken: AtomicBool,
    task: Mutex<Waker>,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // In this order, and the other way round where it is polled: one of both sees what the other does.
        self.is_woken.store(true, Ordering::SeqCst);
        if !self.is_polled.load(Ordering::SeqCst) {
            self.task.lock().unwrap_or_else(PoisonError::into_inner).wake_by_ref();
        }
    }
}

impl Turns {
    /// For a connection that has not been polled yet.
    pub(super) fn new() -> Self {
        let call = Arc::new(Call {
            is_polled: AtomicBool::new(false),
            is_woken: AtomicBool::new(false),
            task: Mutex::new(Waker::noop().clone()),
        });
        Self { waker: Waker::from(Arc::clone(&call)), call }
    }

    /// Polls until there is a result, or nothing to do for now.
    pub(super) fn poll<T>(&self, cx: &mut Context<'_>, mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        self.call.task.lock().unwrap_or_else(PoisonError::into_inner).clone_from(cx.waker());
        for _ in 0..TURNS_MAX {
            self.call.is_woken.store(false, Ordering::SeqCst);
            self.call.is_polled.store(true, Ordering::SeqCst);
            let polled = poll(&mut Context::from_waker(&self.waker));
            self.call.is_polled.store(false, Ordering::SeqCst);
            if polled.is_ready() || !self.call.is_woken.load(Ordering::SeqCst) {
                return polled;
            }
            if !has_budget_remaining() {
                break;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    /// Counts how often a task is woken.
    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn who_wakes_itself_is_polled_again_and_nobody_is_troubled() {
        let (turns, count) = (Turns::new(), Arc::new(Count::default()));
        let waker = Waker::from(Arc::clone(&count));
        let mut polls = 0;

        let polled = turns.poll(&mut Context::from_waker(&waker), |cx| {
            polls += 1;
            if polls < 3 {
                cx.waker().wake_by_ref();
            }
            Poll::<()>::Pending
        });

        assert_eq!((polled, polls, count.0.load(Ordering::SeqCst)), (Poll::Pending, 3, 0));
    }

    #[test]
    fn who_never_stops_waking_itself_lets_others_have_their_turn() {
        let (turns, count) = (Turns::new(), Arc::new(Count::default()));
        let waker = Waker::from(Arc::clone(&count));
        let mut polls = 0;

        let polled = turns.poll(&mut Context::from_waker(&waker), |cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        });

        assert_eq!((polled, polls, count.0.load(Ordering::SeqCst)), (Poll::Pending, TURNS_MAX, 1));
    }

    #[test]
    fn a_call_between_two_polls_is_passed_on() {
        let (turns, count) = (Turns::new(), Arc::new(Count::default()));
        let waker = Waker::from(Arc::clone(&count));
        let mut kept = None;
        let polled = turns.poll(&mut Context::from_waker(&waker), |cx| {
            kept = Some(cx.waker().clone());
            Poll::<()>::Pending
        });
        assert_eq!((polled, count.0.load(Ordering::SeqCst)), (Poll::Pending, 0));

        kept.expect("a waker").wake();

        assert_eq!(count.0.load(Ordering::SeqCst), 1);
    }
}
