//! The certificate in use, its outlook, and the orders that failed.

use time::OffsetDateTime;

use super::finding::Finding;
use crate::appliance::day;
use crate::front::tls::ledger::{Order, Outcome};
use crate::front::tls::status::{Serving, Status};

/// A renewal so much later than planned has failed for a while, seconds: the waits between attempts are shorter.
const OVERDUE_S: i64 = 86_400;
/// Files of one's own that end this soon want to be replaced, seconds: two weeks, to buy and to install.
const SOON_S: i64 = 14 * 86_400;

/// What the status tells.
pub(super) fn judge(status: &Status, now_t: i64, findings: &mut Vec<Finding>) {
    findings.push(served(status, now_t));
    if let Some(trouble) = &status.trouble {
        let says = format!("the newest files are not in use: {trouble}");
        findings.push(Finding::wrong("certificate", says, "mend them; they are read again when they change"));
    }
    if status.directory.is_some() {
        findings.push(orders(status, now_t));
    }
}

fn served(status: &Status, now_t: i64) -> Finding {
    let check = "certificate";
    let names = status.names.join(", ");
    let days = (status.not_after_t - now_t) / 86_400;
    let end = day(status.not_after_t);
    let meaning = status.serving.meaning();
    match status.serving {
        Serving::Trusted if is_overdue(status, now_t) => {
            let says = format!("for {names}, until {end} ({days} days); its renewal is overdue");
            Finding::wrong(check, says, advice(status))
        }
        Serving::Trusted => Finding::good(check, format!("for {names}, until {end} ({days} days)")),
        Serving::Untrusted if status.directory.is_some() => {
            let says = format!("for {names}, until {end} ({days} days), of an authority for tests; {meaning}");
            Finding::unsure(check, says, "when all else is well, set acme.directory to production")
        }
        Serving::Untrusted => Finding::unsure(
            check,
            format!("for {names}; {meaning}"),
            "right if your visitors know it; else get one by ACME",
        ),
        Serving::Partial => {
            let says = format!("for {names}, not for {}; {meaning}", status.missing.join(", "));
            Finding::wrong(check, says, advice(status))
        }
        Serving::StopGap => Finding::wrong(check, meaning, advice(status)),
        Serving::Expired => Finding::wrong(check, format!("for {names}, until {end}; {meaning}"), advice(status)),
        Serving::NotYet => Finding::wrong(check, format!("for {names}; {meaning}"), "timedatectl set-ntp true"),
    }
}

fn is_overdue(status: &Status, now_t: i64) -> bool {
    if status.directory.is_none() {
        return status.not_after_t - now_t < SOON_S;
    }
    let length_s = status.not_after_t - status.not_before_t;
    // Certificates may live for days only; then a day is long.
    now_t > status.not_after_t - length_s / 3 + OVERDUE_S.min(length_s / 6)
}

fn advice(status: &Status) -> &'static str {
    if status.directory.is_some() {
        "mend what the other checks say; the next attempt then succeeds, and `systemctl reload foodswap` brings it at once"
    } else {
        "replace the files that front.certificate names; they are read again when they change"
    }
}

/// What became of the orders since the last certificate.
fn orders(status: &Status, now_t: i64) -> Finding {
    let check = "orders";
    let failed: Vec<&Order> = status.orders.iter().rev().take_while(|order| order.outcome != Outcome::Issued).collect();
    let ended = failed.iter().find(|order| order.ended_t.is_some());
    let under_way = status.orders.last().is_some_and(|order| order.ended_t.is_none());
    let Some(last) = ended else {
        return if under_way {
            Finding::unsure(check, "an order is under way", "ask again in a minute")
        } else if status.orders.is_empty() {
            Finding::good(check, "none yet")
        } else {
            Finding::good(check, "the last one brought a certificate")
        };
    };
    let count = failed.len() - usize::from(under_way);
    let told = if count == 1 { "the last one failed".to_owned() } else { format!("the last {count} failed") };
    let next = match status.next_order_t {
        Some(next_t) if next_t > now_t => format!("; the next not before {}", moment(next_t)),
        _ => String::new(),
    };
    let says = format!("{told}, on {}: {}{next}", moment(last.begun_t), last.words);
    Finding::wrong(
        check,
        says,
        "mend it, then `systemctl reload foodswap` tries again unless the authority wants a pause",
    )
}

