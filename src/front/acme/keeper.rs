//! Keeps one certificate fresh: judges when the next is due, gets it, serves it, writes down what became of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;
use rustls_acme::acme::Account;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;

use super::Config;
use super::failure::Failure;
use super::order::{Fresh, Ordering as Request};
use super::schedule::{self, Wanted};
use crate::front::tls::certificate::Certificate;
use crate::front::tls::ledger::{Issued, Ledger, LedgerError, Order, Outcome};
use crate::front::tls::resolver::Resolver;
use crate::front::tls::status::{ORDERS_TOLD, Serving, Status};
use crate::front::tls::trust::Trust;
use crate::front::tls::warning::Warning;
use crate::front::tls::{TlsError, now_t};

/// How often the wall clock is looked at. A timer alone would sleep on while the clock is set or the machine suspended.
const LOOK_EVERY_S: i64 = 60;
/// Orders that are remembered: months of a working site, a month of one that fails.
const ORDERS_MAX: usize = 200;
/// The wait after an order whose certificate is served but could not be kept, seconds: a restart needs another, and
/// Let's Encrypt gives five in a week for the same names.
const UNKEPT_WAIT_S: i64 = 36 * 3600;

/// What keeps the certificate.
pub(in crate::front) struct Keeper {
    config: Config,
    names: Vec<String>,
    client: Arc<ClientConfig>,
    resolver: Arc<Resolver>,
    ledger: Arc<dyn Ledger>,
    trust: Trust,
    orders: Mutex<Vec<Order>>,
    has_stop_gap: AtomicBool,
    urged: AtomicBool,
    wake: Notify,
}

impl Keeper {
    /// Takes up what the ledger holds: the best certificate is served at once. It blocks.
    pub(in crate::front) fn open(
        config: Config,
        client: Arc<ClientConfig>,
        ledger: Arc<dyn Ledger>,
        trust: Trust,
    ) -> Result<(Arc<Resolver>, Self), TlsError> {
        let names = config.names();
        let stored = ledger.certificates(config.directory_url()).map_err(TlsError::Ledger)?;
        let orders = ledger.orders().map_err(TlsError::Ledger)?.into_iter().map(ended).collect();
        let best = best(stored, &names, now_t());
        if best.is_some() {
            tracing::info!(names = names.join(", "), "the stored certificate is in use");
        }
        let has_stop_gap = AtomicBool::new(best.is_none());
        let certificate = best.map_or_else(|| Certificate::stop_gap(&names), Ok)?;
        let resolver = Arc::new(Resolver::new(certificate));
        let keeper = Self {
            config,
            names,
            client,
            resolver: Arc::clone(&resolver),
            ledger,
            trust,
            orders: Mutex::new(orders),
            has_stop_gap,
            urged: AtomicBool::new(false),
            wake: Notify::new(),
        };
        keeper.trust.note(keeper.serving(now_t()) == Serving::Trusted, now_t());
        Ok((resolver, keeper))
    }

