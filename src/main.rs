//! `foodswap`: parse the command, run it, exit once.

use std::process::ExitCode;

fn main() -> ExitCode {
    foodswap::cli::run(std::env::args_os())
}
