//! Logs on standard error: readable on a terminal, one line an event elsewhere; for systemd's journal with the priority of
//! each and without its time, which the journal knows.

use std::fmt;
use std::fs::File;
use std::io::{IsTerminal, stderr};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use serde::{Deserialize, Serialize};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer, format};
use tracing_subscriber::registry::LookupSpan;

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
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_target(false)
        .try_init()
        .map_err(|_| TelemetryError::AlreadyStarted)
}

/// The same where systemd's journal reads standard error: `journalctl -p warning` shows what is at least a warning.
pub fn start_for_journal(config: &LogConfig) -> Result<(), TelemetryError> {
    tracing_subscriber::fmt()
        .with_env_filter(filter(&config.level)?)
        .with_writer(stderr)
        .with_ansi(false)
        .event_format(WithPriority(format().without_time().with_level(false).with_target(false)))
        .try_init()
        .map_err(|_| TelemetryError::AlreadyStarted)
}

/// Whether the journal reads standard error: whether that is what `JOURNAL_STREAM` says, `device:inode`. It may have been
/// inherited by a program whose output goes elsewhere.
pub fn is_journal(stream: Option<&str>) -> bool {
    let Some(stream) = stream else { return false };
    let error = stderr().as_fd().try_clone_to_owned().map(File::from);
    error.and_then(|error| error.metadata()).is_ok_and(|error| stream == format!("{}:{}", error.dev(), error.ino()))
}

/// An event behind its priority (`sd-daemon(3)`).
struct WithPriority<F>(F);

impl<S, N, F> FormatEvent<S, N> for WithPriority<F>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        write!(writer, "<{}>", priority(*event.metadata().level()))?;
        self.0.format_event(context, writer, event)
    }
}

/// What syslog calls a level (RFC 5424, 6.2.1).
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
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
    // Rocket reports every request and sled every segment at `info`; ours is the log a person reads. There Rocket also
    // calls it an error that somebody asks for an address that there is not: strangers could fill the log. A handler
    // that panics is told by the panic itself.
    let quiet = format!("{level},rocket=error,rocket::server::_=off,hyper=warn,sled=warn");
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
