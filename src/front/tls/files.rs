//! A certificate of one's own, read again when its files change.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::certificate::{Certificate, CertificateError};
use super::resolver::Resolver;
use super::status::{Serving, Status};
use super::trust::Trust;
use super::warning::Warning;
use super::{TlsError, now_t};
use crate::front::CertificateFiles;

/// How often the files are looked at: soon enough for whoever has just replaced them and watches, and nothing beside
/// what a site does anyway.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The two files and what was seen of them.
pub(super) struct Files {
    paths: CertificateFiles,
    trust: Trust,
    seen: Mutex<Seen>,
}

struct Seen {
    /// As of the last attempt to read them.
    stamps: [Option<Stamp>; 2],
    /// Why that attempt failed.
    trouble: Option<String>,
    warning: Warning,
}

/// What tells that a file was replaced or rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
}

impl Files {
    /// Reads them for the first time.
    pub(super) fn open(paths: CertificateFiles, trust: Trust) -> Result<(Arc<Resolver>, Self), TlsError> {
        let stamps = stamps(&paths);
        let certificate = read(&paths)?;
        let files =
            Self { paths, trust, seen: Mutex::new(Seen { stamps, trouble: None, warning: Warning::default() }) };
        let resolver = Arc::new(Resolver::new(certificate));
        files.note(&resolver);
        Ok((resolver, files))
    }

