//! The certificate authority: whether it answers, what time it has, and whether DNS lets it issue.

use std::net::ToSocketAddrs;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use super::dns::{Caa, Dns};
use super::exchange::{self, Answer};
use super::finding::Finding;
use crate::front::acme::{Config, client};

/// How far our clock may be from the authority's, seconds. Certificates begin an hour early as a rule, one-time
/// passwords allow half a minute; two minutes is a clock that nobody sets.
const CLOCK_TOLERANCE_S: u64 = 120;

/// What an authority says of itself (RFC 8555, 7.1.1).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Directory {
    meta: Meta,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Meta {
    caa_identities: Vec<String>,
}

/// Looks at the authority; gives the names by which DNS may allow it.
pub(super) fn examine(config: &Config, now_t: i64, findings: &mut Vec<Finding>) -> Vec<String> {
    let url = config.directory_url();
    match fetch(config) {
        Ok(answer) if answer.status == 200 => {
            findings.push(Finding::good("authority", format!("{url} answers")));
            findings.push(clock(answer.header("date"), now_t));
            identities(&answer.body)
        }
        Ok(answer) => {
            let says = format!("{url} answers with status {}", answer.status);
            findings.push(Finding::wrong("authority", says, "correct acme.directory, or wait until it is well again"));
            Vec::new()
        }
        Err(why) => {
            let advice = "let this machine reach it (DNS, outgoing port 443, acme.ca_roots, the clock)";
            findings.push(Finding::wrong("authority", format!("{url} cannot be reached: {why}"), advice));
            Vec::new()
        }
    }
}

