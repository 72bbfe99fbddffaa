//! The watchdog: whether store, catalogue and ports really answer. Only then does the service manager hear that the
//! program is alive; else it ends the program and starts it again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use crate::catalogue::Catalogue;
use crate::catalogue::snapshot::{Doc, Snapshot};
use crate::front::ports::{Ports, Silent};
use crate::store::products::Products;

/// How often the parts are asked, and for how long an answer is waited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    /// How long all parts together may take to answer.
    answer: Duration,
    /// From the begin of an examination that went well to the next.
    pause: Duration,
    /// From the end of one that failed to the next.
    retry: Duration,
}

impl Rhythm {
    /// All must be well once in an interval. An answer may take a quarter of it; together with the half that passes
    /// between two examinations that leaves a quarter for another try.
    pub(super) fn within(interval: Duration) -> Self {
        Self { answer: interval / 4, pause: interval / 2, retry: interval / 16 }
    }
}

/// A part that does not answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Hang {
    /// A part of the program, the disk under it, or the threads that ask it.
    #[error("{0} does not answer")]
    Part(&'static str),
    /// A public port.
    #[error(transparent)]
    Port(#[from] Silent),
}

/// A question of the kind that visitors ask. An error is an answer too: `/readyz` and the log tell it, and to start
/// again would mend neither a damaged record nor a full disk.
struct Question {
    part: &'static str,
    ask: Arc<dyn Fn() + Send + Sync>,
}

impl Question {
    fn new(part: &'static str, ask: impl Fn() + Send + Sync + 'static) -> Self {
        Self { part, ask: Arc::new(ask) }
    }
}

/// What has to answer.
pub(super) struct Vitals {
    questions: Vec<Question>,
    ports: Ports,
}

impl Vitals {
    pub(super) fn of(products: Products, catalogue: Arc<Catalogue>, ports: Ports) -> Self {
        let (shown, kept) = (Arc::clone(&catalogue), Turns::default());
        let of_catalogue = Question::new("the catalogue", move || {
            let snapshot = shown.snapshot();
            let _ = kept.next(&snapshot).and_then(|doc| snapshot.find(snapshot.code(doc)?));
        });
        let turns = Turns::default();
        let of_store = Question::new("the store", move || {
            let snapshot = catalogue.snapshot();
            let Some(code) = turns.next(&snapshot).and_then(|doc| snapshot.code(doc)) else { return };
            if let Err(error) = products.get(code) {
                tracing::error!(%code, %error, "the store did not give a product");
            }
        });
        Self { questions: vec![of_catalogue, of_store], ports }
    }

    /// Asks every part.
    pub(super) async fn examine(&mut self, limit: Duration) -> Result<(), Hang> {
        let end = Instant::now() + limit;
        for Question { part, ask } in &self.questions {
            let ask = Arc::clone(ask);
            // A question that ended by a fault of the program did not hang.
            let _ = timeout_at(end, spawn_blocking(move || ask())).await.map_err(|_| Hang::Part(part))?;
        }
        Ok(self.ports.ask(end - Instant::now()).await?)
    }

    /// Ports that have never answered.
    pub(super) fn unheard(&self) -> Vec<SocketAddr> {
        self.ports.unheard().collect()
    }
}

/// Which product is asked for: each time another, so that not only what lies in memory already is asked for.
#[derive(Default)]
struct Turns(AtomicUsize);

impl Turns {
    fn next(&self, snapshot: &Snapshot) -> Option<Doc> {
        let turn = self.0.fetch_add(1, Ordering::Relaxed);
        turn.checked_rem(snapshot.len()).map(|number| Doc(number as u32))
    }
}

/// Examines for as long as it is polled; calls `tell` with each outcome.
pub(super) async fn watch(mut vitals: Vitals, rhythm: Rhythm, tell: impl Fn(Result<(), &Hang>)) {
    loop {
        let begun = Instant::now();
        let examined = vitals.examine(rhythm.answer).await;
        tell(examined.as_ref().copied());
        match examined {
            Ok(()) => sleep_until(begun + rhythm.pause).await,
            Err(_) => sleep(rhythm.retry).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// How long an answer may take that must come, on however busy a machine.
    const LONG: Duration = Duration::from_secs(20);
    /// How long is waited for one that cannot come.
    const SHORT: Duration = Duration::from_millis(200);
    /// Quick to ask, patient with an answer: only a part that hangs takes long.
    const RHYTHM: Rhythm =
        Rhythm { answer: Duration::from_secs(2), pause: Duration::from_millis(20), retry: Duration::from_millis(20) };

    fn vitals(questions: Vec<Question>) -> Vitals {
        Vitals { questions, ports: Ports::of(&[], "swap.example") }
    }

    /// A store that answers until it is told to hang, and then waits for whoever holds the other end.
    fn store() -> (Question, mpsc::Sender<()>) {
        let (hang, told) = mpsc::channel();
        let told = std::sync::Mutex::new(told);
        let ask = move || {
            let told = told.lock().expect("not poisoned");
            if told.try_recv().is_ok() {
                let _ = told.recv();
            }
        };
        (Question::new("the store", ask), hang)
    }

    #[tokio::test]
    async fn a_store_that_does_not_answer_is_named_in_a_bounded_time() {
        let (store, hang) = store();
        let mut vitals = vitals(vec![Question::new("the catalogue", || ()), store]);
        assert_eq!(vitals.examine(LONG).await, Ok(()));

        hang.send(()).expect("the store listens");
        let begun = Instant::now();
        let examined = vitals.examine(SHORT).await;

        assert_eq!(examined, Err(Hang::Part("the store")));
        assert!(begun.elapsed() < LONG, "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn nobody_is_told_that_all_is_well_while_a_part_hangs() {
        let (store, hang) = store();
        let (tell, told) = mpsc::channel();
        let watching = tokio::spawn(watch(vitals(vec![store]), RHYTHM, move |examined| {
            let _ = tell.send(examined.is_ok());
        }));
        let hear = move || told.recv_timeout(LONG).expect("an examination");

        let (mended, before, after) = spawn_blocking(move || {
            let before = [hear(), hear()];
            hang.send(()).expect("the store listens");
            // Examinations that were over, or nearly, when the store was told.
            let is_heard = (0..100).any(|_| !hear());
            let after = [!is_heard, hear()];
            drop(hang);
            let mended = (0..20).any(|_| hear());
            (mended, before, after)
        })
        .await
        .expect("no panic");
        watching.abort();

        assert_eq!(before, [true, true]);
        assert_eq!(after, [false, false]);
        assert!(mended, "it is told again once the part answers again");
    }

    #[test]
    fn an_interval_has_room_for_a_second_try() {
        let interval = Duration::from_secs(30);
        let Rhythm { answer, pause, retry } = Rhythm::within(interval);

        // One failed just before it would have been well: asked again, it may take as long once more.
        assert!(pause + answer + retry < interval && retry < answer, "{pause:?} {answer:?} {retry:?}");
    }

    #[tokio::test]
    async fn a_fault_of_the_program_is_no_hang() {
        let mut vitals = vitals(vec![Question::new("the store", || panic!("on purpose"))]);

        assert_eq!(vitals.examine(LONG).await, Ok(()));
    }

    #[test]
    fn threads_that_are_all_taken_are_a_hang() {
        let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).enable_all().build();
        let (end, ended) = mpsc::channel::<()>();

        let examined = runtime.expect("a runtime").block_on(async {
            let taken = spawn_blocking(move || ended.recv());
            let examined = vitals(vec![Question::new("the store", || ())]).examine(SHORT).await;
            drop(end);
            let _ = taken.await;
            examined
        });

        assert_eq!(examined, Err(Hang::Part("the store")));
    }
}
