//! The signals that the program heeds: stop, and read the configuration again.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::{Config, Sources};
use crate::front::Handle;
use crate::front::tls::Tls;

/// The signals that the program heeds.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    /// Heeds them from now on.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for a signal to stop; at each SIGHUP meanwhile calls `reload`.
    pub(super) async fn stop(&mut self, reload: impl Fn()) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return tracing::info!("SIGTERM: stopping"),
                _ = self.interrupt.recv() => return tracing::info!("SIGINT: stopping"),
                _ = self.hang_up.recv() => reload(),
            }
        }
    }
}

/// What SIGHUP does: the configuration is read again, checked, and taken over as far as a running program can.
pub(super) struct Reload {
    pub(super) front: Handle,
    pub(super) tls: Option<Tls>,
    pub(super) running: Config,
    pub(super) sources: Sources,
}

impl Reload {
    /// Reads everything again; what cannot be used changes nothing.
    pub(super) fn again(&self) {
        let loaded = match crate::config::load(&self.sources) {
            Ok(loaded) => loaded,
            Err(error) => return tracing::error!(%error, "SIGHUP: the configuration stays as it was"),
        };
        if let Some(Err(error)) = self.tls.as_ref().map(Tls::reload) {
            return tracing::error!(%error, "SIGHUP: certificate and configuration stay as they were");
        }
        for key in loaded.config.needs_restart(&self.running) {
            tracing::warn!("SIGHUP: {key} is taken over by a restart only");
        }
        self.front.reload(&loaded.config.front);
        tracing::info!("SIGHUP: the configuration was read again");
    }
}
