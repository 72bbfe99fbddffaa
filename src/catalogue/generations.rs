//! The snapshots in a folder, each a file of its own: which is the newest, which may go.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::mapped::MappedError;
use super::snapshot::Snapshot;

/// Snapshots that are kept: the one in use and the one to fall back to.
const KEPT: usize = 2;

const SUFFIX: &str = ".snapshot";
const SCRATCH_SUFFIX: &str = ".building";
const DAMAGED_SUFFIX: &str = ".damaged";

/// The newest snapshot that can be used, and the newer ones that could not.
#[derive(Debug)]
pub struct Latest {
    /// The snapshot; none where there is none yet, or all are damaged.
    pub snapshot: Option<Snapshot>,
    /// Why newer ones were passed over.
    pub damaged: Vec<MappedError>,
}

/// The file of a generation.
pub fn path(folder: &Path, generation: u64) -> PathBuf {
    folder.join(format!("{generation:06}{SUFFIX}"))
}

/// The folder in which a generation is being built.
pub(crate) fn scratch(folder: &Path, generation: u64) -> PathBuf {
    folder.join(format!("{generation:06}{SCRATCH_SUFFIX}"))
}

/// Opens the newest snapshot in a folder; a damaged one is passed over for the one before.
///
/// One of another layout is an error instead: the program that wrote it is another version, and to serve
/// an older catalogue in silence would not be what its user expects.
pub fn latest(folder: &Path) -> Result<Latest, MappedError> {
    let mut damaged = Vec::new();
    for generation in numbers(folder)?.into_iter().rev() {
        match Snapshot::open(&path(folder, generation)) {
            Ok(snapshot) => return Ok(Latest { snapshot: Some(snapshot), damaged }),
            Err(error @ MappedError::Damaged { .. }) => damaged.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok(Latest { snapshot: None, damaged })
}

/// The number of the next build: one more than any file in the folder has, whole or not.
pub fn next(folder: &Path) -> Result<u64, MappedError> {
    let names = names(folder)?;
    Ok(names.iter().filter_map(|name| name.split_once('.')?.0.parse::<u64>().ok()).max().unwrap_or(0) + 1)
}

/// Removes what a build that was killed has left behind, and snapshots that were set aside. Only for a start,
/// when no build runs.
pub fn clean(folder: &Path) -> Result<(), MappedError> {
    for name in names(folder)? {
        let left = folder.join(&name);
        let removed = if name.ends_with(SCRATCH_SUFFIX) {
            fs::remove_dir_all(&left)
        } else if name.ends_with(DAMAGED_SUFFIX) {
            fs::remove_file(&left)
        } else {
            Ok(())
        };
        removed.map_err(|cause| MappedError::Io { path: left, cause })?;
    }
    Ok(())
}

/// Sets aside a snapshot that turned out to be damaged, so that [`latest`] no longer opens it.
pub fn set_aside(folder: &Path, generation: u64) -> Result<(), MappedError> {
    let path = path(folder, generation);
    let aside = folder.join(format!("{generation:06}{DAMAGED_SUFFIX}"));
    fs::rename(&path, aside).map_err(|cause| MappedError::Io { path, cause })
}

/// Removes the snapshots before `generation` but one. Who still reads a removed one goes on reading it.
pub(crate) fn remove_older(folder: &Path, generation: u64) -> Result<(), MappedError> {
    let older = numbers(folder)?.into_iter().filter(|number| *number < generation).rev();
    for number in older.skip(KEPT - 1) {
        let path = path(folder, number);
        fs::remove_file(&path).map_err(|cause| MappedError::Io { path, cause })?;
    }
    Ok(())
}

/// The generations in a folder, oldest first.
fn numbers(folder: &Path) -> Result<Vec<u64>, MappedError> {
    let mut numbers: Vec<u64> =
        names(folder)?.iter().filter_map(|name| name.strip_suffix(SUFFIX)?.parse().ok()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// The names of the files in a folder; none where the folder is not there yet.
fn names(folder: &Path) -> Result<Vec<String>, MappedError> {
    let read = || -> io::Result<Vec<String>> {
        if !folder.exists() {
            return Ok(Vec::new());
        }
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    read().map_err(|cause| MappedError::Io { path: folder.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::build::build;
    use crate::catalogue::samples::spread;
    use crate::catalogue::snapshot::{LAYOUT, Origin};

    fn folder_with(generations: &[u64]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("tempdir");
        for generation in generations {
            build(folder.path(), *generation, Origin::OpenFoodFacts, 0, None, |add| add(spread())).expect("build");
        }
        folder
    }

    fn alter(folder: &Path, generation: u64, at: usize, byte: u8) {
        let path = path(folder, generation);
        let mut bytes = fs::read(&path).expect("read");
        bytes[at] = byte;
        // As a new file, since the old one may be mapped.
        fs::remove_file(&path).expect("remove");
        fs::write(&path, bytes).expect("write");
    }

    fn latest_number(folder: &Path) -> Option<u64> {
        latest(folder).expect("latest").snapshot.map(|snapshot| snapshot.generation())
    }

    #[test]
    fn the_newest_is_opened_and_the_last_two_are_kept() {
        let folder = folder_with(&[1, 2, 3, 10]);

        assert_eq!(latest_number(folder.path()), Some(10));
        assert_eq!(numbers(folder.path()).expect("numbers"), [3, 10]);
        assert_eq!(next(folder.path()).expect("next"), 11);
    }

    #[test]
    fn a_damaged_one_is_passed_over_for_the_one_before() {
        let folder = folder_with(&[1, 2]);
        alter(folder.path(), 2, 0, b'?');

        let found = latest(folder.path()).expect("latest");

        assert_eq!(found.snapshot.map(|snapshot| snapshot.generation()), Some(1));
        assert!(matches!(found.damaged[..], [MappedError::Damaged { .. }]));
    }

    #[test]
    fn one_cut_short_is_passed_over_and_one_set_aside_is_not_opened_again() {
        let folder = folder_with(&[1, 2]);
        fs::write(path(folder.path(), 3), b"FSW-SNAP").expect("write");
        assert_eq!(latest_number(folder.path()), Some(2));

        set_aside(folder.path(), 2).expect("set aside");

        assert_eq!(latest_number(folder.path()), Some(1));
        assert_eq!(next(folder.path()).expect("next"), 4);
    }

    #[test]
    fn another_layout_is_refused_by_name_rather_than_passed_over() {
        let folder = folder_with(&[1, 2]);
        alter(folder.path(), 2, 8, LAYOUT as u8 + 1);

        let refusal = latest(folder.path()).expect_err("refused");

        assert!(matches!(refusal, MappedError::UnknownLayout { found, .. } if found == LAYOUT + 1), "{refusal}");
    }

    #[test]
    fn what_a_killed_build_left_behind_is_removed_and_its_number_not_used_again() {
        let folder = folder_with(&[1]);
        let left = scratch(folder.path(), 2);
        fs::create_dir(&left).expect("folder");
        fs::write(left.join("run-0000"), b"half a r").expect("write");
        assert_eq!(next(folder.path()).expect("next"), 3);

        clean(folder.path()).expect("clean");

        assert!(!left.exists());
        assert_eq!(latest_number(folder.path()), Some(1));
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_snapshot() {
        let folder = tempfile::tempdir().expect("tempdir").path().join("nowhere");

        assert_eq!(latest_number(&folder), None);
        assert_eq!(next(&folder).expect("next"), 1);
        clean(&folder).expect("clean");
    }
}
