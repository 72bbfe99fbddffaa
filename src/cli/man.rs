//! `foodswap man`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{Arguments, output};
use crate::config::example::{self, Piece};

/// What the page of the program says besides its arguments: headlines, and words with what they mean.
const MORE: [(&str, &[(&str, &str)]); 4] = [
    (
        "EXIT STATUS",
        &[
            ("0", "Done."),
            ("1", "Failed; standard error says why."),
            ("2", "The arguments mean nothing."),
            ("65", "The data was written by another version of the program."),
            ("78", "The configuration cannot be used."),
            ("130", "Ctrl-C ended the command of an import; a running service goes on with it."),
        ],
    ),
    (
        "FILES",
        &[
            ("/etc/foodswap/foodswap.toml, /etc/foodswap/conf.d/*.toml", "The configuration: foodswap.toml(5)."),
            ("/var/lib/foodswap", "The data of the service: store, catalogue, certificates."),
            ("/etc/credstore/foodswap.toml", "A part of the configuration that root alone reads, for secrets."),
        ],
    ),
    (
        "SIGNALS",
        &[
            ("SIGTERM, SIGINT", "Stop; what is being asked is answered."),
            ("SIGHUP", "Read configuration and certificate files again; what cannot be used changes nothing."),
        ],
    ),
    (
        "EXAMPLES",
        &[
            ("foodswap swap hazelnut spread --without nuts", "What to buy instead, and why."),
            (
                "sudo foodswap import openfoodfacts-products.jsonl.gz categories.full.json",
                "Take in the whole catalogue, while the service goes on serving.",
            ),
            ("sudo foodswap doctor", "What keeps the site from being reached or from its certificate."),
        ],
    ),
];

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Write a page for every command, and one for the configuration, into this folder instead of printing the main one
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(arguments: &ManArguments) -> anyhow::Result<()> {
    match &arguments.folder {
        Some(folder) => write_all(folder)?,
        None => output::output().write_all(&program()?)?,
    }
    Ok(())
}

fn write_all(folder: &Path) -> anyhow::Result<()> {
    write_pages(folder).with_context(|| {
        format!("{}: the pages cannot be written there; name another folder with --folder", folder.display())
    })
}

fn write_pages(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(described(), folder)?;
    std::fs::write(folder.join("foodswap.1"), program()?)?;
    std::fs::write(folder.join("foodswap.toml.5"), configuration().to_roff())
}

/// The commands that have a page: not `help`, which prints what stands there.
fn described() -> clap::Command {
    Arguments::command().disable_help_subcommand(true)
}

/// foodswap(1).
fn program() -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(described()).render(&mut page)?;
    let mut more = Roff::new();
    for (headline, rows) in MORE {
        more.control("SH", [headline]);
        for (word, meaning) in rows {
            more.control("TP", []).text([bold(*word)]).text([roman(*meaning)]);
        }
    }
    more.control("SH", ["SEE ALSO"]).text([bold("foodswap.toml"), roman("(5), "), bold("systemctl"), roman("(1)")]);
    page.extend(more.to_roff().into_bytes());
    Ok(page)
}

/// foodswap.toml(5), from the file that a package installs.
fn configuration() -> Roff {
    let mut page = Roff::new();
    page.control("TH", ["foodswap.toml", "5", "", concat!("foodswap ", env!("CARGO_PKG_VERSION")), ""]);
    page.control("SH", ["NAME"]).text([roman("foodswap.toml - configuration of foodswap")]);
    page.control("SH", ["SYNOPSIS"]).text([roman("/etc/foodswap/foodswap.toml, /etc/foodswap/conf.d/*.toml")]);
    page.control("SH", ["DESCRIPTION"]);
    for piece in example::pieces(example::TEXT) {
        match piece {
            Piece::Paragraph(text) => page.control("PP", []).text([roman(text)]),
            Piece::Section { name, about } => {
                page.control("SH", [format!("[{name}]").as_str()]).text([roman(format!("{about}."))])
            }
            Piece::Keys { values, about } => {
                for (number, (key, value)) in values.iter().enumerate() {
                    page.control(if number == 0 { "TP" } else { "TQ" }, []);
                    page.text([bold(key), roman(format!(" = {value}"))]);
                }
                page.text([roman(about)])
            }
        };
    }
    page.control("SH", ["SEE ALSO"]).text([bold("foodswap"), roman("(1), "), bold("systemd.exec"), roman("(5)")]);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_the_configuration_has_every_section_and_key() {
        let page = configuration().to_roff();

        for piece in example::pieces(example::TEXT) {
            match piece {
                Piece::Paragraph(_) => {}
                Piece::Section { name, .. } => assert!(page.contains(&format!(".SH [{name}]")), "{name}"),
                Piece::Keys { values, .. } => {
                    for (key, _) in values {
                        assert!(page.contains(&format!("\\fB{key}\\fR = ")), "{key}");
                    }
                }
            }
        }
    }
}
