//! Logs on standard error: readable on a terminal, one line an event elsewhere.

use std::io::IsTerminal;

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

/// `[log]`: what is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// The least important level that is logged: `error`, `warn`, `info`, `debug` or `trace`;
    /// or a list of directives such as `info,foodswap::jobs=debug`.
    pub level: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { level: "info".to_owned() }
    }
}

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `log.level` is neither a level nor a list of directives.
    #[error("log.level: `{level}` is no level; use error, warn, info, debug or trace")]
    Level {
        /// What was configured.
        level: String,
    },
    /// Logging was started twice in one process.
    #[error("logging was started already")]
    AlreadyStarted,
}

/// Starts logging for the whole process.
pub fn start(config: &LogConfig) -> Result<(), TelemetryError> {
    tracing_subscriber::fmt()
        .with_env_filter(filter(&config.level)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init()
        .map_err(|_| TelemetryError::AlreadyStarted)
}

fn filter(level: &str) -> Result<EnvFilter, TelemetryError> {
    // Rocket reports every request and sled every segment at `info`; ours is the log a person reads.
    let quiet = format!("{level},rocket=error,_=error,hyper=warn,sled=warn");
    EnvFilter::try_new(quiet).map_err(|_| TelemetryError::Level { level: level.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_none_is_refused_with_the_choices() {
        let refusal = filter("foodswap=loud").expect_err("no level");

        assert_eq!(
            refusal.to_string(),
            "log.level: `foodswap=loud` is no level; use error, warn, info, debug or trace"
        );
    }
}
