//! `foodswap doctor`: what would keep the site from being reached or from getting its certificate, and what to do.

mod authority;
mod certificate;
mod dns;
mod door;
mod exchange;
mod finding;
mod ports;

use std::io::Write;
use std::net::SocketAddr;

use anyhow::anyhow;
use clap::Args;
use serde_json::json;

use self::dns::Dns;
use self::finding::{Finding, Level};
use self::ports::Port;
use super::{Common, output};
use crate::appliance::certificates::{Inspection, inspect};
use crate::config::Config;
use crate::front::acme::Challenge;
use crate::front::tls;

/// The token where no service answers with one of its own: the ports are open for this moment only.
const DOOR_TOKEN: &str = "opened-by-doctor";

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Ask this name server instead of the machine's own
    #[arg(long, value_name = "IP:PORT")]
    dns: Option<SocketAddr>,
    /// Where a certificate authority asks over HTTP; a private one may do so elsewhere
    #[arg(long, value_name = "PORT", default_value_t = 80)]
    http_port: u16,
    /// Where a certificate authority, and every visitor, asks over HTTPS
    #[arg(long, value_name = "PORT", default_value_t = 443)]
    https_port: u16,
}

pub(super) fn run(common: &Common, arguments: &DoctorArguments) -> anyhow::Result<()> {
    let mut findings = Vec::new();
    match common.load() {
        Ok(loaded) => {
            findings.push(Finding::good("configuration", format!("it can be used (profile {})", loaded.profile)));
            examine(&loaded.config, arguments, &mut findings)?;
        }
        Err(error) => {
            for mistake in error.to_string().lines() {
                findings.push(Finding::wrong(
                    "configuration",
                    mistake,
                    "correct it; `foodswap config check` says when it is good",
                ));
            }
        }
    }
    print(&findings, arguments.json)?;
    let wrong = findings.iter().filter(|finding| finding.level == Level::Wrong).count();
    if wrong == 0 { Ok(()) } else { Err(anyhow!("{wrong} of {} checks found something wrong", findings.len())) }
}

fn print(findings: &[Finding], as_json: bool) -> anyhow::Result<()> {
    let mut out = output::output();
    if as_json {
        let well = findings.iter().all(|finding| finding.level != Level::Wrong);
        writeln!(out, "{}", serde_json::to_string_pretty(&json!({"well": well, "findings": findings}))?)?;
        return Ok(());
    }
    for finding in findings {
        writeln!(out, "{}", finding.line())?;
    }
    Ok(())
}

fn examine(config: &Config, arguments: &DoctorArguments, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let inspection = inspect(config);
    findings.push(service(&inspection));
    if let Some(finding) = proxy(config, &inspection) {
        findings.push(finding);
    }
    let has_tls = config.acme.is_on() || config.front.certificate.is_some();
    if config.front.https.is_empty() && !has_tls {
        let says = "HTTPS is not configured, so there is no certificate to look after";
        findings.push(Finding::good("certificate", says));
        return Ok(());
    }
    let now_t = tls::now_t();
    match &inspection.status {
        Some(status) => certificate::judge(status, now_t, findings),
        None if inspection.trouble.is_none() => {
            findings.push(Finding::good("certificate", "none yet: the service has not run"));
        }
        None => {}
    }
    let names = names(config, &inspection);
    let mut looked_up = None;
    match Dns::new(arguments.dns) {
        Ok(dns) => {
            let located = ports::locate(&dns, &names, findings);
            knock(config, arguments, &inspection, &located, findings)?;
            looked_up = Some(dns);
        }
        Err(error) => findings.push(Finding::wrong("names", error.to_string(), "give this machine a name server")),
    }
    if config.acme.is_on() {
        let identities = authority::examine(&config.acme, now_t, findings);
        if let Some(dns) = looked_up {
            authority::permission(&dns, &config.acme, &identities, findings);
        }
    }
    Ok(())
}

fn service(inspection: &Inspection) -> Finding {
    match &inspection.trouble {
        Some(trouble) => Finding::unsure(
            "service",
            trouble,
            "start the service if it does not run; run doctor as root or as its user",
        ),
        None if inspection.probe.is_some() => Finding::good("service", "it runs and answers on its control socket"),
        None => Finding::unsure("service", "it does not run", "start it: systemctl start foodswap, or foodswap serve"),
    }
}

/// Who listens for this machine alone waits for a proxy, which must be named.
fn proxy(config: &Config, inspection: &Inspection) -> Option<Finding> {
    let of_service = &inspection.addresses;
    let configured = config.front.http.iter().chain(&config.front.https);
    let is_alone =
        of_service.iter().chain(configured.filter(|_| of_service.is_empty())).all(|at| at.ip().is_loopback());
    let is_alone = is_alone && config.front.trusted_proxies.is_empty();
    let advice = "behind a proxy name it in front.trusted_proxies, else it counts as one visitor without limits";
    is_alone.then(|| Finding::unsure("proxy", "only this machine can reach the site", advice))
}

/// The names of the site: as configured, else as the certificate has them.
fn names(config: &Config, inspection: &Inspection) -> Vec<String> {
    let configured = if config.acme.is_on() { config.acme.names() } else { config.front.hosts.clone() };
    let of_certificate = || inspection.status.as_ref().map(|status| status.names.clone()).unwrap_or_default();
    let names = if configured.is_empty() { of_certificate() } else { configured };
    names.into_iter().filter(|name| !name.contains('*')).collect()
}

/// Asks at both ports, and opens them before where no service does.
fn knock(
    config: &Config,
    arguments: &DoctorArguments,
    inspection: &Inspection,
    located: &[ports::Located],
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    if inspection.probe.is_none() {
        if inspection.trouble.is_some() {
            let says = "whether the ports lead here cannot be told without the token of the service";
            findings.push(Finding::unsure("ports", says, "run doctor as root or as the user of the service"));
            return Ok(());
        }
        let stop_gap = tls::stop_gap(&["localhost".to_owned()])?;
        for (check, addresses, tls) in
            [("port 80", &config.front.http, None), ("port 443", &config.front.https, Some(stop_gap))]
        {
            for address in addresses {
                if let Err(error) = door::open(*address, DOOR_TOKEN, tls.clone()) {
                    let advice = "start the service, or run doctor as a user who may open it, with nothing else there";
                    findings.push(Finding::unsure(
                        check,
                        format!("{address} cannot be opened to try: {error}"),
                        advice,
                    ));
                }
            }
        }
    }
    let token = inspection.probe.as_deref().unwrap_or(DOOR_TOKEN);
    let by_http = config.acme.is_on() && config.acme.challenge == Challenge::Http01;
    let http = Port { check: "port 80", number: arguments.http_port, tls: None, is_needed: by_http };
    let anybody = Some(exchange::anybody()?);
    let https = Port { check: "port 443", number: arguments.https_port, tls: anybody, is_needed: true };
    if !config.front.http.is_empty() {
        ports::knock(&http, located, token, findings);
    }
    ports::knock(&https, located, token, findings);
    Ok(())
}
