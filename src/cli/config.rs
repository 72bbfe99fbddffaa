//! `foodswap config check|show`.

use std::io::Write;

use clap::Subcommand;

use super::{Common, output};

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
}

pub(super) fn run(common: &Common, command: &ConfigCommand) -> anyhow::Result<()> {
    let loaded = common.load()?;
    let mut out = output::output();
    match command {
        ConfigCommand::Check => writeln!(out, "the configuration is good (profile {})", loaded.profile)?,
        ConfigCommand::Show { origin: true, json: true } => {
            let rows: Vec<_> = loaded
                .origins()
                .into_iter()
                .map(|(key, value, origin)| serde_json::json!({"key": key, "value": value, "origin": origin}))
                .collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        }
        ConfigCommand::Show { origin: true, json: false } => {
            for (key, value, origin) in loaded.origins() {
                writeln!(out, "{key} = {value}    # {origin}")?;
            }
        }
        ConfigCommand::Show { origin: false, json: true } => {
            writeln!(out, "{}", serde_json::to_string_pretty(&loaded.config)?)?;
        }
        ConfigCommand::Show { origin: false, json: false } => write!(out, "{}", toml::to_string(&loaded.config)?)?,
    }
    Ok(())
}
