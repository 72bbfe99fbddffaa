//! Whether the files that the configuration consists of and names can be read, by whoever serves too.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;

use super::finding::Finding;
use crate::config::{Config, Loaded};
use crate::front::tls::Tls;

const CHECK: &str = "files";

/// Files that root can read and the service's user cannot. Of others only root can tell.
pub(super) fn readable(loaded: &Loaded) -> Vec<Finding> {
    let config = &loaded.config;
    let Some(owner) = std::fs::metadata(&config.data_dir).ok().filter(|_| geteuid().is_root()) else {
        return Vec::new();
    };
    if owner.uid() == 0 {
        return Vec::new();
    }
    let certificate = config.front.certificate.iter().flat_map(|files| [&files.chain, &files.key]);
    let files = loaded.files.iter().chain(certificate).chain(&config.acme.ca_roots);
    let unreadable = files.filter(|file| file.exists() && is_denied(file, owner.uid(), owner.gid()));
    unreadable
        .map(|file| {
            let says = format!("{}: permission denied to the service's user ({})", file.display(), owner.uid());
            let advice = "chgrp foodswap and chmod 640 it, and let that user through its folders (750); or have systemd \
                          hand it over (/usr/share/doc/foodswap/examples, own-certificate.conf and secrets.conf)";
            Finding::wrong(CHECK, says, advice)
        })
        .collect()
}

/// Whether a user may not read a file, asked as that user with all groups. Not known, where there is no `setpriv`, is no.
fn is_denied(file: &Path, user: u32, group: u32) -> bool {
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={user}"), format!("--regid={group}")]).args(["--init-groups", "test", "-r"]);
    // `test` ends with 1 where it is not so; `setpriv` has other codes for its own failures.
    command.arg(file).status().is_ok_and(|status| status.code() == Some(1))
}

/// Whether the certificate and the roots that the configuration names can be used. Says why not.
pub(super) fn usable(config: &Config, findings: &mut Vec<Finding>) -> bool {
    match Tls::check(&config.front, &config.acme) {
        Ok(()) => true,
        Err(error) => {
            findings.push(Finding::wrong(CHECK, error.to_string(), "foodswap config check says when it is good"));
            false
        }
    }
}