/// A second, in UTC.
fn moment(time_t: i64) -> String {
    OffsetDateTime::from_unix_timestamp(time_t).map_or_else(
        |_| time_t.to_string(),
        |time| format!("{} {:02}:{:02}:{:02} UTC", time.date(), time.hour(), time.minute(), time.second()),
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    const DAY_S: i64 = 86_400;
    const NOW_T: i64 = 1_795_385_100;

    fn status(serving: Serving, outcomes: &[Outcome]) -> Status {
        let order = |(number, outcome): (usize, &Outcome)| Order {
            number: number as u64,
            begun_t: NOW_T - 60,
            ended_t: (*outcome != Outcome::Begun).then_some(NOW_T),
            names: vec!["swap.example".to_owned()],
            directory: String::new(),
            challenge: String::new(),
            outcome: *outcome,
            words: "no such name".to_owned(),
            next_t: NOW_T,
        };
        Status {
            serving,
            names: vec!["swap.example".to_owned()],
            missing: Vec::new(),
            not_before_t: NOW_T - 10 * DAY_S,
            not_after_t: NOW_T + 80 * DAY_S,
            trusted_since_t: None,
            directory: Some("https://ca.example/dir".to_owned()),
            challenge: None,
            next_order_t: Some(NOW_T + 300),
            orders: outcomes.iter().enumerate().map(order).collect(),
            trouble: None,
        }
    }

    #[test]
    fn a_served_certificate_is_good_only_if_browsers_trust_it() {
        for (serving, level) in [
            (Serving::Trusted, Level::Good),
            (Serving::Untrusted, Level::Unsure),
            (Serving::StopGap, Level::Wrong),
            (Serving::Partial, Level::Wrong),
            (Serving::Expired, Level::Wrong),
            (Serving::NotYet, Level::Wrong),
        ] {
            assert_eq!(served(&status(serving, &[]), NOW_T).level, level, "{serving:?}");
        }
        let said = served(&status(Serving::Trusted, &[]), NOW_T).says;
        assert_eq!(said, "for swap.example, until 2027-02-10 (80 days)");
    }

    #[test]
    fn a_renewal_that_is_overdue_is_told() {
        let old = Status {
            not_before_t: NOW_T - 62 * DAY_S,
            not_after_t: NOW_T + 28 * DAY_S,
            ..status(Serving::Trusted, &[])
        };
        let due = Status { not_before_t: NOW_T - 60 * DAY_S, not_after_t: NOW_T + 30 * DAY_S, ..old.clone() };
        let files = |days| Status { directory: None, not_after_t: NOW_T + days * DAY_S, ..old.clone() };
        for (status, level) in
            [(old.clone(), Level::Wrong), (due, Level::Good), (files(13), Level::Wrong), (files(15), Level::Good)]
        {
            assert_eq!(served(&status, NOW_T).level, level, "{}", status.not_after_t);
        }
    }

    #[test]
    fn failed_orders_are_told_with_their_words_and_the_next_attempt() {
        use Outcome::{Begun, Issued, NotConfirmed, Unreachable};
        for (outcomes, level, says) in [
            (&[][..], Level::Good, "none yet"),
            (&[NotConfirmed, Issued], Level::Good, "brought a certificate"),
            (&[Issued, Begun], Level::Unsure, "under way"),
            (&[Issued, NotConfirmed], Level::Wrong, "the last one failed, on 2026-11-22 22:04:00 UTC: no such name"),
            (&[Unreachable, NotConfirmed, Begun], Level::Wrong, "the last 2 failed"),
            (&[NotConfirmed], Level::Wrong, "the next not before 2026-11-22 22:10:00 UTC"),
        ] {
            let finding = orders(&status(Serving::StopGap, outcomes), NOW_T);
            assert!(finding.level == level && finding.says.contains(says), "{finding:?}");
        }
    }
}
