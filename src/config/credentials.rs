//! What systemd hands to the service alone (`LoadCredential=`, `systemd.exec(5)`), found by the service and by its reload.
//!
//! The command of `ExecReload=` runs in the service's sandbox but is handed nothing: the folder of the credentials is closed
//! to it. It belongs to the same user, so it looks through the root of the running service, where the folder is open.

use std::path::{Path, PathBuf};

use super::{Config, environment};

/// The variable that names the folder.
const VARIABLE: &str = "CREDENTIALS_DIRECTORY";
/// Where systemd makes such folders.
const ROOT: &str = "/run/credentials";

/// The folder of one's own credentials, or of those of a running process.
pub(super) fn folder(process: Option<i32>) -> Option<PathBuf> {
    let Some(process) = process else { return environment(VARIABLE).map(PathBuf::from) };
    let variables = std::fs::read(format!("/proc/{process}/environ")).ok()?;
    let said =
        variables.split(|byte| *byte == 0).find_map(|line| line.strip_prefix(format!("{VARIABLE}=").as_bytes()))?;
    Some(through(process, Path::new(std::str::from_utf8(said).ok()?)))
}

impl Config {
    /// The same with the credentials that it names as files read where a running process has them.
    #[must_use]
    pub fn with_credentials_of(mut self, process: i32) -> Self {
        let files = self.front.certificate.as_mut().map(|files| [&mut files.chain, &mut files.key]);
        for path in files.into_iter().flatten().chain(self.acme.ca_roots.as_mut()) {
            if path.starts_with(ROOT) {
                *path = through(process, path);
            }
        }
        self
    }
}

/// A file as a process sees it (`proc_pid_root(5)`).
fn through(process: i32, path: &Path) -> PathBuf {
    let root = Path::new("/proc").join(process.to_string()).join("root");
    root.join(path.strip_prefix("/").unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use crate::config::{Sources, load};

    #[test]
    fn only_credentials_are_looked_for_at_the_running_process() {
        let certificate = |folder: &str| crate::front::CertificateFiles {
            chain: format!("{folder}/chain.pem").into(),
            key: format!("{folder}/key.pem").into(),
        };
        let empty = tempfile::NamedTempFile::new().expect("a file");
        let sources = Sources { file: Some(empty.path().to_owned()), ..Sources::default() };
        for (folder, root) in [("/run/credentials/foodswap.service", "/proc/7/root"), ("/etc/ssl/swap.example", "")] {
            let mut config = load(&sources).expect("defaults").config;
            config.front.certificate = Some(certificate(folder));

            let seen = certificate(&format!("{root}{folder}"));
            assert_eq!(config.with_credentials_of(7).front.certificate, Some(seen));
        }
    }
}
