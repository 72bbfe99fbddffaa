//! When the next order may begin, judged by the wall clock and by the record of orders.
//!
//! The record is what makes the limits of an authority hold across restarts: a process that starts again and again
//! asks no more often than one that stays.

use crate::front::tls::ledger::{Order, Outcome};

/// Failed confirmations of one name within [`BUDGET_WINDOW_S`]; Let's Encrypt allows five.
const BUDGET: usize = 4;
/// The window of that limit, seconds.
const BUDGET_WINDOW_S: i64 = 3600;
/// Waits after failures in a row, in multiples of the first. Six hours at most: Let's Encrypt counts failures in a
/// row as well and forgives one a day, so that four a day last for a year.
const WAITS: [u64; 7] = [1, 5, 30, 60, 120, 240, 360];
/// The same while the authority cannot be reached: no limit counts that, and half an hour without a certificate is
/// long enough.
const WAITS_UNREACHABLE: [u64; 6] = [1, 1, 2, 5, 10, 30];
/// How long to wait when an authority wants fewer orders and does not say until when, seconds. Its windows are hours
/// (new orders) to a week (certificates for the same names); twice a day is no burden in either.
const LIMITED_WAIT_S: i64 = 12 * 3600;

/// The longest wait that an authority's own words bring, seconds: its longest window, a week, and a day.
pub(super) const LONGEST_S: i64 = 8 * 86_400;

/// What is to be ordered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) names: &'a [String],
    pub(super) directory: &'a str,
    pub(super) challenge: &'a str,
}

/// When the next order may begin, UNIX seconds; a time in the past means now.
///
/// `due_t` is when the certificate in use wants to be renewed, none without one. With `urged`, the operator has changed
/// something: the growing waits are skipped once, the limits of the authority are not.
pub(super) fn next_t(wanted: Wanted<'_>, due_t: Option<i64>, orders: &[Order], now_t: i64, urged: bool) -> i64 {
    let due_t = due_t.unwrap_or(i64::MIN);
    let last = orders.iter().rfind(|order| wanted.is_same(order));
    let last_t = last
        .filter(|order| !is_of_the_future(order, now_t))
        .filter(|order| !urged || matches!(order.outcome, Outcome::Limited | Outcome::Issued))
        .map_or(i64::MIN, |order| order.next_t);
    due_t.max(last_t).max(budget_t(wanted, orders, now_t))
}

/// When none of the names would exceed the failures that are allowed to it.
fn budget_t(wanted: Wanted<'_>, orders: &[Order], now_t: i64) -> i64 {
    let failed_t = |name: &String| -> Vec<i64> {
        let of_name = orders.iter().filter(|order| order.directory == wanted.directory && order.names.contains(name));
        of_name.filter(|order| counts(order) && !is_of_the_future(order, now_t)).map(|order| order.begun_t).collect()
    };
    let free_t = |name| failed_t(name).iter().rev().nth(BUDGET - 1).map(|begun_t| begun_t + BUDGET_WINDOW_S);
    wanted.names.iter().filter_map(free_t).max().unwrap_or(i64::MIN)
}

/// Whether the authority may have counted a failed confirmation. One that was cut off by the end of the process may.
fn counts(order: &Order) -> bool {
    matches!(order.outcome, Outcome::NotConfirmed | Outcome::Begun)
}

/// The clock was ahead when this was written: it says nothing about how long ago that was.
fn is_of_the_future(order: &Order, now_t: i64) -> bool {
    order.begun_t > now_t
}

/// How many orders failed in a row, this one not counted.
pub(super) fn failures(wanted: Wanted<'_>, orders: &[Order]) -> usize {
    let same = orders.iter().rev().filter(|order| wanted.is_same(order));
    same.take_while(|order| order.outcome != Outcome::Issued).count()
}

/// How long to wait after a failure that follows others, seconds.
pub(super) fn wait_s(outcome: Outcome, failures_before: usize, first_retry_s: u64) -> i64 {
    let waits: &[u64] = match outcome {
        Outcome::Limited => return LIMITED_WAIT_S,
        Outcome::Unreachable => &WAITS_UNREACHABLE,
        _ => &WAITS,
    };
    let factor = waits[failures_before.min(waits.len() - 1)];
    i64::try_from(factor.saturating_mul(first_retry_s)).unwrap_or(i64::MAX)
}

