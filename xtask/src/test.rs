//! The one test command: sets up the real clients, then runs unit, property, wire-snapshot, store-suite and end-to-end
//! tests. Nothing is skipped silently.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result, bail};

/// A program that the clients need, and the Debian package that has it.
const PROGRAMS: &[(&str, &str)] = &[
    ("python3", "python3"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("go", "golang-go"),
    ("cmake", "cmake"),
    ("cc", "gcc"),
];

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let mut only_setup = false;
    let mut without_end_to_end = false;
    for argument in arguments {
        match argument.as_str() {
            "--setup" => only_setup = true,
            "--without-end-to-end" => without_end_to_end = true,
            other => {
                bail!("`{other}` is not an option of `cargo xtask test`; it takes --setup and --without-end-to-end")
            }
        }
    }
    let started = Instant::now();
    programs()?;
    let tools = Tools::set_up(root)?;
    if only_setup {
        return Ok(());
    }
    step("unit, property, wire-snapshot and store-suite tests");
    call(cargo(root).args(["test", "--workspace", "--exclude", "conformance"]))?;
    if without_end_to_end {
        println!("\nend-to-end tests were left out, as asked by --without-end-to-end");
        return Ok(());
    }
    step("building the binary for the end-to-end tests");
    call(cargo(root).args(["build", "--package", "rolecall"]))?;
    step("the demo");
    call(Command::new(tools.binary()).arg("demo"))?;
    step("end-to-end tests: the AWS SDK for Rust");
    call(tools.environment(cargo(root).args(["test", "--package", "conformance"])))?;
    step("end-to-end tests: the AWS CLI, boto3, kubectl and the AWS SDK for JavaScript");
    call(
        tools.environment(
            Command::new(tools.python())
                .args(["-m", "pytest", "-q", "conformance/python"])
                .current_dir(root),
        ),
    )?;
    println!("\nall tests passed in {} s", started.elapsed().as_secs());
    Ok(())
}

/// Makes sure that every program is there, by installing what is missing as root on Debian, or says what to do.
fn programs() -> Result<()> {
    let mut missing: Vec<&str> = PROGRAMS
        .iter()
        .filter(|(program, _)| !on_path(program))
        .map(|(_, package)| *package)
        .collect();
    if !has_venv() {
        missing.push("python3-venv");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!("apt-get install -y {}", missing.join(" "));
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !root || !on_path("apt-get") {
        bail!("the tests need programs that are not here; on Debian run as root: {install}");
    }
    step(&install);
    call(Command::new("apt-get").args(["update", "-qq"]))?;
    call(Command::new("apt-get").args(["install", "-y", "-qq"]).args(&missing))
}

fn has_venv() -> bool {
    Command::new("python3")
        .args(["-c", "import ensurepip, venv"])
        .output()
        .is_ok_and(|output| output.status.success())
}

fn on_path(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// The pinned clients, installed below the target folder.
struct Tools {
    root: PathBuf,
    folder: PathBuf,
    target: PathBuf,
}

impl Tools {
    fn set_up(root: &Path) -> Result<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "a developers' task; cargo says here where it builds"
        )]
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let tools = Self {
            root: root.to_owned(),
            folder: target.join("test-tools"),
            target,
        };
        tools.install_python()?;
        tools.install_javascript()?;
        tools.build_kubectl()?;
        Ok(tools)
    }

    fn python(&self) -> PathBuf {
        self.folder.join("venv/bin/python")
    }

    fn binary(&self) -> PathBuf {
        self.target.join("debug/rolecall")
    }

    fn install_python(&self) -> Result<()> {
        let wanted = self.root.join("conformance/python/requirements.txt");
        self.once("python", &wanted, || {
            step("installing the Python clients (AWS CLI, boto3)");
            let venv = self.folder.join("venv");
            call(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
            call(
                Command::new(self.python())
                    .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
                    .arg(&wanted),
            )
        })
    }

    fn install_javascript(&self) -> Result<()> {
        let source = self.root.join("conformance/javascript");
        self.once("javascript", &source.join("package-lock.json"), || {
            step("installing the JavaScript client (AWS SDK v3)");
            let folder = self.folder.join("javascript");
            std::fs::create_dir_all(&folder)?;
            for name in ["package.json", "package-lock.json"] {
                std::fs::copy(source.join(name), folder.join(name))?;
            }
            call(
                Command::new("npm")
                    .args(["ci", "--silent", "--no-audit", "--no-fund"])
                    .current_dir(&folder),
            )
        })
    }

    fn build_kubectl(&self) -> Result<()> {
        let source = self.root.join("conformance/tools/kubectl");
        self.once("kubectl", &source.join("go.sum"), || {
            step("building kubectl from its Go modules");
            let output = self.folder.join("bin/kubectl");
            call(
                Command::new("go")
                    .args(["build", "-trimpath", "-o"])
                    .arg(&output)
                    .arg(".")
                    .current_dir(&source),
            )
        })
    }

    /// Does `work` unless it was done for this very content of `input` before.
    fn once(&self, name: &str, input: &Path, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let stamp = self.folder.join(format!("{name}.stamp"));
        let wanted = std::fs::read(input).with_context(|| format!("reading {}", input.display()))?;
        if std::fs::read(&stamp).is_ok_and(|done| done == wanted) {
            return Ok(());
        }
        std::fs::create_dir_all(&self.folder)?;
        work()?;
        std::fs::write(&stamp, wanted)?;
        Ok(())
    }

    /// Tells a test where the binary and the clients are.
    fn environment<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("ROLECALL_TEST_BINARY", self.binary())
            .env("ROLECALL_TEST_AWS", self.folder.join("venv/bin/aws"))
            .env("ROLECALL_TEST_PYTHON", self.python())
            .env("ROLECALL_TEST_KUBECTL", self.folder.join("bin/kubectl"))
            .env("ROLECALL_TEST_JAVASCRIPT", self.folder.join("javascript"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
    }
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(OsStr::new("cargo"));
    command.current_dir(root);
    command
}

fn step(what: &str) {
    println!("\n== {what}");
}

fn call(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}
