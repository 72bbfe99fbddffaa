//! `foodswap evaluate`: judge the substitutes of products from all over the catalogue.

use std::io::Write;

use clap::Args;

use super::{Common, output, place};

#[derive(Debug, Args)]
pub(super) struct EvaluateArguments {
    /// Ask for at most so many products, spread evenly over the catalogue
    #[arg(long, default_value_t = 3000)]
    products: usize,
}

pub(super) fn run(common: &Common, arguments: &EvaluateArguments) -> anyhow::Result<()> {
    let snapshot = place::snapshot(common)?;
    let report = snapshot.evaluate(arguments.products);
    writeln!(output::output(), "{}", serde_json::to_string_pretty(&report)?)?;
    Ok(())
}