impl Wanted<'_> {
    fn is_same(&self, order: &Order) -> bool {
        order.names == self.names && order.directory == self.directory && order.challenge == self.challenge
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW_T: i64 = 1_800_000_000;

    fn wanted(names: &[String]) -> Wanted<'_> {
        Wanted { names, directory: "https://ca.example/dir", challenge: "http-01" }
    }

    fn order(names: &[String], begun_t: i64, outcome: Outcome, next_t: i64) -> Order {
        Order {
            number: 1,
            begun_t,
            ended_t: Some(begun_t),
            names: names.to_vec(),
            directory: "https://ca.example/dir".to_owned(),
            challenge: "http-01".to_owned(),
            outcome,
            words: String::new(),
            next_t,
        }
    }

    fn site() -> Vec<String> {
        vec!["swap.example".to_owned()]
    }

    #[test]
    fn without_a_certificate_and_a_record_the_first_order_begins_at_once() {
        assert!(next_t(wanted(&site()), None, &[], NOW_T, false) <= NOW_T);
    }

    #[test]
    fn a_certificate_is_renewed_when_it_is_due() {
        assert_eq!(next_t(wanted(&site()), Some(NOW_T + 9), &[], NOW_T, false), NOW_T + 9);
    }

    #[test]
    fn a_recorded_wait_holds_after_a_restart() {
        let names = site();
        let record = [order(&names, NOW_T - 10, Outcome::NotConfirmed, NOW_T + 50)];

        assert_eq!(next_t(wanted(&names), None, &record, NOW_T, false), NOW_T + 50);
    }

    #[test]
    fn an_operator_may_skip_a_wait_but_not_what_the_authority_wants() {
        let names = site();
        for (outcome, skipped) in [
            (Outcome::NotConfirmed, true),
            (Outcome::Unreachable, true),
            (Outcome::Refused, true),
            (Outcome::Limited, false),
        ] {
            let record = [order(&names, NOW_T - 10, outcome, NOW_T + 50)];
            assert_eq!(next_t(wanted(&names), None, &record, NOW_T, true) <= NOW_T, skipped, "{outcome:?}");
        }
        let record: Vec<Order> =
            (1..=4).rev().map(|ago| order(&names, NOW_T - ago * 100, Outcome::NotConfirmed, NOW_T)).collect();
        assert_eq!(next_t(wanted(&names), None, &record, NOW_T, true), NOW_T - 400 + 3600);
    }

    #[test]
    fn another_set_of_names_does_not_wait_unless_one_of_them_failed_too_often() {
        let old = site();
        let new = vec!["swap.example".to_owned(), "www.swap.example".to_owned()];
        let failed = |ago_s| order(&old, NOW_T - ago_s, Outcome::NotConfirmed, NOW_T + 9_000);

        assert!(next_t(wanted(&new), None, &[failed(10)], NOW_T, false) <= NOW_T);
        let often = [failed(400), failed(300), failed(200), failed(100)];
        assert_eq!(next_t(wanted(&new), None, &often, NOW_T, false), NOW_T - 400 + 3600);
    }

    #[test]
    fn a_record_that_a_wrong_clock_wrote_in_the_future_blocks_nothing() {
        let names = site();
        let year_s = 31_536_000;
        let record = [order(&names, NOW_T + year_s, Outcome::Limited, NOW_T + 2 * year_s)];

        assert!(next_t(wanted(&names), None, &record, NOW_T, false) <= NOW_T);
    }

    #[test]
    fn failures_in_a_row_are_counted_since_the_last_certificate() {
        let names = site();
        let record = [Outcome::Refused, Outcome::Issued, Outcome::Refused, Outcome::Unreachable]
            .map(|outcome| order(&names, NOW_T, outcome, NOW_T));

        assert_eq!(failures(wanted(&names), &record), 2);
    }

    proptest! {
        #[test]
        fn a_name_never_fails_more_than_four_times_in_an_hour(
            pauses in proptest::collection::vec(0i64..400, 1..300),
            urged in any::<bool>(),
        ) {
            let names = site();
            let mut record: Vec<Order> = Vec::new();
            let mut now_t = NOW_T;
            for pause in pauses {
                now_t += pause;
                if next_t(wanted(&names), None, &record, now_t, urged) <= now_t {
                    let wait = wait_s(Outcome::NotConfirmed, failures(wanted(&names), &record), 60);
                    record.push(order(&names, now_t, Outcome::NotConfirmed, now_t + wait));
                }
            }
            for (at, order) in record.iter().enumerate() {
                let within = record[at..].iter().filter(|other| other.begun_t < order.begun_t + 3600).count();
                prop_assert!(within <= 4, "{within} within the hour of {}", order.begun_t);
            }
        }
    }
}
