//! What commands ask of the running service, over its control socket.

use std::fs::File;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

use super::control::{self, Caller, Control, Reply, Request};
use super::data;
use super::inspection::Inspection;
use crate::catalogue::Catalogue;
use crate::front::Handle;
use crate::front::listen::Protocol;
use crate::front::probe::Probe;
use crate::front::tls::Tls;
use crate::jobs::import::{Mode, Phase, Progress};
use crate::store::StoreError;
use crate::store::products::Products;

/// Between a failure of the control socket and the next attempt: the process may be out of descriptors, and to ask
/// again at once would keep a core busy until it has some.
const CONTROL_PAUSE: Duration = Duration::from_secs(1);

/// The import that runs, if one does.
#[derive(Clone, Default)]
pub(super) struct Import(Arc<Mutex<Option<Progress>>>);

impl Import {
    /// How far it is.
    pub(super) fn progress(&self) -> Option<Progress> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the place of the one that runs; false if one does already.
    fn begin(&self) -> bool {
        let mut progress = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing = Progress {
            phase: Phase::Reading,
            bytes_read: 0,
            bytes_total: None,
            lines: 0,
            products: 0,
            products_total: None,
        };
        let is_free = progress.is_none();
        progress.get_or_insert(nothing);
        is_free
    }

    fn is_at(&self, progress: Option<Progress>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }
}

/// What commands may know of the public ports.
pub(super) struct Known {
    /// How handshakes are answered.
    pub(super) tls: Option<Tls>,
    /// By what the process is recognised there.
    pub(super) probe: Probe,
    /// Where the service listens, and what is spoken there.
    pub(super) ports: Vec<(SocketAddr, Protocol)>,
    /// How full the front is.
    pub(super) front: Handle,
}

/// Answers commands on the control socket for as long as the process lives.
pub(super) fn listen(data_dir: &Path, products: Products, catalogue: Arc<Catalogue>, known: Known, import: Import) {
    let control = match Control::bind(&control::path(None, data_dir)) {
        Ok(control) => control,
        Err(error) => return tracing::error!(%error, "no control socket: commands cannot reach this process"),
    };
    let importer = Arc::new(Importer { data_dir: data_dir.to_owned(), products, catalogue, import });
    std::thread::spawn(move || {
        loop {
            match control.accept() {
                Ok((mut caller, Request::Certificates, _)) => {
                    caller.reply(&Reply::Report(json!(Inspection::of(&known))));
                }
                Ok((caller, Request::Import { names, mode }, files)) => importer.take(caller, names, mode, files),
                Err(error) => {
                    tracing::error!(%error, "the control socket fails; it is asked again");
                    std::thread::sleep(CONTROL_PAUSE);
                }
            }
        }
    });
}

/// What imports while the site is served: one at a time, each on a thread of its own.
struct Importer {
    data_dir: PathBuf,
    products: Products,
    catalogue: Arc<Catalogue>,
    import: Import,
}

impl Importer {
    /// Begins what a caller asks for, or tells it that another import is running.
    fn take(self: &Arc<Self>, mut caller: Caller, names: Vec<String>, mode: Mode, files: Vec<File>) {
        if !self.import.begin() {
            return caller.reply(&Reply::Error(StoreError::Busy.to_string()));
        }
        let importer = Arc::clone(self);
        let spawned = std::thread::Builder::new().name("import".to_owned()).spawn(move || {
            // A fault in one import must not keep the next from being answered.
            if catch_unwind(AssertUnwindSafe(|| importer.answer(&mut caller, names, mode, files))).is_err() {
                tracing::error!("the import ended by a fault of the program; the catalogue before it stays in use");
                let fault = "the import ended by a fault of the program, which the service's log names";
                caller.reply(&Reply::Error(fault.to_owned()));
            }
            // Before the caller hears the end of the line: it may call again at once.
            importer.import.is_at(None);
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread to import with");
            self.import.is_at(None);
        }
    }

    fn answer(&self, caller: &mut Caller, names: Vec<String>, mode: Mode, files: Vec<File>) {
        tracing::info!(?names, "an import begins");
        let files = names.into_iter().zip(files).collect();
        let result =
            data::import_into(&self.products, Some(&self.catalogue), &self.data_dir, files, mode, &mut |progress| {
                self.import.is_at(Some(progress));
                caller.reply(&Reply::Progress(json!(progress)));
            });
        match result {
            Ok(report) => {
                tracing::info!(products = report.products, "the import is done");
                caller.reply(&Reply::Report(json!(report)));
            }
            Err(error) => {
                tracing::error!(%error, "the import failed; the catalogue before it stays in use");
                caller.reply(&Reply::Error(error.to_string()));
            }
        }
    }
}
