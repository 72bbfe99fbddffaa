//! `foodswap doctor`: what would keep the site from being reached or from getting its certificate, and what to do.

mod authority;
mod certificate;
mod dns;
mod door;
mod exchange;
mod files;
mod finding;
mod own;
mod ports;
mod service;
mod unit;

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::anyhow;
use clap::Args;
use rustix::process::geteuid;
use serde_json::json;

use self::dns::Dns;
use self::finding::{Finding, Level};
use self::own::Answering;
use self::ports::Port;
use self::unit::Installed;
use super::{Common, output};
use crate::appliance;
use crate::appliance::inspection::{Inspection, Presence, inspect};
use crate::config::{Config, DEFAULT_FILE, Loaded};
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
            examine(&loaded, arguments, &mut findings)?;
        }
        Err(error) => {
            for mistake in error.to_string().lines() {
                findings.push(Finding::wrong(
                    "configuration",
                    mistake,
                    "correct it; `foodswap config check` says when it is good",
                ));
            }
            let is_of_a_service = common.config.is_none() && Path::new(DEFAULT_FILE).is_file();
            findings.extend(service::beside_mistakes(&Installed::ask(is_of_a_service)));
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

fn examine(loaded: &Loaded, arguments: &DoctorArguments, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let config = &loaded.config;
    let inspection = inspect(config);
    let installed = Installed::ask(loaded.is_of_a_service());
    findings.extend(files::readable(loaded));
    findings.push(service::presence(&inspection, &installed, geteuid()));
    findings.extend(service::data(&inspection));
    findings.extend(service::catalogue(appliance::kept(&config.data_dir)));
    findings.extend(inspection.load.as_ref().map(service::load));
    findings.extend(service::passed_over(&config.front, &inspection.addresses));
    findings.extend(proxy(config, &inspection, installed.is_so()));
    // What only the unit of the service configures is known by the running service alone.
    let has_tls = config.acme.is_on() || config.front.certificate.is_some() || inspection.status.is_some();
    let has_tls = has_tls || !config.front.https.is_empty();
    let token = answer_here(config, arguments, &inspection, (&installed, has_tls), findings)?;
    if !has_tls {
        let says = "HTTPS is not configured, so there is no certificate to look after";
        findings.push(Finding::good("certificate", says));
        return Ok(());
    }
    let now_t = tls::now_t();
    match &inspection.status {
        Some(status) => certificate::judge(status, now_t, findings),
        None => {
            if files::usable(config, findings) && inspection.trouble.is_none() {
                findings.push(Finding::good("certificate", "none yet: the service has not run"));
            }
        }
    }
    let names = names(config, &inspection);
    let mut looked_up = None;
    match Dns::new(arguments.dns) {
        Ok(dns) => {
            let located = ports::locate(&dns, &names, findings);
            if let Some(token) = token {
                knock(config, arguments, &located, &token, findings)?;
            }
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

/// Who listens for this machine alone waits for a proxy, which must be named.
fn proxy(config: &Config, inspection: &Inspection, is_installed: bool) -> Option<Finding> {
    let of_service = &inspection.addresses;
    if is_installed && of_service.is_empty() {
        // The socket units say where it listens, not the configuration.
        return None;
    }
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

/// Asks at the site's own addresses, and opens them before where no service runs. Gives the token that is answered
/// there, if one is.
fn answer_here(
    config: &Config,
    arguments: &DoctorArguments,
    inspection: &Inspection,
    (installed, has_tls): (&Installed, bool),
    findings: &mut Vec<Finding>,
) -> anyhow::Result<Option<String>> {
    let check = "ports";
    match (inspection.presence, inspection.probe.as_deref()) {
        (Presence::Runs, Some(token)) if !token.is_empty() => {
            let by_proxy = config.front.proxy_protocol;
            let answering = if by_proxy { Answering::Introduced } else { Answering::Service };
            own::knock(&inspection.plain, answering, token, None, findings);
            Ok(Some(token.to_owned()))
        }
        (Presence::Stopped, _) => open_here(config, arguments, (installed, has_tls), findings),
        (Presence::Runs, _) => {
            let says = "the running service tells no token to recognise it by: it is of an earlier version";
            findings.push(Finding::unsure(check, says, "systemctl restart foodswap, then ask again"));
            Ok(None)
        }
        (Presence::Unclear, _) => {
            let says = "whether the ports lead here cannot be told without the token of the service";
            findings.push(Finding::unsure(check, says, "run doctor as root or as the user of the service"));
            Ok(None)
        }
    }
}

/// Opens the addresses of a stopped site, asks there, and gives the token that is answered unless systemd holds them.
fn open_here(
    config: &Config,
    arguments: &DoctorArguments,
    (installed, has_tls): (&Installed, bool),
    findings: &mut Vec<Finding>,
) -> anyhow::Result<Option<String>> {
    let socket = [SocketAddr::from(([0, 0, 0, 0], arguments.http_port))];
    // An installed service is where its sockets are, whatever the configuration says.
    let (http, https) = match installed.unit() {
        Some(unit) if !unit.plain.addresses.is_empty() => (&unit.plain.addresses[..], &unit.secure.addresses[..]),
        _ if installed.is_so() && !has_tls => (&socket[..], &[][..]),
        _ => (&config.front.http[..], &config.front.https[..]),
    };
    let plain = own::open(http, DOOR_TOKEN, None, installed, findings);
    own::knock(&plain.open, Answering::Doctor, DOOR_TOKEN, None, findings);
    own::knock(&plain.taken, Answering::Nobody, DOOR_TOKEN, None, findings);
    if !has_tls {
        return Ok((!plain.are_held).then(|| DOOR_TOKEN.to_owned()));
    }
    let (stop_gap, anybody) = (tls::stop_gap(&["localhost".to_owned()])?, exchange::anybody()?);
    let secure = own::open(https, DOOR_TOKEN, Some(&stop_gap), installed, findings);
    own::knock(&secure.open, Answering::Doctor, DOOR_TOKEN, Some(&anybody), findings);
    own::knock(&secure.taken, Answering::Nobody, DOOR_TOKEN, Some(&anybody), findings);
    let are_held = plain.are_held || secure.are_held;
    Ok((!are_held).then(|| DOOR_TOKEN.to_owned()))
}

/// Asks at both ports of every name.
fn knock(
    config: &Config,
    arguments: &DoctorArguments,
    located: &[ports::Located],
    token: &str,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    let by_http = config.acme.is_on() && config.acme.challenge == Challenge::Http01;
    let http = Port { number: arguments.http_port, tls: None, is_needed: by_http };
    let anybody = Some(exchange::anybody()?);
    let https = Port { number: arguments.https_port, tls: anybody, is_needed: true };
    if !config.front.http.is_empty() {
        ports::knock(&http, located, token, findings);
    }
    ports::knock(&https, located, token, findings);
    Ok(())
}
