//! The service itself: whether it runs, on which data, what it serves, how full it is.

use std::net::SocketAddr;

use rustix::process::Uid;

use super::finding::Finding;
use super::unit::{Installed, Unit};
use crate::appliance::inspection::{Inspection, Presence};
use crate::appliance::{ApplianceError, EXIT_CONFIG, EXIT_DATA};
use crate::catalogue::generations::Latest;
use crate::catalogue::snapshot::Origin;
use crate::front::Load;
use crate::front::listen;

/// What to do where the service does not run or its data cannot be looked at.
const START: &str = "systemctl start foodswap; if it does not stay, systemctl status foodswap foodswap.socket and \
                     journalctl -u foodswap say why";

/// Whether it runs, as far as a user may know.
pub(super) fn presence(inspection: &Inspection, installed: &Installed, asker: Uid) -> Finding {
    let check = "service";
    let unit = installed.unit().filter(|_| inspection.presence != Presence::Runs);
    if let Some(down) = unit.and_then(|unit| down(check, unit)) {
        return down;
    }
    match (inspection.presence, &inspection.trouble) {
        (Presence::Runs, _) => Finding::good(check, "it runs and answers on its control socket"),
        (Presence::Stopped, _) if installed.is_so() => {
            Finding::wrong(check, "it does not run, or is still on its way to its first answer", START)
        }
        (Presence::Stopped, _) => {
            Finding::unsure(check, "it does not run", "start it: systemctl start foodswap, or foodswap serve")
        }
        (Presence::Unclear, trouble) => {
            let says = trouble.as_deref().unwrap_or("whether it runs is not to be known");
            if asker.is_root() {
                // Nobody may ask more than root: it does not answer.
                return Finding::wrong(check, says, "systemctl restart foodswap; journalctl -u foodswap says more");
            }
            Finding::unsure(check, says, "run doctor as root or as the user of the service")
        }
    }
}

/// Why the unit is down, in its own words. A unit that somebody has stopped has nothing to say.
fn down(check: &'static str, unit: &Unit) -> Option<Finding> {
    let words = if unit.words.is_empty() { "it gives no reason" } else { &unit.words };
    let (state, advice) = match (unit.state.as_str(), unit.exit_code) {
        ("failed" | "activating", Some(EXIT_DATA)) => (
            "it ended with exit code 65",
            "install the version that wrote the data, or restore a backup; then systemctl restart foodswap",
        ),
        ("failed" | "activating", Some(EXIT_CONFIG)) => (
            "it ended with exit code 78",
            "correct the configuration (foodswap config check, systemctl cat foodswap); then systemctl restart foodswap",
        ),
        ("failed", _) => ("it ended and is not started again", START),
        ("activating", _) => ("it is on its way, or fails again and again", START),
        _ => return None,
    };
    Some(Finding::wrong(check, format!("{state}: {words}"), advice))
}

/// What mistakes in the configuration mean for the installed service.
pub(super) fn beside_mistakes(installed: &Installed) -> Option<Finding> {
    let check = "service";
    let unit = installed.unit()?;
    let goes_on = || {
        let says = "it runs with the configuration from before";
        Finding::unsure(check, says, "correct the configuration before a restart, which would end with exit code 78")
    };
    down(check, unit).or_else(|| (unit.state == "active").then(goes_on))
}

/// What keeps the data of a service that does not run from being looked at.
pub(super) fn data(inspection: &Inspection) -> Option<Finding> {
    let check = "data";
    let trouble = inspection.trouble.as_ref().filter(|_| inspection.presence == Presence::Stopped)?;
    Some(if inspection.is_of_other_version {
        let advice = "a start would end with exit code 65: install the version that wrote it, or restore a backup";
        Finding::wrong(check, trouble, advice)
    } else {
        Finding::unsure(
            check,
            trouble,
            "start the service, or run doctor as its user: runuser -u foodswap -- foodswap doctor",
        )
    })
}

