//! What is shipped: the stripped binary, and its symbols in a file of their own for debuggers and profilers.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

/// The largest binary that is shipped, in bytes.
const LARGEST: u64 = 40 * 1024 * 1024;

pub(crate) fn run(root: &Path) -> Result<()> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a developers' task; cargo says here where it builds"
    )]
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
    call(
        Command::new("cargo")
            .args(["build", "--package", "rolecall", "--profile", "dist", "--locked"])
            .current_dir(root),
    )?;
    let built = target.join("dist/rolecall");
    let folder = target.join("shipped");
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let (binary, symbols) = (folder.join("rolecall"), folder.join("rolecall.debug"));
    call(
        Command::new("objcopy")
            .arg("--only-keep-debug")
            .args([&built, &symbols]),
    )?;
    // The name of the symbols' file in the binary is relative, so the link is made where the file is.
    call(
        Command::new("objcopy")
            .args(["--strip-all", "--add-gnu-debuglink=rolecall.debug"])
            .args([&built, &binary])
            .current_dir(&folder),
    )?;
    for file in [&binary, &symbols] {
        let size = std::fs::metadata(file)?.len();
        println!("{:>7} KiB  {}", size / 1024, file.display());
    }
    if std::fs::metadata(&binary)?.len() > LARGEST {
        bail!("the binary is larger than {} MiB", LARGEST / 1024 / 1024);
    }
    Ok(())
}

fn call(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("starting {command:?}; objcopy comes with Debian's package binutils"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}
