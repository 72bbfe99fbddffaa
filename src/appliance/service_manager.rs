//! What the service manager is told (systemd, `sd_notify(3)`): over the socket that it names, and nobody if it names none.

use std::fmt::Display;
use std::future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sd_notify::NotifyState;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::ApplianceError;
use super::status_line::Outlook;
use super::watchdog::{self, Hang, Rhythm, Vitals};
use crate::config;

/// How long opening the stores may take: after a crash the engine reads its whole log, and a later version may have to
/// write it anew. Nothing tells how far it is.
const OPENING: Duration = Duration::from_mins(10);
/// What is asked for at a time while they are opened: time that was granted is not taken back, and would be a start's
/// that never answers.
const OPENING_STEP: Duration = Duration::from_mins(1);
/// Between two such questions.
const OPENING_PAUSE: Duration = Duration::from_secs(20);
/// How long building the snapshot again may go without a word: it says every product that it takes, but not how far the
/// sorting at the end is.
const BUILDING: Duration = Duration::from_mins(5);
/// Between two words about the building.
const BUILDING_PAUSE: Duration = Duration::from_secs(5);
/// How long the first answers may take, each time that they are asked for.
const FIRST_ANSWER: Duration = Duration::from_secs(3);
/// Between two such questions: who waits for the site would not like to wait longer.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How often it is looked whether the status is another.
const STATUS_PAUSE: Duration = Duration::from_secs(2);
/// How long the store may take to write itself down after the last request.
const CLOSING: Duration = Duration::from_secs(20);

/// The stores are being opened: asks for time until this is dropped.
pub(super) struct Opening(JoinHandle<()>);

impl Opening {
    pub(super) fn begin() -> Self {
        tell(&[NotifyState::Status("opening the store"), extend(OPENING_STEP)]);
        Self(tokio::spawn(async {
            let begun = Instant::now();
            while begun.elapsed() < OPENING {
                sleep(OPENING_PAUSE).await;
                tell(&[extend(OPENING_STEP)]);
            }
        }))
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What to tell how many products are in a snapshot that is built again from the store; it passes on one word in a while.
pub(super) fn building() -> impl FnMut(u64) {
    let mut told: Option<Instant> = None;
    move |products| {
        if told.is_none_or(|told| told.elapsed() > BUILDING_PAUSE) {
            told = Some(Instant::now());
            let status = format!("building the catalogue again from the store: {products} products");
            tell(&[NotifyState::Status(&status), extend(BUILDING)]);
        }
    }
}

/// The start failed, and is tried again after a pause.
pub(super) fn is_failing(error: &ApplianceError, pause: Duration) {
    let status = format!("{error}; the next try is in {} s", pause.as_secs());
    tracing::error!("{status}");
    // A line break would begin another message.
    tell(&[NotifyState::Status(&status.replace('\n', " "))]);
}

/// The start failed, and to try again would be no help: a person has to mend something first. systemd keeps the words
/// with the unit, for `systemctl status`, `foodswap doctor` and the package. They begin with the exit code, which systemd
/// forgets as soon as a visitor has it tried again.
pub(super) fn give_up(exit_code: u8, reason: &impl Display) {
    let status = format!("exit code {exit_code}: {reason}");
    tell(&[NotifyState::Status(&status.replace('\n', " "))]);
}

/// Nothing new is accepted; requests under way have so long to end.
pub(super) fn is_stopping(drain: Duration) {
    let status = NotifyState::Status("stopping: what is being asked is answered");
    tell(&[NotifyState::Stopping, status, extend(drain + CLOSING)]);
}

/// Tells how the site is for as long as it is polled: ready once the ports answer, alive while all answers.
pub(super) async fn report(mut vitals: Vitals, outlook: Outlook) {
    if !config::has_service_manager() {
        return;
    }
    first_answer(&mut vitals, FIRST_ANSWER, |hang| {
        tracing::error!(%hang, "at the start: not ready yet");
        tell(&[NotifyState::Status(&format!("not ready: {hang}"))]);
    })
    .await;
    for port in vitals.unheard() {
        tracing::warn!("{port} cannot be reached from this machine: whether it answers is not watched");
    }
    tell(&[NotifyState::Ready, NotifyState::Status(&outlook.line())]);
    let hang = Mutex::new(None);
    let watching = async {
        match sd_notify::watchdog_enabled().filter(|interval| !interval.is_zero()) {
            Some(interval) => watchdog::watch(vitals, Rhythm::within(interval), |examined| feed(examined, &hang)).await,
            None => future::pending().await,
        }
    };
    tokio::join!(watching, keep_told(&outlook, &hang));
}

/// Asks until all have answered. `tell` hears what is waited for, whenever that is something else. For how long is the
/// service manager's to say (`TimeoutStartSec=`).
async fn first_answer(vitals: &mut Vitals, limit: Duration, mut tell: impl FnMut(&Hang)) {
    let mut told = None;
    while let Err(hang) = vitals.examine(limit).await {
        if told.as_ref() != Some(&hang) {
            tell(&hang);
            told = Some(hang);
        }
        sleep(FIRST_PAUSE).await;
    }
}

/// Says that all is well, or remembers what hangs.
fn feed(examined: Result<(), &Hang>, hang: &Mutex<Option<String>>) {
    match examined {
        Ok(()) => tell(&[NotifyState::Watchdog]),
        Err(error) => tracing::error!(%error, "the service manager is not told that all is well"),
    }
    *hang.lock().unwrap_or_else(PoisonError::into_inner) = examined.err().map(ToString::to_string);
}

/// Tells the status whenever it is another.
async fn keep_told(outlook: &Outlook, hang: &Mutex<Option<String>>) {
    let mut told = String::new();
    loop {
        let hang = hang.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let status = hang.unwrap_or_else(|| outlook.line());
        if status != told {
            tell(&[NotifyState::Status(&status)]);
            told = status;
        }
        sleep(STATUS_PAUSE).await;
    }
}

fn extend(time: Duration) -> NotifyState<'static> {
    NotifyState::ExtendTimeoutUsec(u32::try_from(time.as_micros()).unwrap_or(u32::MAX))
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager cannot be told how the program is");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::timeout;

    use super::*;
    use crate::catalogue::Catalogue;
    use crate::catalogue::starter;
    use crate::front::listen;
    use crate::front::ports::Ports;
    use crate::store::StoreConfig;
    use crate::store::products::Products;

    #[tokio::test]
    async fn a_site_whose_ports_never_answered_is_not_ready_however_long_it_takes() {
        let folder = tempfile::tempdir().expect("tempdir");
        let products = Products::open(folder.path(), &StoreConfig::default()).expect("a store");
        let snapshot = starter::snapshot(&folder.path().join("catalogue")).expect("a snapshot");
        let front = crate::front::Config { http: vec![([127, 0, 0, 1], 0).into()], ..crate::front::Config::default() };
        // Nobody accepts what comes there.
        let dead = listen::open(&front, None).expect("a socket");
        let mut vitals = Vitals::of(products, Arc::new(Catalogue::new(snapshot)), Ports::of(&dead, "swap.example"));
        let mut told = Vec::new();

        let waiting = first_answer(&mut vitals, Duration::from_millis(500), |hang| told.push(hang.to_string()));
        let is_ready = timeout(Duration::from_secs(3), waiting).await.is_ok();

        assert!(!is_ready);
        assert_eq!(told.last(), Some(&format!("{} does not answer", dead[0].address)));
    }
}
