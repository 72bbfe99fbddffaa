//! `foodswap man`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, CommandFactory};

use super::{Arguments, output};

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Write a page for every command into this folder instead of printing the main one
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(arguments: &ManArguments) -> anyhow::Result<()> {
    let command = Arguments::command();
    if let Some(folder) = &arguments.folder {
        std::fs::create_dir_all(folder)?;
        clap_mangen::generate_to(command, folder)?;
        return Ok(());
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    output::output().write_all(&page)?;
    Ok(())
}