    /// Renews the certificate for as long as it is polled.
    pub(in crate::front) async fn keep(self: Arc<Self>) {
        let mut warning = Warning::default();
        loop {
            let now_t = now_t();
            self.judge(now_t, &mut warning).await;
            let next_t = self.next_t(now_t, self.urged.swap(false, Ordering::AcqRel));
            if next_t <= now_t {
                self.order().await;
                continue;
            }
            let pause = Duration::from_secs((next_t - now_t).min(LOOK_EVERY_S).unsigned_abs());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.wake.notified() => {}
            }
        }
    }

    /// The operator has changed something: a failed order may be tried again at once.
    pub(in crate::front) fn urge(&self) {
        self.urged.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    pub(in crate::front) fn trusted_since(&self) -> Option<i64> {
        self.trust.since()
    }

    pub(in crate::front) fn status(&self) -> Status {
        let (served, now_t) = (self.resolver.served(), now_t());
        let orders = self.with_orders(|orders| orders[orders.len().saturating_sub(ORDERS_TOLD)..].to_vec());
        Status {
            serving: self.serving(now_t),
            names: served.names.clone(),
            missing: served.missing(&self.names),
            not_before_t: served.validity.not_before_t,
            not_after_t: served.validity.not_after_t,
            trusted_since_t: self.trust.since(),
            directory: Some(self.config.directory_url().to_owned()),
            challenge: Some(self.config.challenge.name().to_owned()),
            next_order_t: Some(self.next_t(now_t, false)),
            orders,
            trouble: None,
        }
    }

    fn serving(&self, now_t: i64) -> Serving {
        if self.has_stop_gap.load(Ordering::Acquire) {
            return Serving::StopGap;
        }
        Serving::of(&self.resolver.served(), &self.names, self.config.is_trusted(), now_t)
    }

    fn wanted(&self) -> Wanted<'_> {
        let (directory, challenge) = (self.config.directory_url(), self.config.challenge.name());
        Wanted { names: &self.names, directory, challenge }
    }

    fn next_t(&self, now_t: i64, urged: bool) -> i64 {
        let served = self.resolver.served();
        let usable = !self.has_stop_gap.load(Ordering::Acquire) && served.missing(&self.names).is_empty();
        let due_t = usable.then(|| served.validity.renewal_t());
        self.with_orders(|orders| schedule::next_t(self.wanted(), due_t, orders, now_t, urged))
    }

    /// Notes whether visitors trust what is served; says so in the log while they do not.
    async fn judge(self: &Arc<Self>, now_t: i64, warning: &mut Warning) {
        let serving = self.serving(now_t);
        let keeper = Arc::clone(self);
        let noted = spawn_blocking(move || keeper.trust.note(serving == Serving::Trusted, now_t)).await;
        if noted.is_err() {
            tracing::error!("noting what is served failed by a fault of the program");
        }
        warning.judge(serving, &self.names);
    }

    /// One order from its first line in the record to its last.
    async fn order(self: &Arc<Self>) {
        let mut order = self.begin(now_t());
        tracing::info!(names = self.names.join(", "), directory = order.directory, "a certificate is ordered");
        self.write_down(&order).await;
        let result = self.obtain().await;
        let now_t = now_t();
        order.ended_t = Some(now_t);
        match result {
            // Kept and in the record first: what a visitor has seen is known after any end of the program.
            Ok(Fresh { certificate, pem }) => {
                self.keep_fresh(&certificate, pem, &mut order, now_t).await;
                self.write_down(&order).await;
                self.serve(certificate);
            }
            Err(failure) => {
                self.fail(failure, &mut order, now_t);
                self.write_down(&order).await;
            }
        }
    }

    /// Written before the authority is asked, so that a process that dies meanwhile has counted it.
    fn begin(&self, now_t: i64) -> Order {
        let (number, wait_s) = self.with_orders(|orders| {
            let failures = schedule::failures(self.wanted(), orders);
            let number = orders.last().map_or(1, |last| last.number + 1);
            (number, schedule::wait_s(Outcome::Begun, failures, self.config.first_retry_s))
        });
        Order {
            number,
            begun_t: now_t,
            ended_t: None,
            names: self.names.clone(),
            directory: self.config.directory_url().to_owned(),
            challenge: self.config.challenge.name().to_owned(),
            outcome: Outcome::Begun,
            words: "under way".to_owned(),
            next_t: now_t.saturating_add(wait_s),
        }
    }

    async fn obtain(self: &Arc<Self>) -> Result<Fresh, Failure> {
        let keeper = Arc::clone(self);
        let key = spawn_blocking(move || keeper.account_key()).await;
        let key = key.map_err(|error| Failure::ours(&error))?.map_err(|error| Failure::ours(&error))?;
        let (client, config, resolver) = (&self.client, &self.config, &self.resolver);
        Request { client, config, names: &self.names, account_key: &key, resolver }.run().await
    }

    /// The key of our account; a new one is kept before the authority hears of it.
    fn account_key(&self) -> Result<Vec<u8>, LedgerError> {
        let (directory, contact) = (self.config.directory_url(), self.config.contact_url());
        if let Some(key) = self.ledger.account(directory, &contact)? {
            return Ok(key);
        }
        let key = Account::generate_key_pair();
        self.ledger.keep_account(directory, &contact, &key)?;
        Ok(key)
    }

    /// Keeps a new certificate, and writes into its order what became of it.
    async fn keep_fresh(self: &Arc<Self>, certificate: &Certificate, pem: String, order: &mut Order, now_t: i64) {
        let validity = certificate.validity;
        let keeper = Arc::clone(self);
        let kept = spawn_blocking(move || {
            let issued = Issued {
                directory: keeper.config.directory_url(),
                names: &keeper.names,
                pem: &pem,
                not_after_t: validity.not_after_t,
            };
            keeper.ledger.keep_certificate(&issued, now_t)
        })
        .await;
        order.outcome = Outcome::Issued;
        // Never sooner, whatever the clock says: one that is far ahead would see each new certificate as due.
        order.next_t = now_t + (validity.length_s() / 3).max(1);
        "a certificate came and is in use".clone_into(&mut order.words);
        let trouble =
            kept.map_or_else(|error| Some(error.to_string()), |kept| kept.err().map(|error| error.to_string()));
        if let Some(trouble) = trouble {
            tracing::error!(trouble, "the new certificate cannot be kept; a restart would lose it");
            order.next_t = now_t + UNKEPT_WAIT_S;
            order.words = format!("a certificate came and is in use, but it cannot be kept: {trouble}");
        }
    }

    fn serve(&self, certificate: Certificate) {
        self.resolver.serve(certificate);
        self.has_stop_gap.store(false, Ordering::Release);
        tracing::info!(names = self.names.join(", "), "a new certificate is in use");
    }

    fn fail(&self, failure: Failure, order: &mut Order, now_t: i64) {
        // The order itself stands in the record already.
        let before = self.with_orders(|orders| schedule::failures(self.wanted(), orders)).saturating_sub(1);
        let wait_s = schedule::wait_s(failure.outcome, before, self.config.first_retry_s);
        let waited_t = now_t.saturating_add(wait_s);
        order.outcome = failure.outcome;
        order.next_t =
            failure.again_t.map_or(waited_t, |again_t| again_t.clamp(now_t + 1, now_t + schedule::LONGEST_S));
        order.words = failure.words;
        let again_s = order.next_t - now_t;
        tracing::warn!(again_s, "no new certificate: {}; what is in use stays in use", order.words);
    }

    /// Puts an order into the record, in memory and in the ledger.
    async fn write_down(self: &Arc<Self>, order: &Order) {
        self.with_orders(|orders| {
            orders.retain(|kept| kept.number != order.number);
            orders.push(order.clone());
            orders.drain(..orders.len().saturating_sub(ORDERS_MAX));
        });
        let (keeper, order) = (Arc::clone(self), order.clone());
        let kept = spawn_blocking(move || keeper.ledger.keep_order(&order)).await;
        let trouble =
            kept.map_or_else(|error| Some(error.to_string()), |kept| kept.err().map(|error| error.to_string()));
        if let Some(trouble) = trouble {
            tracing::error!(trouble, "the record of orders cannot be kept; a restart would not know of this one");
        }
    }

    fn with_orders<T>(&self, each: impl FnOnce(&mut Vec<Order>) -> T) -> T {
        each(&mut self.orders.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An order that an earlier process had begun is not under way any more.
fn ended(mut order: Order) -> Order {
    if order.ended_t.is_none() {
        order.ended_t = Some(order.begun_t);
        "it was cut off by the end of the program".clone_into(&mut order.words);
    }
    order
}

/// The stored certificate that serves best: for all names if there is one, not ended, the longest to go.
fn best(stored: Vec<String>, names: &[String], now_t: i64) -> Option<Certificate> {
    let read = stored.into_iter().filter_map(|pem| match Certificate::from_pem(pem.as_bytes(), pem.as_bytes()) {
        Ok(certificate) => Some(certificate),
        Err(error) => {
            tracing::error!(%error, "a stored certificate cannot be used and is passed over");
            None
        }
    });
    // One that is for none of the names is worse than the stop-gap, which is for all of them.
    read.filter(|certificate| certificate.missing(names).len() < names.len()).max_by_key(|certificate| {
        let validity = certificate.validity;
        (validity.holds(now_t), std::cmp::Reverse(certificate.missing(names).len()), validity.not_after_t)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::tls::ledger::tests::Memory;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// A certificate as it is stored, for some names and years.
    fn stored(names: &[&str], first: i32, last: i32) -> String {
        let mut parameters = rcgen::CertificateParams::new(self::names(names)).expect("names");
        parameters.not_before = rcgen::date_time_ymd(first, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(last, 1, 1);
        let key = rcgen::KeyPair::generate().expect("a key");
        format!("{}\n{}", key.serialize_pem(), parameters.self_signed(&key).expect("made").pem())
    }

    fn keeper(stored: &[String], domains: &[&str], orders: &[Order]) -> Keeper {
        let config = Config { domains: names(domains), ..Config::default() };
        let ledger = Arc::new(Memory::default());
        for pem in stored {
            let (directory, names) = (config.directory_url(), &config.names());
            ledger.keep_certificate(&Issued { directory, names, pem, not_after_t: 0 }, 0).expect("kept");
        }
        for order in orders {
            ledger.keep_order(order).expect("kept");
        }
        let client = super::super::client::configuration(None).expect("well-known roots");
        let trust = Trust::load(Arc::clone(&ledger) as Arc<dyn Ledger>).expect("a ledger");
        Keeper::open(config, client, ledger, trust).expect("opened").1
    }

    #[test]
    fn without_a_certificate_a_stop_gap_is_served_and_called_so() {
        let status = keeper(&[], &["swap.example"], &[]).status();

        assert_eq!((status.serving, status.trusted_since_t), (Serving::StopGap, None));
        assert_eq!(status.names, ["swap.example"]);
        assert!(status.next_order_t.is_some_and(|next_t| next_t <= now_t()));
    }

    #[test]
    fn a_stored_certificate_is_served_at_once_and_renewed_when_due() {
        let keeper = keeper(&[stored(&["swap.example"], 2020, 2080)], &["swap.example"], &[]);

        assert_eq!(keeper.status().serving, Serving::Trusted);
        assert!(keeper.trusted_since().is_some_and(|since_t| since_t <= now_t()));
        assert!(keeper.status().next_order_t.is_some_and(|next_t| next_t > now_t()));
    }

    #[test]
    fn a_certificate_that_is_not_for_all_names_is_replaced_at_once() {
        let keeper = keeper(&[stored(&["swap.example"], 2020, 2080)], &["swap.example", "www.swap.example"], &[]);

        let status = keeper.status();
        assert_eq!((status.serving, status.missing), (Serving::Partial, names(&["www.swap.example"])));
        assert_eq!(keeper.trusted_since(), None);
        assert!(status.next_order_t.is_some_and(|next_t| next_t <= now_t()));
    }

    #[test]
    fn an_order_that_a_dead_process_had_begun_is_told_as_cut_off() {
        let begun = keeper(&[], &["swap.example"], &[]).begin(now_t());
        assert_eq!(begun.ended_t, None);

        let status = keeper(&[], &["swap.example"], &[begun]).status();

        assert_eq!(status.orders[0].words, "it was cut off by the end of the program");
        assert!(status.orders[0].ended_t.is_some());
    }

    #[test]
    fn the_best_of_several_stored_certificates_is_served() {
        let all = || stored(&["a.example", "b.example"], 2020, 2050);
        for (others, first) in [
            (stored(&["a.example"], 2020, 2080), 2050),
            (stored(&["a.example", "b.example"], 2020, 2024), 2050),
            (stored(&["a.example", "b.example"], 2020, 2060), 2060),
            (stored(&["c.example"], 2020, 2080), 2050),
            ("damaged".to_owned(), 2050),
        ] {
            let best = best(vec![others, all()], &names(&["a.example", "b.example"]), now_t()).expect("one");
            assert_eq!(best.validity.not_after_t, rcgen::date_time_ymd(first, 1, 1).unix_timestamp());
        }
        assert!(best(vec![stored(&["c.example"], 2020, 2080)], &names(&["a.example"]), now_t()).is_none());
    }

    #[test]
    fn one_that_has_ended_is_still_served_but_not_called_trusted() {
        let status = keeper(&[stored(&["swap.example"], 2020, 2024)], &["swap.example"], &[]).status();

        assert_eq!((status.serving, status.trusted_since_t), (Serving::Expired, None));
        assert!(status.next_order_t.is_some_and(|next_t| next_t <= now_t()));
    }
}