    /// Looks at them from time to time.
    pub(super) async fn watch(self: Arc<Self>, resolver: &Arc<Resolver>) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let (files, resolver) = (Arc::clone(&self), Arc::clone(resolver));
            if tokio::task::spawn_blocking(move || files.look(&resolver)).await.is_err() {
                tracing::error!("looking at the files of the certificate failed by a fault of the program");
            }
        }
    }

    /// Reads them if they have changed since the last attempt; a bad one is told once.
    fn look(&self, resolver: &Resolver) {
        let changed = self.with_seen(|seen| seen.stamps != stamps(&self.paths));
        if changed && let Err(error) = self.reload(resolver) {
            tracing::error!(%error, "the new certificate cannot be used; the one before stays in use");
        }
        self.note(resolver);
    }

    /// Reads them now; bad ones change nothing.
    pub(super) fn reload(&self, resolver: &Resolver) -> Result<(), TlsError> {
        let stamps = stamps(&self.paths);
        let read = read(&self.paths);
        self.with_seen(|seen| {
            seen.stamps = stamps;
            seen.trouble = read.as_ref().err().map(ToString::to_string);
        });
        let certificate = read?;
        tracing::info!(names = ?certificate.names, "the certificate was read from its files");
        resolver.serve(certificate);
        self.note(resolver);
        Ok(())
    }

    pub(super) fn trusted_since(&self) -> Option<i64> {
        self.trust.since()
    }

    pub(super) fn status(&self, resolver: &Resolver) -> Status {
        let served = resolver.served();
        Status {
            serving: serving(&served),
            names: served.names.clone(),
            missing: Vec::new(),
            not_before_t: served.validity.not_before_t,
            not_after_t: served.validity.not_after_t,
            trusted_since_t: self.trust.since(),
            directory: None,
            challenge: None,
            next_order_t: None,
            orders: Vec::new(),
            trouble: self.with_seen(|seen| seen.trouble.clone()),
        }
    }

    fn note(&self, resolver: &Resolver) {
        let served = resolver.served();
        let serving = serving(&served);
        self.trust.note(serving == Serving::Trusted, now_t());
        // A file that vouches for itself is the operator's choice.
        if serving != Serving::Untrusted {
            self.with_seen(|seen| seen.warning.judge(serving, &served.names));
        }
    }

    fn with_seen<T>(&self, each: impl FnOnce(&mut Seen) -> T) -> T {
        each(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Who issued a file of one's own is the operator's to know; what vouches for itself nobody else trusts.
fn serving(certificate: &Certificate) -> Serving {
    Serving::of(certificate, &[], !certificate.self_signed, now_t())
}

/// Reads them; refused unless they go together.
pub(super) fn read(paths: &CertificateFiles) -> Result<Certificate, TlsError> {
    let bytes =
        |path: &Path| fs::read(path).map_err(|cause| TlsError::File { path: path.display().to_string(), cause });
    Certificate::from_pem(&bytes(&paths.chain)?, &bytes(&paths.key)?)
        .map_err(|cause| TlsError::Certificate { path: at_fault(paths, &cause), cause })
}

/// Which of them is wrong, or both where they do not go together.
fn at_fault(paths: &CertificateFiles, cause: &CertificateError) -> String {
    let (chain, key) = (paths.chain.display(), paths.key.display());
    match cause {
        CertificateError::Key(_) => key.to_string(),
        CertificateError::Rejected(_) => format!("{chain} with {key}"),
        _ => chain.to_string(),
    }
}

fn stamps(paths: &CertificateFiles) -> [Option<Stamp>; 2] {
    [&paths.chain, &paths.key].map(|path| {
        let metadata = fs::metadata(path).ok()?;
        let modified = (metadata.mtime(), metadata.mtime_nsec());
        Some(Stamp { inode: metadata.ino(), bytes: metadata.len(), modified })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::tls::ledger::tests::Memory;

    struct Own {
        folder: tempfile::TempDir,
    }

    impl Own {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().expect("tempdir") }
        }

        fn paths(&self) -> CertificateFiles {
            CertificateFiles { chain: self.folder.path().join("chain.pem"), key: self.folder.path().join("key.pem") }
        }

        /// Writes the certificate, the key or both of a new pair.
        fn write(&self, name: &str, chain: bool, key: bool) {
            let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("made");
            if chain {
                fs::write(self.paths().chain, made.cert.pem()).expect("written");
            }
            if key {
                fs::write(self.paths().key, made.key_pair.serialize_pem()).expect("written");
            }
        }

        fn open(&self) -> Result<(Arc<Resolver>, Files), TlsError> {
            Files::open(self.paths(), Trust::load(Arc::new(Memory::default())).expect("a ledger"))
        }
    }

    #[test]
    fn files_that_changed_are_served_without_a_restart() {
        let own = Own::new();
        own.write("old.example", true, true);
        let (resolver, files) = own.open().expect("usable");

        own.write("new.example", true, true);
        files.look(&resolver);

        assert_eq!(resolver.served().names, ["new.example"]);
        assert_eq!(files.status(&resolver).trouble, None);
    }

    #[test]
    fn bad_files_change_nothing_until_they_are_good() {
        let own = Own::new();
        own.write("old.example", true, true);
        let (resolver, files) = own.open().expect("usable");

        own.write("new.example", true, false);
        files.look(&resolver);
        let trouble = files.status(&resolver).trouble.expect("told");
        assert!(trouble.contains("cannot be used together"), "{trouble}");
        assert_eq!(resolver.served().names, ["old.example"]);

        fs::remove_file(own.paths().chain).expect("removed");
        assert!(files.reload(&resolver).is_err());
        assert_eq!(resolver.served().names, ["old.example"]);

        own.write("last.example", true, true);
        files.look(&resolver);
        assert_eq!(resolver.served().names, ["last.example"]);
        assert_eq!(files.status(&resolver).trouble, None);
    }

    #[test]
    fn files_that_cannot_be_used_at_the_start_are_refused_with_their_path() {
        let own = Own::new();
        let missing = own.open().map(drop).expect_err("refused").to_string();
        own.write("old.example", true, true);
        own.write("old.example", false, true);
        let mismatch = own.open().map(drop).expect_err("refused").to_string();
        fs::write(own.paths().key, "no key").expect("written");
        let no_key = own.open().map(drop).expect_err("refused").to_string();

        for (refusal, names) in
            [(missing, "/chain.pem: "), (mismatch, "/key.pem: key and"), (no_key, "/key.pem: the private")]
        {
            assert!(refusal.contains(names), "{refusal}");
        }
    }

    #[test]
    fn a_file_that_may_not_be_read_is_told_with_who_must_read_it() {
        let cause = std::io::ErrorKind::PermissionDenied.into();
        let refusal = TlsError::File { path: "/etc/key.pem".to_owned(), cause }.to_string();

        assert!(refusal.starts_with("/etc/key.pem: permission denied; let the service's user read it"), "{refusal}");
    }

    #[test]
    fn a_self_signed_file_is_not_called_trusted() {
        let own = Own::new();
        own.write("old.example", true, true);
        let (resolver, files) = own.open().expect("usable");

        assert_eq!(files.status(&resolver).serving, Serving::Untrusted);
        assert_eq!(files.trusted_since(), None);
    }
}
