//! What a file holds, told by how it begins.

use super::super::export_row::Header;

/// What is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The dump or a delta: one JSON record a line.
    Dump,
    /// The CSV export: a header, then one TAB separated record a line.
    Export,
    /// A taxonomy: one JSON object whose keys are tags.
    Taxonomy,
}

/// Beginnings of files that people have at hand, and what those are.
const FOREIGN: [(&[u8], &str); 11] = [
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (unpack it first)"),
    (b"BZh", "compressed by bzip2 (unpack it first)"),
    (b"\xfd7zXZ", "compressed by xz (unpack it first)"),
    (b"PAR1", "a Parquet file (take the .jsonl.gz)"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"<", "a web page or XML (perhaps an error page: look at the address)"),
];

/// The kind of a file with these first bytes; else what it seems to be, or nothing if it is empty.
pub(super) fn of(head: &[u8]) -> Result<Kind, Option<&'static str>> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.is_empty() {
        return Err(None);
    }
    if let Some((_, what)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(Some(what));
    }
    match head[0] {
        b'{' => of_object(head),
        b'[' => Err(Some("a JSON array (wanted is one record a line)")),
        _ => of_table(head),
    }
}

/// A record's keys are names of fields, a taxonomy's are tags: `en:milks`.
fn of_object(head: &[u8]) -> Result<Kind, Option<&'static str>> {
    let inner = head[1..].trim_ascii_start();
    let key = inner.strip_prefix(b"\"").and_then(|rest| rest.split(|&byte| byte == b'"').next());
    match key {
        Some([b'a'..=b'z', b'a'..=b'z', b':', ..]) => Ok(Kind::Taxonomy),
        Some(_) => Ok(Kind::Dump),
        None => Err(Some("neither a record nor a taxonomy, although it starts like JSON")),
    }
}

fn of_table(head: &[u8]) -> Result<Kind, Option<&'static str>> {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or(head);
    if Header::parse(line).is_some() {
        Ok(Kind::Export)
    } else if line.contains(&b'\t') {
        Err(Some("a table without the columns of the export"))
    } else if head.contains(&0) {
        Err(Some("a binary file of an unknown kind"))
    } else {
        Err(Some("a text of an unknown kind"))
    }
}
