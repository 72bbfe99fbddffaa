//! Logs on standard error: readable on a terminal, one line an event elsewhere.

use std::io::IsTerminal;

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// The levels there are, the most important one first.
const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];
/// A word this far from a level (Damerau–Levenshtein, in letters) is taken for a slip of the finger.
const SUGGESTION_DISTANCE_MAX: usize = 2;

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
    #[error("log.level: `{level}` is no level; {}", advice(.level))]
    Level {
        /// What is none of what was configured.
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

/// Says whether logging can start so.
pub fn check(config: &LogConfig) -> Result<(), TelemetryError> {
    filter(&config.level).map(drop)
}

fn filter(level: &str) -> Result<EnvFilter, TelemetryError> {
    // To the filter a bare word that is no level is a module: it would log that one, and nothing else, errors included.
    let bare = level.split(',').map(str::trim).filter(|part| !part.contains(['=', '[']));
    for word in bare {
        if word.is_empty() || word.parse::<LevelFilter>().is_err() {
            return Err(TelemetryError::Level { level: word.to_owned() });
        }
    }
    // Rocket reports every request and sled every segment at `info`; ours is the log a person reads. Under `_` Rocket
    // calls it an error that somebody asks for an address that there is not.
    let quiet = format!("{level},rocket=error,_=off,hyper=warn,sled=warn");
    EnvFilter::try_new(quiet).map_err(|_| TelemetryError::Level { level: level.to_owned() })
}

/// The level that was meant, or the choices.
fn advice(word: &str) -> String {
    let nearest = LEVELS.iter().map(|level| (strsim::damerau_levenshtein(word, level), level)).min();
    match nearest {
        Some((distance, level)) if distance <= SUGGESTION_DISTANCE_MAX => format!("did you mean `{level}`?"),
        _ => "use error, warn, info, debug or trace".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(level: &str) -> String {
        filter(level).expect_err("no level").to_string()
    }

    #[test]
    fn a_level_that_is_none_is_refused_with_the_choices() {
        let choices = "is no level; use error, warn, info, debug or trace";

        assert_eq!(refusal("foodswap=loud"), format!("log.level: `foodswap=loud` {choices}"));
        assert_eq!(refusal("chatty"), format!("log.level: `chatty` {choices}"));
        assert_eq!(refusal(""), format!("log.level: `` {choices}"));
    }

    #[test]
    fn a_slip_of_the_finger_is_refused_with_the_level_that_was_meant() {
        assert_eq!(refusal("inof"), "log.level: `inof` is no level; did you mean `info`?");
        assert_eq!(refusal("foodswap::jobs=debug,wran"), "log.level: `wran` is no level; did you mean `warn`?");
    }

    #[test]
    fn levels_and_lists_of_directives_are_accepted() {
        for level in ["error", "WARN", "info", "off", "info,foodswap::jobs=debug", "foodswap=trace,warn"] {
            assert!(filter(level).is_ok(), "{level}");
        }
    }
}
