//! `foodswap config check|show|example`.

use std::io::Write;

use anyhow::{Context, anyhow};
use clap::Subcommand;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

use super::{Common, output};
use crate::config::{self, Config, Loaded, Sources, example};
use crate::front::tls::Tls;

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Say whether the configuration can be used; exit code 78 if not
    Check {
        /// If it can, have the running service with this process id read it again (SIGHUP)
        #[arg(long, value_name = "PID", allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(1..))]
        then_reload: Option<i32>,
    },
    /// Print the configuration in force
    Show {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a configuration file with every key, its explanation and its default
    Example,
}

/// What the configuration names cannot be used: as bad as the configuration itself.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the configuration names files that cannot be used")]
pub(super) struct UnusableFiles;

pub(super) fn run(common: &Common, command: &ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check { then_reload } => {
            let loaded = config::load(&Sources { credentials_of: *then_reload, ..common.sources() })?;
            let config = loaded.config;
            let config = match then_reload {
                Some(process) => config.with_credentials_of(*process),
                None => config,
            };
            Tls::check(&config.front, &config.acme).context(UnusableFiles)?;
            writeln!(output::output(), "the configuration is good (profile {})", loaded.profile)?;
            then_reload.map_or(Ok(()), reload)?;
        }
        ConfigCommand::Show { origin: true, json } => show_origins(&common.load()?, *json)?,
        ConfigCommand::Show { origin: false, json } => show(&common.load()?.config, *json)?,
        ConfigCommand::Example => output::output().write_all(example::TEXT.as_bytes())?,
    }
    Ok(())
}

/// Tells a process to read its configuration again.
fn reload(process: i32) -> anyhow::Result<()> {
    let told = match Pid::from_raw(process) {
        Some(pid) => kill_process(pid, Signal::HUP),
        None => Err(Errno::INVAL),
    };
    told.map_err(|error| match error {
        Errno::SRCH => anyhow!("there is no process {process}: the service has ended; start it again instead"),
        Errno::PERM => anyhow!("the process {process} belongs to another user: do it as root or as that user"),
        error => anyhow!("the process {process} cannot be told to read the configuration again: {error}"),
    })
}

fn show(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let mut out = output::output();
    if as_json {
        writeln!(out, "{}", serde_json::to_string_pretty(config)?)?;
    } else {
        write!(out, "{}", toml::to_string(config)?)?;
    }
    Ok(())
}

fn show_origins(loaded: &Loaded, as_json: bool) -> anyhow::Result<()> {
    let mut out = output::output();
    let rows = loaded.origins().into_iter();
    if as_json {
        let rows: Vec<_> = rows
            .map(|(key, value, origin)| serde_json::json!({"key": key, "value": value, "origin": origin}))
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        return Ok(());
    }
    for (key, value, origin) in rows {
        writeln!(out, "{key} = {value}    # {origin}")?;
    }
    Ok(())
}
