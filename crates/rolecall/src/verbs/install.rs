//! `rolecall install`: prints what runs in a cluster, or applies it.

use anyhow::{Context, Result, bail, ensure};

use crate::{
    cli::{self, install::Install},
    install::{self, Object, fill, values::Values},
    kubernetes::{Applied, Kubernetes},
    verbs::print::printable,
};

/// Prints the objects, or applies them.
pub(crate) async fn run(arguments: Install) -> Result<()> {
    let objects = objects(&arguments)?;
    if !arguments.approve {
        print!("{}", install::printed("", &objects));
        return Ok(());
    }
    let kubernetes = Kubernetes::connect().await?;
    let mut changes = 0;
    for object in &objects {
        let object = fill::json(&object.node);
        let name = printable(&said(&object));
        match kubernetes
            .apply(&object, arguments.force_conflicts)
            .await
            .context(name.clone())?
        {
            Applied::Unchanged => println!("unchanged: {name}"),
            Applied::Created => {
                changes += 1;
                println!("created: {name}");
            }
            Applied::Changed => {
                changes += 1;
                println!("changed: {name}");
            }
        }
    }
    if changes == 0 {
        println!("nothing to do: everything is as it is wanted");
    }
    Ok(())
}

fn objects(arguments: &Install) -> Result<Vec<Object>> {
    let values = values(arguments)?;
    let namespace = &arguments.namespace;
    ensure!(
        cli::is_dns_name(namespace, 63) && !namespace.contains('.'),
        "`{namespace}` is no name of a namespace: lower-case letters, digits and `-`, at most 63"
    );
    let mut components = arguments.component.clone();
    components.sort_unstable();
    components.dedup();
    let mut objects = install::namespace(&values, namespace)?;
    for component in components {
        objects.extend(component.objects(&values, namespace)?);
    }
    Ok(objects)
}

/// What the files say, then what the flags say.
fn values(arguments: &Install) -> Result<Values> {
    let mut values = Values::defaults()?;
    let read =
        |file: &std::path::Path| std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()));
    for file in &arguments.values {
        values
            .say_all(&read(file)?)
            .with_context(|| file.display().to_string())?;
    }
    let flags = [
        ("cluster", &arguments.cluster),
        ("image", &arguments.image),
        ("endpoint", &arguments.endpoint),
        ("region", &arguments.region),
        ("accountId", &arguments.account_id),
    ];
    for (path, said) in flags {
        if let Some(said) = said {
            values.say(path, said)?;
        }
    }
    if let Some(file) = &arguments.ca_bundle {
        values.say("caBundle", &read(file)?)?;
    }
    for text in &arguments.set {
        let Some((path, value)) = text.split_once('=') else {
            bail!("--set `{text}` is not NAME=VALUE");
        };
        values.say(path, value).with_context(|| format!("--set {path}"))?;
    }
    Ok(values)
}

/// An object as `kubectl` names it.
fn said(object: &serde_json::Value) -> String {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = object.get("metadata");
    let field = |name| metadata.and_then(|it| it.get(name)).map(text);
    let kind = object.get("kind").map(text).unwrap_or_default();
    let name = field("name").unwrap_or_default();
    match field("namespace") {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Verb};

    fn parsed(words: &str) -> Install {
        let words = format!("rolecall install {words}");
        match Cli::try_parse_from(words.split_whitespace()).unwrap().verb {
            Verb::Install(arguments) => *arguments,
            other => panic!("{other:?}"),
        }
    }

    fn names(words: &str) -> Vec<String> {
        let objects = objects(&parsed(words)).unwrap();
        objects.iter().map(|object| said(&fill::json(&object.node))).collect()
    }

    #[test]
    fn the_namespace_comes_first_and_the_webhook_is_registered_when_everything_else_is_there() {
        let names = names("--component admission --namespace iam");
        assert_eq!(names.first().unwrap(), "Namespace iam");
        assert_eq!(names.last().unwrap(), "MutatingWebhookConfiguration rolecall-admission");
        assert!(names.contains(&"Deployment iam/rolecall-admission".to_owned()));
    }

    #[test]
    fn what_is_said_last_holds_and_what_is_no_value_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("values.yaml");
        std::fs::write(&file, "region: eu-west-1\nadmission: {replicas: 5}\n").unwrap();
        let words = format!("-f {} --region us-east-2 --set admission.replicas=3", file.display());
        let values = values(&parsed(&words)).unwrap();
        assert_eq!(values.get("region"), "us-east-2");
        assert_eq!(values.get("admission.replicas"), 3);
        for wrong in [
            "--set nothing=1",
            "--set region",
            "--namespace Up",
            "--namespace a.b",
            "--component keys",
            "--endpoint http://plain",
        ] {
            assert!(objects(&parsed(wrong)).is_err(), "{wrong}");
        }
    }
}
