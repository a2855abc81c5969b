//! The `rolecall` binary.

use std::{
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{CommandFactory, Parser};

use crate::{
    cli::{Cli, Create, Delete, Get, Policy, Token, Utils, Verb, cluster::Cluster, signing_key::Rotate},
    kubernetes::Kubernetes,
    verbs::{
        account, associate, cluster as registered, doctor, explain, iamserviceaccount, install as installation, lint,
        revoke, signing_key, who_can,
    },
};

mod aws;
mod cli;
mod clock;
mod cluster;
mod demo;
mod dev;
mod gateway;
mod install;
mod kubernetes;
mod log;
mod plane;
mod run;
mod serve;
mod verbs;

/// Token exchanges and decisions allocate many small texts; the system's allocator takes a tenth of their time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit code of a configuration that is wrong (sysexits.h, `EX_USAGE`).
const WRONG_CONFIGURATION: u8 = 64;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if !matches!(
        cli.verb,
        Verb::Dev(_) | Verb::Serve(_) | Verb::Gateway(_) | Verb::Cluster(_)
    ) {
        // What prints into a pipe ends when its reader has read enough, as every program of a shell does. A server must not.
        sigpipe::reset();
    }
    match answer(cli.verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rolecall: {}", verbs::print::printable(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

fn wrong_configuration(error: &anyhow::Error) -> ExitCode {
    eprintln!("rolecall: {error:#}");
    ExitCode::from(WRONG_CONFIGURATION)
}

fn answer(verb: Verb) -> Result<ExitCode> {
    match verb {
        Verb::Dev(arguments) => match dev::config::Config::read(&arguments) {
            Ok(config) => {
                log::start();
                runtime(true)?.block_on(dev::run(config, &environment))
            }
            Err(error) => Ok(wrong_configuration(&error)),
        },
        Verb::Serve(arguments) => match serve::config::Config::read(&arguments.config) {
            Ok(config) if arguments.check => {
                print!("{}", toml::to_string(&config)?);
                Ok(ExitCode::SUCCESS)
            }
            Ok(config) => {
                log::start();
                runtime(true)?.block_on(serve::run(config, &environment))
            }
            Err(error) => Ok(wrong_configuration(&error)),
        },
        Verb::Gateway(arguments) => match gateway::config::Config::read(&arguments.config) {
            Ok(config) if arguments.check => {
                print!("{}", toml::to_string(&config)?);
                Ok(ExitCode::SUCCESS)
            }
            Ok(config) => {
                let runtime = runtime(true)?;
                match gateway::prepare(config, &environment) {
                    Ok(prepared) => {
                        log::start();
                        runtime.block_on(gateway::run(prepared))
                    }
                    Err(error) => Ok(wrong_configuration(&error)),
                }
            }
            Err(error) => Ok(wrong_configuration(&error)),
        },
        Verb::Config(arguments) => {
            print!("{}", toml::to_string(&dev::config::Config::read(&arguments)?)?);
            Ok(ExitCode::SUCCESS)
        }
        Verb::Demo => runtime(true)?.block_on(demo::run()),
        Verb::Run(arguments) => {
            let region = environment("AWS_REGION").or_else(|| environment("AWS_DEFAULT_REGION"));
            runtime(false)?.block_on(run::run(arguments, region))
        }
        Verb::Cluster(Cluster::Admission(arguments)) => {
            log::start();
            runtime(true)?.block_on(cluster::admission(*arguments))
        }
        Verb::Cluster(Cluster::Keys(arguments)) => {
            log::start();
            runtime(false)?.block_on(cluster::keys::run(arguments))
        }
        Verb::Cluster(Cluster::Pods(arguments)) => {
            log::start();
            runtime(false)?.block_on(cluster::pods(*arguments))
        }
        Verb::Install(arguments) => done(installation::run(*arguments)),
        Verb::Deploy(arguments) => {
            install::chart::write(&arguments.folder, arguments.check)?;
            Ok(ExitCode::SUCCESS)
        }
        Verb::Explain(arguments) => done(explain::run(arguments)),
        Verb::Doctor(arguments) => runtime(false)?.block_on(doctor::run(*arguments)),
        Verb::Revoke(what) => done(revoke::create(what)),
        Verb::Rotate(Rotate::Signingkey(arguments)) => done(signing_key::rotate(arguments)),
        Verb::Create(Create::Account(arguments)) => done(account::create(arguments)),
        Verb::Get(Get::Account(arguments)) => done(account::get(arguments)),
        Verb::Get(Get::Revocation(arguments)) => done(revoke::get(arguments)),
        Verb::Delete(Delete::Account(arguments)) => done(account::delete(arguments)),
        Verb::Delete(Delete::Revocation(arguments)) => done(revoke::delete(arguments)),
        Verb::Create(Create::Iamserviceaccount(arguments)) => done(iamserviceaccount::create(*arguments)),
        Verb::Create(Create::Cluster(arguments)) => done(registered::create(arguments)),
        Verb::Delete(Delete::Cluster(arguments)) => done(registered::delete(arguments)),
        Verb::Get(Get::Iamserviceaccount(arguments)) => done(iamserviceaccount::get(arguments)),
        Verb::Get(Get::Cluster(arguments)) => done(registered::get(arguments)),
        Verb::Delete(Delete::Iamserviceaccount(arguments)) => done(iamserviceaccount::delete(arguments)),
        Verb::Utils(Utils::AssociateIamOidcProvider(arguments)) => done(associate::run(arguments)),
        Verb::Token(Token::Create(arguments)) => done(async {
            let seconds = arguments.duration.as_secs();
            let kubernetes = Kubernetes::connect().await?;
            let issued = kubernetes
                .token(&arguments.service_account, &arguments.audience, seconds)
                .await?;
            println!("{}", issued.token);
            Ok(())
        }),
        Verb::Policy(Policy::Evaluate { cases, explain }) => evaluate(&cases, explain),
        Verb::Policy(Policy::WhoCan(arguments)) => done(who_can::run(arguments)),
        Verb::Policy(Policy::Lint(arguments)) => runtime(false)?.block_on(lint::run(arguments)),
        Verb::Completion { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "rolecall", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn done(verb: impl Future<Output = Result<()>>) -> Result<ExitCode> {
    runtime(false)?.block_on(verb)?;
    Ok(ExitCode::SUCCESS)
}

/// Answers each case of a file in order; the exit code tells whether all could be read.
fn evaluate(cases: &Path, explain: bool) -> Result<ExitCode> {
    let file = std::fs::File::open(cases).with_context(|| format!("opening {}", cases.display()))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut all_read = true;
    for line in BufReader::new(file).lines() {
        let line = line.with_context(|| format!("reading {}", cases.display()))?;
        if line.trim().is_empty() {
            continue;
        }
        match rolecall_policy::cases::evaluate(&line, explain) {
            Ok(answer) => serde_json::to_writer(&mut out, &answer)?,
            Err(error) => {
                all_read = false;
                let case = serde_json::from_str::<serde_json::Value>(&line).ok();
                let name = case.as_ref().and_then(|case| case.get("name"));
                serde_json::to_writer(
                    &mut out,
                    &serde_json::json!({ "name": name, "error": error.to_string() }),
                )?;
            }
        }
        writeln!(out)?;
    }
    out.flush()?;
    Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn runtime(threads: bool) -> Result<tokio::runtime::Runtime> {
    // Whichever TLS library a dependency would choose by itself, it is to be this one. Only the first call counts.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut builder = if threads {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    builder.enable_all().build().context("starting the runtime")
}

pub(crate) fn environment(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the binary reads its environment"
    )]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Done at SIGINT or SIGTERM, from now on: a signal that comes before the answer is awaited is not lost.
pub(crate) fn stopped() -> Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("listening for signals")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
