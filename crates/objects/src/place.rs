//! The directory: private to us.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

use crate::OpenError;

/// Creates `directory` where it is missing, and closes it to others where it is open to them. What belongs to somebody
/// else cannot be closed, and is refused so.
pub(crate) fn make_private(directory: &Path) -> Result<(), OpenError> {
    let failed = |e: io::Error| OpenError::because(format!("preparing `{}`", directory.display()), e);
    if !directory.try_exists().map_err(failed)? {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(failed)?;
        if let Some(parent) = directory.parent() {
            sync(if parent.as_os_str().is_empty() {
                Path::new(".")
            } else {
                parent
            })
            .map_err(failed)?;
        }
    }
    let found = fs::metadata(directory).map_err(failed)?;
    if !found.is_dir() {
        return Err(OpenError::new(format!("`{}` is not a directory", directory.display())));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(directory, Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}

/// Makes the names in a directory as durable as the files they name.
pub(crate) fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}
