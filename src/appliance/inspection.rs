//! What can be known of the site from outside the service: asked of the running one, or else read in its stores.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ApplianceError;
use super::commands::Known;
use super::control::{self, Reply, Request};
use super::ledger::StoredLedger;
use crate::config::Config;
use crate::front::Load;
use crate::front::listen::Protocol;
use crate::front::tls::Tls;
use crate::front::tls::status::Status;
use crate::store::certificates::Certificates;
use crate::store::people::{self, People};
use crate::store::products::{self, Products};

/// Whether the service runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presence {
    /// It answers.
    Runs,
    /// Nobody listens on its control socket.
    Stopped,
    /// Not to be known by whoever asks.
    #[default]
    Unclear,
}

/// What can be known of the site from outside the service.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Inspection {
    /// Whether the service runs.
    #[serde(skip)]
    pub presence: Presence,
    /// What is served, or would be.
    pub status: Option<Status>,
    /// The token by which the running service is recognised; none if it does not run.
    pub probe: Option<String>,
    /// Where the running service listens.
    #[serde(default)]
    pub addresses: Vec<SocketAddr>,
    /// Where of those it speaks plain HTTP.
    #[serde(default)]
    pub plain: Vec<SocketAddr>,
    /// How full it is.
    #[serde(default)]
    pub load: Option<Load>,
    /// Why not all can be known.
    pub trouble: Option<String>,
    /// Whether that is because another version of the program wrote the data.
    #[serde(skip)]
    pub is_of_other_version: bool,
}

impl Inspection {
    /// Of the service that runs in this process.
    pub(super) fn of(known: &Known) -> Self {
        let plain = known.ports.iter().filter(|(_, protocol)| *protocol == Protocol::Http);
        Self {
            presence: Presence::Runs,
            status: known.tls.as_ref().map(Tls::status),
            probe: Some(known.probe.token().to_owned()),
            addresses: known.ports.iter().map(|(address, _)| *address).collect(),
            plain: plain.map(|(address, _)| *address).collect(),
            load: known.front.load(),
            ..Self::default()
        }
    }

    fn troubled(presence: Presence, trouble: impl Into<String>) -> Self {
        Self { presence, trouble: Some(trouble.into()), ..Self::default() }
    }
}

/// Asks the running service, or else looks into the store; changes nothing.
pub fn inspect(config: &Config) -> Inspection {
    let mut told = None;
    let socket = control::path(None, &config.data_dir);
    let answered = control::call(&socket, &Request::Certificates, &[], &mut |reply| told = Some(reply));
    let unclear = |trouble: String| Inspection::troubled(Presence::Unclear, trouble);
    match (answered, told) {
        (Ok(Some(())), Some(Reply::Report(report))) => match serde_json::from_value(report) {
            Ok(inspection) => Inspection { presence: Presence::Runs, ..inspection },
            Err(error) => unclear(format!("the service is of another version ({error})")),
        },
        (Ok(Some(())), Some(Reply::Error(error))) => unclear(format!("the service refuses: {error}")),
        (Ok(Some(())), _) => unclear(format!("the service does not answer on its control socket {}", socket.display())),
        (Err(error), _) => unclear(format!("{}: the service cannot be asked: {error}", socket.display())),
        (Ok(None), _) if control::is_deserted(&socket) => at_rest(config),
        (Ok(None), _) => unclear(format!("{} cannot be reached", socket.display())),
    }
}

/// What the stores say while no service runs.
fn at_rest(config: &Config) -> Inspection {
    let stopped = |trouble: String| Inspection::troubled(Presence::Stopped, trouble);
    let folder = config.data_dir.join(people::FOLDER);
    let owner = match std::fs::metadata(&folder) {
        Ok(metadata) => metadata.uid(),
        // Made by the first start; to make it here could give it to the wrong user.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Inspection { presence: Presence::Stopped, ..Inspection::default() };
        }
        Err(error) => return stopped(format!("{}: {error}", folder.display())),
    };
    // The engine writes when it opens, and the service could not read what another user has written.
    if owner != rustix::process::geteuid().as_raw() {
        return stopped(format!("{} belongs to another user ({owner}), and no service answers", folder.display()));
    }
    match stored(config) {
        Ok(status) => Inspection { presence: Presence::Stopped, status, ..Inspection::default() },
        Err(error) => Inspection { is_of_other_version: error.is_other_version(), ..stopped(error.to_string()) },
    }
}

/// What both stores say, opened as a start would.
fn stored(config: &Config) -> Result<Option<Status>, ApplianceError> {
    let people = People::open(&config.data_dir, &config.store)?;
    let ledger = StoredLedger(Certificates::of(&people)?);
    if config.data_dir.join(products::FOLDER).is_dir() {
        Products::open(&config.data_dir, &config.store)?;
    }
    Ok(Tls::look(&config.front, &config.acme, Arc::new(ledger))?.map(|tls| tls.status()))
}
