//! The directory and the file: private to us, or not touched (threat 11).

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::Error;

/// Creates `directory` where it is missing, and closes it to others where it is ours but open to them.
///
/// A directory with a loose mode is repaired, not refused: people make one with `mkdir`. Files are refused instead, since
/// what they hold may have been read or replaced.
pub(super) fn make_private(directory: &Path) -> Result<(), Error> {
    let io = |e| Error::unavailable_because(format!("preparing `{}`", directory.display()), e);
    if !directory.try_exists().map_err(io)? {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(io)?;
        // Its name must survive a crash as surely as what will be in it.
        if let Some(parent) = directory.parent() {
            sync(if parent.as_os_str().is_empty() {
                Path::new(".")
            } else {
                parent
            })?;
        }
    }
    let found = fs::metadata(directory).map_err(io)?;
    if !found.is_dir() {
        return Err(Error::unavailable(format!(
            "`{}` is not a directory",
            directory.display()
        )));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(directory, Permissions::from_mode(0o700)).map_err(io)?;
    }
    if found.uid() != own_uid(directory).map_err(io)? {
        return Err(Error::unavailable(format!(
            "`{}` belongs to another user",
            directory.display()
        )));
    }
    Ok(())
}

/// Opens a file of ours for reading and writing.
pub(super) fn open_private(path: &Path) -> Result<File, Error> {
    let io = |e| Error::unavailable_because(format!("opening `{}`", path.display()), e);
    let refuse = |why: &str| Error::unavailable(format!("`{}` {why}; refusing to use it", path.display()));
    if !fs::symlink_metadata(path).map_err(io)?.is_file() {
        return Err(refuse("is not a regular file"));
    }
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(io)?;
    // Asked of the open file, so that it cannot be exchanged between the question and the use.
    let found = file.metadata().map_err(io)?;
    if found.mode() & 0o077 != 0 {
        return Err(refuse("is open to other users (its mode must be 0600)"));
    }
    let directory = path.parent().unwrap_or(Path::new("."));
    if found.uid() != fs::metadata(directory).map_err(io)?.uid() {
        return Err(refuse("belongs to another user"));
    }
    Ok(file)
}

/// Makes the names in a directory as durable as the files they name.
pub(super) fn sync(directory: &Path) -> Result<(), Error> {
    File::open(directory)
        .and_then(|opened| opened.sync_all())
        .map_err(|e| Error::unavailable_because(format!("syncing `{}`", directory.display()), e))
}

/// Who we are, as the file system sees it: the owner of a file that we make. (`geteuid` needs a library or `unsafe`,
/// and would be wrong where a network file system maps users.)
fn own_uid(directory: &Path) -> io::Result<u32> {
    let probe = directory.join(format!(".owner-{}", std::process::id()));
    match fs::remove_file(&probe) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&probe)?;
    let uid = made.metadata().map(|m| m.uid());
    fs::remove_file(&probe)?;
    uid
}
