//! The command line: one file per command.
//!
//! Exit codes: 0 done, 1 failed, 2 usage, 65 data of another version (`EX_DATAERR` of sysexits), 78 bad configuration
//! (`EX_CONFIG`), 130 an import's command ended by Ctrl-C. 65 and 78 nobody mends by starting again: the systemd unit does not
//! try by itself.

mod completions;
mod config;
mod doctor;
mod evaluate;
mod import;
mod man;
mod output;
mod place;
mod search;
mod serve;
mod swap;
mod tongue;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::appliance::{ApplianceError, EXIT_CONFIG, EXIT_DATA};
use crate::config::{ConfigError, Loaded, Sources};

/// The exit code of arguments that mean nothing.
const EXIT_USAGE: u8 = 2;

/// A healthier food to buy instead, with the reason why.
#[derive(Debug, Parser)]
#[command(name = "foodswap", version, arg_required_else_help = false)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// What `serve` takes, where no command is named.
    #[command(flatten)]
    serve: serve::ServeArguments,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What every command understands.
#[derive(Debug, Args)]
struct Common {
    /// The configuration file [default: /etc/foodswap/foodswap.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the data is kept [default: $STATE_DIRECTORY, else /var/lib/foodswap if it exists, else ./foodswap-data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the appliance (what happens without a command)
    Serve(serve::ServeArguments),
    /// Import Open Food Facts files: dump, CSV export, taxonomies
    Import(import::ImportArguments),
    /// Find products by name, brand, category or barcode
    Search(search::SearchArguments),
    /// Find what to buy instead of a product
    Swap(swap::SwapArguments),
    /// Judge the substitutes of products from all over the catalogue
    Evaluate(evaluate::EvaluateArguments),
    /// Look for what would keep the site from being reached or from getting its certificate; exit code 1 if anything
    Doctor(doctor::DoctorArguments),
    /// Check or show the configuration, or print an example of all of it
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArguments),
    /// Print the manual page, or write one for every command into a folder
    Man(man::ManArguments),
}

impl Common {
    fn sources(&self) -> Sources {
        Sources { file: self.config.clone(), data_dir: self.data_dir.clone(), ..Sources::default() }
    }

    fn load(&self) -> Result<Loaded, ConfigError> {
        crate::config::load(&self.sources())
    }
}

/// Runs the command that the arguments name and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments { serve, command: Some(_), .. }) if !serve.is_empty() => {
            let error =
                Arguments::command().error(ErrorKind::ArgumentConflict, "--http and --https go with `serve` only");
            let _ = error.print();
            ExitCode::from(EXIT_USAGE)
        }
        Ok(arguments) => finish(dispatch(arguments)),
        Err(error) => {
            // Help and version are not failures: clap knows which stream and code they have.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}

fn dispatch(Arguments { common, serve, command }: Arguments) -> anyhow::Result<()> {
    match command.unwrap_or(Command::Serve(serve)) {
        Command::Serve(arguments) => serve::run(&common, &arguments),
        Command::Import(arguments) => import::run(&common, &arguments),
        Command::Search(arguments) => search::run(&common, &arguments),
        Command::Swap(arguments) => swap::run(&common, &arguments),
        Command::Evaluate(arguments) => evaluate::run(&common, &arguments),
        Command::Doctor(arguments) => doctor::run(&common, &arguments),
        Command::Config(command) => config::run(&common, &command),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

/// Prints the error with its causes and chooses the exit code.
fn finish(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    if output::has_seen_enough(&error) {
        return ExitCode::SUCCESS;
    }
    eprintln!("foodswap: {}", sentence(&error));
    let is_other_version = error.downcast_ref::<ApplianceError>().is_some_and(ApplianceError::is_other_version);
    let is_bad_config = error.is::<ConfigError>() || error.is::<config::UnusableFiles>();
    if is_bad_config {
        ExitCode::from(EXIT_CONFIG)
    } else if is_other_version {
        ExitCode::from(EXIT_DATA)
    } else {
        ExitCode::FAILURE
    }
}

/// The error and its causes, each unless what stands before says it already.
fn sentence(error: &anyhow::Error) -> String {
    error
        .chain()
        .map(ToString::to_string)
        .reduce(|said, cause| if said.contains(&cause) { said } else { format!("{said}: {cause}") })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_was_told_is_not_told_again() {
        let cause = std::io::Error::other("no room");
        let told = anyhow::Error::new(cause).context("here: no room").context("it failed");

        assert_eq!(sentence(&told), "it failed: here: no room");
    }

    #[test]
    fn the_description_of_the_arguments_holds_together() {
        Arguments::command().debug_assert();
    }
}
