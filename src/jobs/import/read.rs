//! Files to records: inflated on the calling thread, parsed by several threads.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::off::feed::{Block, Feed, Kind, Parser, Report};
use crate::off::record::Rejection;
use crate::store;

use super::spill::{Spill, Spiller, Written};
use super::{FileReport, ImportError, OnProgress, Phase, Progress};

/// Between two words on the progress.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);
/// Blocks that wait for each parsing thread: one is enough to keep it busy, a second bridges a slow line.
const BLOCKS_WAITING: usize = 2;
/// Lines of one file that a place has room for; files are counted above.
const LINE_BITS: u32 = 40;

/// What was read.
pub(super) struct Reading {
    /// What was found in each file.
    pub(super) files: Vec<FileReport>,
    /// Lines in all files.
    pub(super) lines: u64,
    /// Records of products in the spill.
    pub(super) spilled: u64,
}

struct Work {
    file: usize,
    parser: Parser,
    block: Block,
}

/// What the threads have done so far.
#[derive(Default)]
struct Counters {
    lines: AtomicU64,
    products: AtomicU64,
    failed: AtomicBool,
}

/// Reads files of products, one after the other, into the spill.
pub(super) fn read(feeds: Vec<Feed>, spill: &mut Spill, progress: OnProgress<'_>) -> Result<Reading, ImportError> {
    let mut files: Vec<FileReport> = feeds.iter().map(FileReport::products).collect();
    let threads = store::threads();
    let counters = Counters::default();
    let (sender, receiver) = sync_channel(threads * BLOCKS_WAITING);
    let receiver = Mutex::new(receiver);
    let (written, outcomes) = thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| parse_all(&receiver, spill, files.len(), &counters))).collect();
        let written = inflate_all(feeds, sender, &counters, progress);
        let outcomes: Vec<_> = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect();
        (written, outcomes)
    });
    let bytes = written?;
    for outcome in outcomes {
        let (written, reports) = outcome?;
        spill.note(written);
        files.iter_mut().zip(reports).for_each(|(file, report)| file.report.merge(report));
    }
    files.iter_mut().zip(bytes).for_each(|(file, bytes)| file.bytes = bytes);
    let lines = files.iter().map(|file| file.report.lines).sum();
    Ok(Reading { files, lines, spilled: spill.records() })
}

/// Hands the blocks of all files to the parsing threads; gives the bytes read of each.
#[expect(clippy::needless_pass_by_value, reason = "dropping the sender tells the threads that all files were read")]
fn inflate_all(
    feeds: Vec<Feed>,
    sender: SyncSender<Work>,
    counters: &Counters,
    progress: OnProgress<'_>,
) -> Result<Vec<u64>, ImportError> {
    let handles: Vec<_> = feeds.iter().map(Feed::progress).collect();
    let bytes_total = handles.iter().map(crate::off::feed::Progress::bytes_total).sum();
    let mut last = Instant::now();
    for (file, mut feed) in feeds.into_iter().enumerate() {
        let parser = feed.parser();
        while let Some(block) = feed.next_block()? {
            let work = Work { file, parser: parser.clone(), block };
            if counters.failed.load(Ordering::Relaxed) || sender.send(work).is_err() {
                return Ok(Vec::new());
            }
            if last.elapsed() >= PROGRESS_EVERY {
                last = Instant::now();
                let bytes_read = handles.iter().map(crate::off::feed::Progress::bytes_read).sum();
                if progress(counters.progress(bytes_read, bytes_total)).is_break() {
                    return Err(ImportError::Stopped);
                }
            }
        }
    }
    Ok(handles.iter().map(crate::off::feed::Progress::bytes_read).collect())
}

impl Counters {
    fn progress(&self, bytes_read: u64, bytes_total: Option<u64>) -> Progress {
        Progress {
            bytes_read,
            bytes_total,
            lines: self.lines.load(Ordering::Relaxed),
            products: self.products.load(Ordering::Relaxed),
            ..Progress::at(Phase::Reading)
        }
    }
}

type Parsed = Result<(Written, Vec<Report>), ImportError>;

/// What one thread does: parses blocks until there are no more.
fn parse_all(blocks: &Mutex<Receiver<Work>>, spill: &Spill, files: usize, counters: &Counters) -> Parsed {
    let release = Release { blocks, counters };
    let mut reports = vec![Report::default(); files];
    let mut spiller = spill.spiller()?;
    loop {
        let next = blocks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        // The end of the files; or they cannot be read on, and then all this is for nothing.
        let Ok(work) = next else { break };
        if counters.failed.load(Ordering::Relaxed) {
            break;
        }
        let report = &mut reports[work.file];
        let (lines, products) = (report.lines, report.products);
        parse_block(&work, report, &mut spiller)?;
        counters.lines.fetch_add(report.lines - lines, Ordering::Relaxed);
        counters.products.fetch_add(report.products - products, Ordering::Relaxed);
    }
    let written = spiller.finish()?;
    std::mem::forget(release);
    Ok((written, reports))
}

/// Lets go whoever waits to hand over a block, if a thread ends by an error or a panic.
struct Release<'a> {
    blocks: &'a Mutex<Receiver<Work>>,
    counters: &'a Counters,
}

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.counters.failed.store(true, Ordering::Relaxed);
        while self.blocks.lock().unwrap_or_else(PoisonError::into_inner).recv().is_ok() {}
    }
}

fn parse_block(work: &Work, report: &mut Report, spiller: &mut Spiller<'_>) -> Result<(), ImportError> {
    for line in &work.block.too_long {
        report.reject(*line, Rejection::TooLong, b"");
    }
    let mut last_is_rejected = false;
    for (number, line) in work.block.lines() {
        let parsed = work.parser.parse(line);
        last_is_rejected = parsed.is_err();
        match parsed {
            Ok(product) => {
                report.accept();
                spiller.add(&product, ((work.file as u64) << LINE_BITS) + number)?;
            }
            Err(reason) => report.reject(number, reason, line),
        }
    }
    report.cut_off |= last_is_rejected && work.block.ends_within_a_line();
    Ok(())
}

impl FileReport {
    fn products(feed: &Feed) -> Self {
        let content = if feed.kind() == Kind::Export { "export" } else { "dump" };
        Self { name: feed.name().to_owned(), content: content.to_owned(), bytes: 0, report: Report::default() }
    }
}
