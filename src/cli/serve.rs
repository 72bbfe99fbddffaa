//! `foodswap [serve]`: run the appliance.

use std::net::SocketAddr;

use clap::Args;

use super::Common;
use crate::appliance;
use crate::config::{self, Sources};
use crate::telemetry;

/// Threads that answer requests, on one core too: one that waits for a page of the mapped snapshot to come from disk
/// leaves the others to answer.
const WORKERS_MIN: usize = 4;

#[derive(Debug, Default, Args)]
pub(super) struct ServeArguments {
    /// Serve plain HTTP on this address; port 0 takes any free one, which the log names
    #[arg(long, value_name = "IP:PORT")]
    http: Vec<SocketAddr>,
    /// Serve HTTPS on this address, with the certificate that the configuration names
    #[arg(long, value_name = "IP:PORT")]
    https: Vec<SocketAddr>,
}

impl ServeArguments {
    pub(super) fn is_empty(&self) -> bool {
        self.http.is_empty() && self.https.is_empty()
    }
}

pub(super) fn run(common: &Common, arguments: &ServeArguments) -> anyhow::Result<()> {
    let sources = Sources { http: arguments.http.clone(), https: arguments.https.clone(), ..common.sources() };
    let loaded = config::load(&sources).inspect_err(appliance::refuse)?;
    if telemetry::is_journal(config::journal_stream().as_deref()) {
        telemetry::start_for_journal(&loaded.config.log)?;
    } else {
        telemetry::start(&loaded.config.log)?;
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(cores.max(WORKERS_MIN)).enable_all().build()?;
    runtime.block_on(appliance::run(loaded, sources, config::socket_names().as_deref()))?;
    Ok(())
}
