//! Standard output, whose reader may have seen enough (`foodswap search … | head`).

use std::io::{self, ErrorKind, StdoutLock, Write};

/// Standard output, locked; commands print here and nowhere else.
pub(super) struct Output(StdoutLock<'static>);

/// Nobody reads standard output any more. Any other broken pipe, such as that of the control socket, is a failure.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
struct SeenEnough;

/// Takes standard output.
pub(super) fn output() -> Output {
    Output(io::stdout().lock())
}

/// Whether a command ended because the reader of its output had seen enough.
pub(super) fn has_seen_enough(error: &anyhow::Error) -> bool {
    let Some(cause) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) else { return false };
    cause.is::<SeenEnough>()
}

fn told_apart(error: &io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::BrokenPipe => io::Error::new(ErrorKind::BrokenPipe, SeenEnough),
        kind => io::Error::new(kind, format!("standard output: {error}; lead it elsewhere, or make room there")),
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|error| told_apart(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(|error| told_apart(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_closed_standard_output_has_seen_enough() {
        let broken = || io::Error::from(ErrorKind::BrokenPipe);

        assert!(has_seen_enough(&told_apart(&broken()).into()));
        assert!(!has_seen_enough(&broken().into()), "of the control socket");
        assert!(!has_seen_enough(&told_apart(&ErrorKind::StorageFull.into()).into()));
    }
}