fn fetch(config: &Config) -> Result<Answer, String> {
    let rest = config.directory_url().strip_prefix("https://").unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = match authority.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?))) {
        Some((host, port)) => (host, port),
        None => (authority, 443),
    };
    let tls = client::configuration(config.ca_roots.as_deref()).map_err(|error| error.to_string())?;
    let mut last = format!("{host} has no address");
    for address in (host, port).to_socket_addrs().map_err(|error| error.to_string())? {
        match exchange::get(address, host, &format!("/{path}"), Some(tls.clone())) {
            Ok(answer) => return Ok(answer),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

fn clock(date: Option<&str>, now_t: i64) -> Finding {
    let told = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let told_t = told.and_then(|told: SystemTime| Some(told.duration_since(UNIX_EPOCH).ok()?.as_secs()));
    let Some(told_t) = told_t.and_then(|told_t| i64::try_from(told_t).ok()) else {
        return Finding::unsure("clock", "the authority does not say what time it has", "see that the clock is right");
    };
    let apart_s = told_t.abs_diff(now_t);
    if apart_s <= CLOCK_TOLERANCE_S {
        return Finding::good("clock", format!("within {CLOCK_TOLERANCE_S} s of the authority's"));
    }
    let side = if told_t > now_t { "behind" } else { "ahead of" };
    let says = format!("{apart_s} s {side} the authority's");
    Finding::wrong("clock", says, "set it, and keep it set: timedatectl set-ntp true")
}

fn identities(body: &str) -> Vec<String> {
    // The body may come in chunks, whose sizes stand around the object.
    let object = body.find('{').zip(body.rfind('}')).and_then(|(begin, end)| body.get(begin..=end));
    object.and_then(|text| serde_json::from_str::<Directory>(text).ok()).unwrap_or_default().meta.caa_identities
}

/// Asks DNS who may issue for each name.
pub(super) fn permission(dns: &Dns, config: &Config, identities: &[String], findings: &mut Vec<Finding>) {
    for name in config.names() {
        findings.push(match dns.caa(&name) {
            Ok(None) => Finding::good("CAA", format!("{name}: any authority may issue")),
            Ok(Some((domain, lines))) => judge(&name, domain, &lines, identities, config.challenge.name()),
            Err(error) => {
                let advice = "an authority that gets no answer either must refuse; mend the name servers of the domain";
                Finding::wrong("CAA", format!("{name}: {error}"), advice)
            }
        });
    }
}

/// Whether the lines let an authority issue that goes by these identities (RFC 8659, 4.2; RFC 8657).
fn judge(name: &str, domain: &str, lines: &[Caa], identities: &[String], challenge: &str) -> Finding {
    let check = "CAA";
    let known = ["issue", "issuewild", "iodef", "issuemail", "contactemail", "contactphone"];
    if let Some(line) = lines.iter().find(|line| line.critical && !known.contains(&line.tag.as_str())) {
        let says = format!("{name}: {domain} demands `{}`, which authorities may not know and then refuse", line.tag);
        return Finding::unsure(check, says, "remove that record, or its flag 128");
    }
    let allowed: Vec<&str> = lines.iter().filter(|line| line.tag == "issue").map(|line| line.value.as_str()).collect();
    if allowed.is_empty() {
        return Finding::good(check, format!("{name}: any authority may issue"));
    }
    let says = format!("{name}: {domain} lets issue: {}", allowed.join(" | "));
    let Some(identity) = identities.first() else {
        let advice = "the authority does not say by which name it goes; see that it is among them";
        return Finding::unsure(check, says, advice);
    };
    let ours: Vec<&&str> = allowed.iter().filter(|value| identities.iter().any(|own| issuer(value) == own)).collect();
    if ours.is_empty() {
        return Finding::wrong(check, says, format!("add the record `{domain}. CAA 0 issue \"{identity}\"`"));
    }
    if ours.iter().any(|value| allows_method(value, challenge)) {
        Finding::good(check, says)
    } else {
        Finding::wrong(check, says, format!("allow the method {challenge} there, or set acme.challenge to one allowed"))
    }
}

/// The authority that a value names, before its parameters.
fn issuer(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}

fn allows_method(value: &str, challenge: &str) -> bool {
    let parameters = value.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    parameters
        .filter(|(key, _)| key.trim().eq_ignore_ascii_case("validationmethods"))
        .all(|(_, methods)| methods.split(',').any(|method| method.trim() == challenge))
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    fn line(tag: &str, value: &str, critical: bool) -> Caa {
        Caa { critical, tag: tag.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_domain_may_forbid_the_authority_or_its_method() {
        let ours = ["letsencrypt.org".to_owned()];
        for (lines, level) in [
            (vec![line("issue", "letsencrypt.org", false)], Level::Good),
            (vec![line("issue", "other.example", false), line("issue", "letsencrypt.org", false)], Level::Good),
            (vec![line("issue", "letsencrypt.org; validationmethods=http-01", false)], Level::Good),
            (vec![line("issue", "letsencrypt.org; validationmethods=dns-01", false)], Level::Wrong),
            (vec![line("issue", "other.example", false)], Level::Wrong),
            (vec![line("issue", ";", false)], Level::Wrong),
            (vec![line("issuewild", "other.example", false)], Level::Good),
            (vec![line("iodef", "mailto:a@b.example", false)], Level::Good),
            (vec![line("strange", "yes", true)], Level::Unsure),
        ] {
            let finding = judge("swap.example", "example", &lines, &ours, "http-01");
            assert_eq!(finding.level, level, "{lines:?}");
        }
        let lines = [line("issue", "other.example", false)];
        assert_eq!(judge("swap.example", "example", &lines, &[], "http-01").level, Level::Unsure);
    }

    #[test]
    fn a_clock_is_right_within_its_tolerance() {
        let date = Some("Sun, 22 Nov 2026 22:05:00 GMT");
        let told_t = 1_795_385_100;
        for (now_t, level) in [
            (told_t, Level::Good),
            (told_t + 120, Level::Good),
            (told_t + 121, Level::Wrong),
            (told_t - 3600, Level::Wrong),
        ] {
            assert_eq!(clock(date, now_t).level, level, "{now_t}");
        }
        assert_eq!(clock(Some("yesterday"), told_t).level, Level::Unsure);
        assert_eq!(clock(None, told_t).level, Level::Unsure);
    }

    #[test]
    fn the_names_of_an_authority_are_read_even_from_chunks() {
        let object = r#"{"newNonce": "n", "meta": {"caaIdentities": ["letsencrypt.org"]}}"#;

        assert_eq!(identities(object), ["letsencrypt.org"]);
        assert_eq!(identities(&format!("41\r\n{object}\r\n0\r\n")), ["letsencrypt.org"]);
        assert_eq!(identities("{}"), [""; 0]);
        assert_eq!(identities("<html>"), [""; 0]);
    }
}
