//! `foodswap config check|show|example`.

use std::io::Write;

use anyhow::Context;
use clap::Subcommand;

use super::{Common, output};
use crate::config::{Config, Loaded, example};
use crate::front::tls::Tls;

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Say whether the configuration can be used; exit code 78 if not
    Check,
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
        ConfigCommand::Check => {
            let loaded = common.load()?;
            Tls::check(&loaded.config.front, &loaded.config.acme).context(UnusableFiles)?;
            writeln!(output::output(), "the configuration is good (profile {})", loaded.profile)?;
        }
        ConfigCommand::Show { origin: true, json } => show_origins(&common.load()?, *json)?,
        ConfigCommand::Show { origin: false, json } => show(&common.load()?.config, *json)?,
        ConfigCommand::Example => output::output().write_all(example::TEXT.as_bytes())?,
    }
    Ok(())
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
