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
    ("cmake", "cmake"),
    ("cc", "gcc"),
];

/// The Python tests that need a real API server.
const KUBERNETES_TESTS: &[&str] = &[
    "conformance/python/test_cluster.py",
    "conformance/python/test_install.py",
];

/// A version of Kubernetes that the tests know how to build.
#[derive(Clone, Copy)]
struct Kubernetes {
    /// What its module file requires, for what the programs say of themselves.
    version: &'static str,
    /// The module file, in `conformance/tools/kubernetes`; its `.sum` lies beside it.
    modules: &'static str,
    /// Where its programs are put, below the test tools.
    folder: &'static str,
}

/// The newest version.
const NEWEST: Kubernetes = Kubernetes {
    version: "v1.37.2",
    modules: "go.mod",
    folder: "bin",
};
/// The oldest that Kubernetes still supports (Kubernetes: Version Skew Policy, three minor versions).
const OLDEST: Kubernetes = Kubernetes {
    version: "v1.35.4",
    modules: "oldest.mod",
    folder: "bin-oldest",
};

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let mut only_setup = false;
    let mut without_end_to_end = false;
    let mut without_kubernetes = false;
    let mut version = NEWEST;
    for argument in arguments {
        match argument.as_str() {
            "--setup" => only_setup = true,
            "--without-end-to-end" => without_end_to_end = true,
            "--without-kubernetes" => without_kubernetes = true,
            "--oldest-kubernetes" => version = OLDEST,
            other => {
                bail!(
                    "`{other}` is not an option of `cargo xtask test`; it takes --setup, --without-end-to-end, --without-kubernetes and --oldest-kubernetes"
                )
            }
        }
    }
    let started = Instant::now();
    programs()?;
    let tools = Tools::set_up(root, without_kubernetes, version)?;
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
    step("end-to-end tests: the AWS CLI, boto3, kubectl, the AWS SDK for JavaScript, and a real Kubernetes API server");
    let mut tests = Command::new(tools.python());
    tests
        .args(["-m", "pytest", "-q", "conformance/python"])
        .current_dir(root);
    if without_kubernetes {
        tests.args(KUBERNETES_TESTS.iter().map(|file| format!("--ignore={file}")));
    }
    call(tools.environment(&mut tests))?;
    if without_kubernetes {
        println!("\nthe tests against a Kubernetes API server were left out, as asked by --without-kubernetes");
    }
    println!("\nall tests passed in {} s", started.elapsed().as_secs());
    Ok(())
}

/// Records the exchanges of `crates/server/tests/recorded` anew, by real clients, or only their answers.
pub(crate) fn record(root: &Path, bless: bool) -> Result<()> {
    let mut test = cargo(root);
    test.args(["test", "--package", "rolecall-server", "--test", "walk", "recorded"]);
    if bless {
        return call(test.env("ROLECALL_BLESS", "1"));
    }
    let tools = Tools::at(root, NEWEST);
    tools.install_python()?;
    call(test.env("ROLECALL_RECORD", tools.python()))
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

/// Makes sure that these programs are in the folder that somebody has named.
fn found(folder: &Path, programs: &[&str]) -> Result<()> {
    for program in programs {
        if !folder.join(program).is_file() {
            bail!(
                "KUBEBUILDER_ASSETS is {}, and there is no {program} in it: install it there, or unset the variable to have it built",
                folder.display()
            );
        }
    }
    Ok(())
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
    /// The folder that somebody has named for Kubernetes' programs.
    assets: Option<PathBuf>,
    /// Where kube-apiserver, etcd and kubectl are.
    kubernetes: PathBuf,
    helm: PathBuf,
}

impl Tools {
    fn at(root: &Path, version: Kubernetes) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a developers' task; cargo says here where it builds"
        )]
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        #[expect(
            clippy::disallowed_methods,
            reason = "the ecosystem's convention of where Kubernetes' programs are"
        )]
        let assets = std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
        let folder = target.join("test-tools");
        Self {
            root: root.to_owned(),
            kubernetes: assets.clone().unwrap_or_else(|| folder.join(version.folder)),
            // The convention knows no Helm, so that one on the path is taken with such a folder.
            helm: if assets.is_some() && on_path("helm") {
                PathBuf::from("helm")
            } else {
                folder.join(NEWEST.folder).join("helm")
            },
            assets,
            folder,
            target,
        }
    }

    fn set_up(root: &Path, without_kubernetes: bool, version: Kubernetes) -> Result<Self> {
        let tools = Self::at(root, version);
        let programs: &[&str] = if without_kubernetes {
            &["kubectl"]
        } else {
            &["kubectl", "etcd", "kube-apiserver"]
        };
        match &tools.assets {
            Some(_) if version.modules == OLDEST.modules => {
                bail!(
                    "--oldest-kubernetes builds Kubernetes {}: unset KUBEBUILDER_ASSETS",
                    version.version
                )
            }
            Some(assets) => found(assets, programs)?,
            None => tools.build_kubernetes(version, programs)?,
        }
        if !without_kubernetes && tools.helm.is_absolute() {
            tools.build_kubernetes(NEWEST, &["helm"])?;
        }
        tools.install_python()?;
        tools.install_javascript()?;
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

    /// Builds Kubernetes' programs from their Go modules. The first time it takes long: the API server is large.
    fn build_kubernetes(&self, version: Kubernetes, programs: &[&str]) -> Result<()> {
        let source = self.root.join("conformance/tools/kubernetes");
        let Kubernetes {
            version,
            modules,
            folder,
        } = version;
        let sums = source.join(modules).with_extension("sum");
        self.once(&format!("{folder}-{}", programs.join("-")), &sums, || {
            if !on_path("go") {
                bail!(
                    "{} are needed and there is no Go to build them with: install Go, or set KUBEBUILDER_ASSETS to the folder they are in (and put helm on the path), or leave the tests that need an API server out with --without-kubernetes (kubectl is needed even so)",
                    programs.join(", ")
                );
            }
            step(&format!("building {} from their Go modules", programs.join(", ")));
            let output = self.folder.join(folder);
            std::fs::create_dir_all(&output)?;
            let said = "k8s.io/component-base/version";
            let [major, minor, _] = version.trim_start_matches('v').split('.').collect::<Vec<_>>()[..] else {
                bail!("`{version}` is no version");
            };
            // No symbols: nobody debugs these, and linking them costs memory.
            let flags = format!(
                "-s -w -X {said}.gitVersion={version} -X {said}.gitMajor={major} -X {said}.gitMinor={minor}"
            );
            call(
                Command::new("go")
                    .args(["build", "-p", "2", "-modfile", modules, "-trimpath", "-ldflags", &flags, "-o"])
                    .arg(&output)
                    .args(programs.iter().map(|program| format!("./{program}")))
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
            .env("ROLECALL_TEST_KUBECTL", self.kubernetes.join("kubectl"))
            .env("ROLECALL_TEST_HELM", &self.helm)
            .env("ROLECALL_TEST_ETCD", self.kubernetes.join("etcd"))
            .env("ROLECALL_TEST_KUBE_APISERVER", self.kubernetes.join("kube-apiserver"))
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