/// What is served.
pub(super) fn catalogue(kept: Result<Latest, ApplianceError>) -> Option<Finding> {
    let check = "catalogue";
    let latest = match kept {
        Ok(latest) => latest,
        Err(error @ ApplianceError::OtherLayout(_)) => {
            return Some(Finding::unsure(check, error.to_string(), "start the service"));
        }
        Err(error) => return Some(Finding::unsure(check, error.to_string(), "run doctor as root")),
    };
    if let Some(error) = latest.damaged.first() {
        let advice = "systemctl restart foodswap builds it again from the store";
        return Some(Finding::wrong(check, error.to_string(), advice));
    }
    // Without one yet there is nothing to say: the first start brings it.
    let snapshot = latest.snapshot?;
    Some(match snapshot.origin() {
        Origin::Starter => {
            let says = format!("only the {} generic foods that the program carries", snapshot.len());
            Finding::unsure(check, says, "foodswap import FILE… brings the products of Open Food Facts")
        }
        Origin::OpenFoodFacts => Finding::good(check, format!("{} products", snapshot.len())),
    })
}

/// Addresses of the configuration at which the running service does not listen. `open` are those at which it does; none
/// where they are not to be known.
pub(super) fn passed_over(front: &crate::front::Config, open: &[SocketAddr]) -> Vec<Finding> {
    if open.is_empty() {
        return Vec::new();
    }
    let said = |address: &&SocketAddr| {
        let says = format!("the configuration names {address}, where the running service does not listen");
        let advice = "where systemd holds the sockets name it there (systemctl edit foodswap.socket); else restart";
        Finding::unsure("ports", says, advice)
    };
    listen::passed_over(front, open).iter().map(said).collect()
}

/// Whether visitors are turned away at this moment.
pub(super) fn load(load: &Load) -> Finding {
    let check = "load";
    let Load { requests, requests_max, connections, connections_max } = *load;
    let says = format!("{requests} of {requests_max} requests at once, {connections} of {connections_max} connections");
    let advice = "the access log (front.access_log) says who asks; raise front.limits.requests or .connections if they \
                  are visitors and the machine has the room";
    if requests >= requests_max {
        Finding::wrong(check, format!("{says}: further requests get 503"), advice)
    } else if connections >= connections_max {
        Finding::wrong(check, format!("{says}: further visitors are turned away"), advice)
    } else {
        Finding::good(check, says)
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn a_service_that_does_not_run_is_wrong_where_it_is_meant_to_and_one_that_tells_root_nothing_is_too() {
        let somebody = Uid::from_raw(1000);
        for (presence_of_it, installed, asker, level) in [
            (Presence::Runs, Installed::Somehow, somebody, Level::Good),
            (Presence::Stopped, Installed::Somehow, somebody, Level::Wrong),
            (Presence::Stopped, Installed::No, Uid::ROOT, Level::Unsure),
            (Presence::Unclear, Installed::Somehow, somebody, Level::Unsure),
            (Presence::Unclear, Installed::No, Uid::ROOT, Level::Wrong),
        ] {
            // What root finds beside a stopped service.
            let trouble = (presence_of_it != Presence::Runs).then(|| "the store belongs to another user".to_owned());
            let inspection = Inspection { presence: presence_of_it, trouble, ..Inspection::default() };
            assert_eq!(presence(&inspection, &installed, asker).level, level, "{presence_of_it:?}");
        }
    }

    #[test]
    fn mistakes_in_the_configuration_are_judged_by_what_the_service_does() {
        for (state, exit_code, level) in [
            ("active", None, Some(Level::Unsure)),
            ("failed", Some(EXIT_CONFIG), Some(Level::Wrong)),
            ("activating", None, Some(Level::Wrong)),
            ("inactive", None, None),
        ] {
            let unit = Unit { state: state.to_owned(), exit_code, ..Unit::default() };
            assert_eq!(beside_mistakes(&Installed::As(unit)).map(|finding| finding.level), level, "{state}");
        }
        assert_eq!(beside_mistakes(&Installed::No), None);
    }

    #[test]
    fn an_address_without_effect_is_told_where_it_can_be_known() {
        let front = crate::front::Config { http: vec![([127, 0, 0, 1], 8080).into()], ..Default::default() };
        let socket = [([0, 0, 0, 0], 80).into()];

        assert_eq!(passed_over(&front, &socket).len(), 1);
        assert_eq!(passed_over(&front, &[]).len(), 0);
        assert_eq!(passed_over(&crate::front::Config::default(), &socket).len(), 0);
    }

    #[test]
    fn places_that_are_all_taken_are_wrong() {
        for (requests, connections, level) in
            [(0, 1, Level::Good), (9, 19, Level::Good), (10, 0, Level::Wrong), (0, 20, Level::Wrong)]
        {
            let found = load(&Load { requests, requests_max: 10, connections, connections_max: 20 });
            assert_eq!(found.level, level, "{}", found.says);
        }
    }
}
