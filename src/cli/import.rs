//! `foodswap import FILE…`: through the running service if there is one, else by opening the store here.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use super::{Common, output};
use crate::appliance;
use crate::appliance::control::{self, Reply, Request};
use crate::jobs::import::{Mode, TaxonomyFrom};

/// How often progress is told where there is no terminal, in percent of the work.
const PLAIN_STEP_PERCENT: u64 = 10;
/// Where Open Food Facts keeps the taxonomy of categories.
const TAXONOMY_ADDRESS: &str = "https://static.openfoodfacts.org/data/taxonomies/categories.full.json";
/// The exit code after Ctrl-C: 128 and the number of SIGINT, as shells have it.
const EXIT_INTERRUPTED: i32 = 130;

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// Open Food Facts' dump (JSONL), CSV export or taxonomies, plain, .gz or .zst, told apart by content;
    /// - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Keep the products that are there: the files are an update, not the whole catalogue. The generic foods of the
    /// starter catalogue make way all the same
    #[arg(long)]
    add: bool,
    /// Replace the catalogue even if less than half of its products would be left
    #[arg(long, conflicts_with = "add")]
    force: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl ImportArguments {
    fn mode(&self) -> Mode {
        match (self.add, self.force) {
            (true, _) => Mode::Add,
            (false, true) => Mode::ReplaceAnyway,
            (false, false) => Mode::Replace,
        }
    }
}

pub(super) fn run(common: &Common, arguments: &ImportArguments) -> anyhow::Result<()> {
    let config = common.load()?.config;
    crate::telemetry::start(&config.log)?;
    let opened = arguments.files.iter().map(|file| appliance::opened(file)).collect::<Result<Vec<_>, _>>()?;
    let (names, files): (Vec<String>, Vec<File>) = opened.into_iter().unzip();
    let mut meter = Meter::new();
    heed_interrupt()?;
    let mode = arguments.mode();
    let request = Request::Import { names: names.clone(), mode };
    let socket = control::path(None, &config.data_dir);
    let report = if let Some(report) = through_service(&socket, &request, &files, &mut meter)? {
        report
    } else {
        let files = names.into_iter().zip(files).collect();
        json!(appliance::import(&config, files, mode, &mut |progress| meter.show(&json!(progress)))?)
    };
    meter.done();
    print(&report, arguments.json, &again(common))
}

/// How the program is named to do something with the same configuration and data: for the shell, quoted.
fn again(common: &Common) -> String {
    let flags = [("--config", &common.config), ("--data-dir", &common.data_dir)];
    let named = flags.into_iter().filter_map(|(flag, path)| Some(format!(" {flag} {}", quoted(path.as_deref()?))));
    std::iter::once("foodswap".to_owned()).chain(named).collect()
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// From now on Ctrl-C ends the command with words about what becomes of the import.
#[expect(clippy::disallowed_methods, reason = "Ctrl-C ends the command wherever it is: nobody waits for an error")]
fn heed_interrupt() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let mut interrupt = runtime.block_on(async { signal(SignalKind::interrupt()) })?;
    std::thread::spawn(move || {
        runtime.block_on(interrupt.recv());
        let says = "foodswap: a running service goes on with the import, and systemctl status foodswap says how far it \
                    is; without a service the catalogue stays as it was";
        // Whoever reads it or not, the command ends.
        let _ = writeln!(std::io::stderr(), "\n{says}");
        std::process::exit(EXIT_INTERRUPTED);
    });
    Ok(())
}

/// Hands the open files to the running service; none if there is none.
fn through_service(
    socket: &Path,
    request: &Request,
    files: &[File],
    meter: &mut Meter,
) -> anyhow::Result<Option<Value>> {
    let descriptors: Vec<_> = files.iter().map(AsFd::as_fd).collect();
    let mut outcome = None;
    let answered = control::call(socket, request, &descriptors, &mut |reply| match reply {
        Reply::Progress(progress) => meter.show(&progress),
        Reply::Report(report) => outcome = Some(Ok(report)),
        Reply::Error(error) => outcome = Some(Err(anyhow!(error))),
    })
    .with_context(|| socket.display().to_string())?;
    match (answered, outcome) {
        (None, _) => Ok(None),
        (Some(()), Some(outcome)) => outcome.map(Some),
        (Some(()), None) => Err(anyhow!(
            "no answer came to the end: the service has stopped, or this command was suspended. If its log names no new \
             generation (journalctl -u foodswap), the catalogue from before is in use: import again"
        )),
    }
}

/// Tells how far the import is: a bar on a terminal, a line now and then elsewhere.
struct Meter {
    bar: Option<ProgressBar>,
    told: Option<(String, u64)>,
}

impl Meter {
    fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(100);
            if let Ok(style) = ProgressStyle::with_template("{msg:12} {wide_bar} {percent:>3} %  {elapsed}") {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, told: None }
    }

    /// Shows one `Progress` as it comes from this process or from the service.
    fn show(&mut self, progress: &Value) {
        let number = |key: &str| progress[key].as_u64();
        let phase = progress["phase"].as_str().unwrap_or_default().to_owned();
        let percent = match phase.as_str() {
            "reading" => share(number("bytes_read"), number("bytes_total")),
            _ => share(number("products"), number("products_total")),
        };
        if let Some(bar) = &self.bar {
            bar.set_message(phase);
            bar.set_position(percent);
            return;
        }
        let step = percent / PLAIN_STEP_PERCENT;
        if self.told.as_ref() != Some(&(phase.clone(), step)) {
            // The import goes on if nobody reads this.
            let products = number("products").unwrap_or_default();
            let _ = writeln!(std::io::stderr(), "{phase}: {percent} %, {products} products");
            self.told = Some((phase, step));
        }
    }

    fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn share(part: Option<u64>, whole: Option<u64>) -> u64 {
    match (part, whole) {
        (Some(part), Some(whole)) if whole > 0 => (part * 100 / whole).min(100),
        _ => 0,
    }
}

/// Prints what was done, and what was refused with its reasons.
///
/// `program` is how the program is named for the next command.
fn print(report: &Value, as_json: bool, program: &str) -> anyhow::Result<()> {
    let mut out = output::output();
    if as_json {
        writeln!(out, "{}", serde_json::to_string_pretty(report)?)?;
        return Ok(());
    }
    for file in report["files"].as_array().into_iter().flatten() {
        writeln!(
            out,
            "{}: {}, {} lines, {} products",
            word(&file["name"]),
            word(&file["content"]),
            file["lines"],
            file["products"]
        )?;
        for (reason, count) in file["rejected"].as_object().into_iter().flatten() {
            writeln!(out, "  {count} refused: {reason}")?;
        }
        if file["cut_off"] == true {
            writeln!(out, "  the last line is cut off: the file may not be whole")?;
        }
        for sample in file["samples"].as_array().into_iter().flatten() {
            writeln!(out, "    line {}, {}: {}", sample["line"], word(&sample["reason"]), word(&sample["excerpt"]))?;
        }
    }
    if let Some(removed @ 1..) = report["starter_foods_removed"].as_u64() {
        writeln!(
            out,
            "the {removed} generic foods of the starter catalogue have made way: data of Open Food Facts stays apart"
        )?;
    }
    let seconds = report["seconds"]["total"].as_f64().unwrap_or_default();
    writeln!(
        out,
        "the catalogue has {} products now (generation {}, {seconds:.1} s)",
        report["products"], report["generation"]
    )?;
    if report["taxonomy"] == json!(TaxonomyFrom::Nowhere) {
        writeln!(
            out,
            "no taxonomy of categories is loaded, neither from these files nor from an earlier import: most categories \
             have no French name, and which belong together is not known, so that substitutes are less like what they \
             replace.\n\
             Fetch {TAXONOMY_ADDRESS}, then: {program} import categories.full.json"
        )?;
    }
    Ok(())
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
