//! Certificates of the webhook's own making. The certificate authority is shared by all replicas, in a `Secret`; each makes
//! itself certificates from it that live a day. What the API server is to trust is kept in step in the
//! `MutatingWebhookConfiguration`.
//!
//! A new authority is trusted before it signs: it is written into the `Secret` and the configuration, and used only after
//! [`OVERLAP`], when every replica and every API server has seen it.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use k8s_openapi::{
    ByteString,
    api::{admissionregistration::v1::MutatingWebhookConfiguration, core::v1::Secret},
};
use kube::{
    Api, Client,
    api::{ObjectMeta, Patch, PatchParams, PostParams},
};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::Clock;
use crate::{
    certificate::Current,
    mirror::{Mirror, Named, Resource, if_any},
};

/// The life of an authority.
const AUTHORITY_LIFE: Duration = Duration::from_hours(90 * 24);
/// An authority with less left than this gets a successor.
const SUCCESSION: Duration = Duration::from_hours(30 * 24);
/// How long a new authority is trusted before it signs.
const OVERLAP: Duration = Duration::from_mins(10);
/// The life of a certificate; half of it over, the next is made.
const LEAF_LIFE: Duration = Duration::from_hours(24);
/// Certificates hold from a little before they are made, for clocks that are behind.
const SKEW: Duration = Duration::from_mins(5);
/// How often all is looked at where nothing tells of a change, and after a failure.
const ROUNDS: (Duration, Duration) = (Duration::from_mins(1), Duration::from_secs(2));
/// How long a round may take.
const ROUND: Duration = Duration::from_secs(20);
/// The `Secret`'s key.
const KEY: &str = "authorities.json";
/// How often a round is tried anew where another replica was faster.
const TRIES: usize = 5;

/// Where and for whom certificates are made.
#[derive(Debug, Clone)]
pub struct SelfIssued {
    /// The namespace of the `Secret`.
    pub namespace: String,
    /// The `Secret` that holds the authority.
    pub secret: String,
    /// The `MutatingWebhookConfiguration` whose CA bundle is kept in step; none where somebody else does.
    pub configuration: Option<String>,
    /// The names and addresses under which the API server calls.
    pub names: Vec<String>,
}

/// An authority, as the `Secret` holds it.
#[derive(Clone, Serialize, Deserialize)]
struct Authority {
    /// Seconds since 1970.
    created: u64,
    certificate: String,
    key: String,
}

impl Authority {
    fn make(now: SystemTime) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let created = seconds(now);
        Ok(Self {
            created,
            certificate: parameters(created).self_signed(&key)?.pem(),
            key: key.serialize_pem(),
        })
    }

    fn made(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.created)
    }

    fn age(&self, now: SystemTime) -> Duration {
        now.duration_since(self.made()).unwrap_or_default()
    }

    /// A certificate for these names.
    fn sign(&self, names: &[String], now: SystemTime) -> Result<Leaf, rcgen::Error> {
        let issuer = Issuer::new(parameters(self.created), KeyPair::from_pem(&self.key)?);
        let (addresses, names): (Vec<_>, Vec<_>) = names.iter().partition(|name| name.parse::<IpAddr>().is_ok());
        let mut leaf = CertificateParams::new(names.into_iter().cloned().collect::<Vec<_>>())?;
        let addresses = addresses.iter().filter_map(|name| name.parse().ok());
        leaf.subject_alt_names.extend(addresses.map(SanType::IpAddress));
        leaf.distinguished_name = rcgen::DistinguishedName::new();
        leaf.distinguished_name.push(DnType::CommonName, "rolecall webhook");
        leaf.not_before = (now - SKEW).into();
        // Never past the authority's own end.
        leaf.not_after = (now + LEAF_LIFE).min(self.made() + AUTHORITY_LIFE).into();
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let certificate = leaf.signed_by(&key, &issuer)?;
        Ok(Leaf {
            certificate: certificate.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()),
        })
    }
}

/// A certificate and its key.
struct Leaf {
    certificate: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
}

/// What an authority says of itself: the same each time, so that what it signs names it rightly.
fn parameters(created: u64) -> CertificateParams {
    let made = UNIX_EPOCH + Duration::from_secs(created);
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, format!("rolecall webhook authority {created}"));
    params.not_before = (made - SKEW).into();
    params.not_after = (made + AUTHORITY_LIFE).into();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// All authorities, the newest first.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Authorities(Vec<Authority>);

impl Authorities {
    /// Drops what is over and adds what is due; tells whether anything changed.
    fn tend(&mut self, now: SystemTime) -> Result<bool, rcgen::Error> {
        let before = self.0.len();
        self.0.retain(|it| it.age(now) < AUTHORITY_LIFE);
        let mut changed = self.0.len() != before;
        let newest = self.0.iter().map(|it| it.age(now)).min();
        if newest.is_none_or(|age| age + SUCCESSION > AUTHORITY_LIFE) {
            self.0.insert(0, Authority::make(now)?);
            changed = true;
        }
        Ok(changed)
    }

    /// Who signs now: the newest that has been trusted long enough; where none has, the oldest.
    fn signer(&self, now: SystemTime) -> Option<&Authority> {
        let trusted = self.0.iter().filter(|it| it.age(now) >= OVERLAP);
        trusted
            .max_by_key(|it| it.created)
            .or_else(|| self.0.iter().min_by_key(|it| it.created))
    }

    /// What is to be trusted.
    fn bundle(&self) -> String {
        self.0.iter().map(|it| it.certificate.as_str()).collect()
    }
}

/// Keeps a certificate in force.
pub(super) struct Keeper {
    client: Client,
    config: SelfIssued,
    clock: Clock,
    current: Arc<Current>,
    /// Tells when somebody else changes the configuration.
    changes: Option<Mirror<Named, ()>>,
    problem: std::sync::Mutex<Option<String>>,
}

impl Keeper {
    pub(super) fn new(client: Client, config: SelfIssued, clock: Clock, current: Arc<Current>) -> Self {
        let changes = config.configuration.clone().map(|name| {
            let resource = Resource {
                group: "/apis/admissionregistration.k8s.io/v1",
                plural: "mutatingwebhookconfigurations",
                only: Some((None, name)),
                metadata: true,
                absence_is_known: true,
            };
            Mirror::new(client.clone(), resource, |_: &Named| ())
        });
        Self {
            client,
            config,
            clock,
            current,
            changes,
            problem: std::sync::Mutex::new(Some("no certificate has been made".to_owned())),
        }
    }

    /// What is wrong, if anything.
    pub(super) fn unready(&self) -> Option<String> {
        self.problem
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    pub(super) async fn follow(&self) {
        tokio::join!(if_any(self.changes.as_ref().map(Mirror::follow)), self.rounds());
    }

    async fn rounds(&self) {
        // The certificate in force: whose it is, and when it was made.
        let mut leaf: Option<(u64, SystemTime)> = None;
        loop {
            let outcome = timeout(ROUND, self.round(&mut leaf)).await;
            let problem = match outcome {
                Ok(Ok(())) => None,
                Ok(Err(problem)) => Some(problem),
                Err(_) => Some("the API server takes too long".to_owned()),
            };
            if let Some(problem) = &problem {
                tracing::warn!(problem, "the webhook's certificate is not in order");
            }
            let pause = if problem.is_some() { ROUNDS.1 } else { ROUNDS.0 };
            *self.problem.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = problem;
            match &self.changes {
                Some(changes) => tokio::select! {
                    () = sleep(pause) => {}
                    () = changes.changed() => {}
                },
                None => sleep(pause).await,
            }
        }
    }

    /// Looks at everything once: the authorities, then what the API server trusts, then the certificate. In this order,
    /// so that nothing is shown that is not trusted.
    async fn round(&self, leaf: &mut Option<(u64, SystemTime)>) -> Result<(), String> {
        let authorities = self.authorities().await?;
        if let Some(name) = &self.config.configuration {
            self.publish(name, &authorities.bundle()).await?;
        }
        let now = (self.clock)();
        let signer = authorities.signer(now).ok_or("there is no authority")?;
        let is_due = leaf.is_none_or(|(whose, made)| {
            whose != signer.created || now.duration_since(made).unwrap_or_default() > LEAF_LIFE / 2
        });
        if is_due {
            let made = signer
                .sign(&self.config.names, now)
                .map_err(|error| error.to_string())?;
            self.current
                .set(vec![made.certificate], PrivateKeyDer::Pkcs8(made.key))?;
            *leaf = Some((signer.created, now));
            tracing::info!(names = ?self.config.names, "a certificate was made");
        }
        Ok(())
    }

    /// Reads the authorities, and writes them where something is due. Replicas that do so at once agree: one write wins,
    /// and the others read it.
    async fn authorities(&self) -> Result<Authorities, String> {
        let SelfIssued {
            namespace,
            secret: name,
            ..
        } = &self.config;
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), namespace);
        for _ in 0..TRIES {
            let found = secrets
                .get_opt(name)
                .await
                .map_err(|error| format!("the Secret {namespace}/{name} cannot be read: {error}"))?;
            let data = found.as_ref().and_then(|secret| secret.data.as_ref());
            let mut authorities = match data.and_then(|data| data.get(KEY)) {
                // What is there and not ours is never written over.
                Some(ByteString(json)) => serde_json::from_slice::<Authorities>(json)
                    .map_err(|_| format!("the Secret {namespace}/{name} holds something else in `{KEY}`: delete it"))?,
                None => Authorities::default(),
            };
            if !authorities.tend((self.clock)()).map_err(|error| error.to_string())? {
                return Ok(authorities);
            }
            let json = serde_json::to_vec(&authorities).map_err(|error| error.to_string())?;
            let written = if let Some(mut secret) = found {
                // With its version: another replica's write in between makes this one fail.
                let data = secret.data.get_or_insert_default();
                data.insert(KEY.to_owned(), ByteString(json));
                secrets.replace(name, &PostParams::default(), &secret).await
            } else {
                let secret = Secret {
                    metadata: ObjectMeta {
                        name: Some(name.clone()),
                        namespace: Some(namespace.clone()),
                        ..ObjectMeta::default()
                    },
                    data: Some([(KEY.to_owned(), ByteString(json))].into()),
                    type_: Some("Opaque".to_owned()),
                    ..Secret::default()
                };
                secrets.create(&PostParams::default(), &secret).await
            };
            match written {
                Ok(_) => return Ok(authorities),
                Err(kube::Error::Api(status)) if status.code == 409 => {}
                Err(error) => return Err(format!("the Secret {namespace}/{name} cannot be written: {error}")),
            }
        }
        Err(format!(
            "the Secret {namespace}/{name} is written by others all the time"
        ))
    }

    /// Makes the API server trust the bundle, in every webhook of the configuration, which is ours as a whole.
    async fn publish(&self, name: &str, bundle: &str) -> Result<(), String> {
        let configurations: Api<MutatingWebhookConfiguration> = Api::all(self.client.clone());
        let problem = |error: &dyn std::fmt::Display| format!("the MutatingWebhookConfiguration {name}: {error}");
        let found = configurations.get_opt(name).await.map_err(|error| problem(&error))?;
        let found = found.ok_or_else(|| problem(&"does not exist"))?;
        let webhooks = found.webhooks.unwrap_or_default();
        let trusts = |bundle_there: &Option<ByteString>| {
            bundle_there
                .as_ref()
                .is_some_and(|ByteString(there)| there == bundle.as_bytes())
        };
        if webhooks.iter().all(|it| trusts(&it.client_config.ca_bundle)) {
            return Ok(());
        }
        let bundle = ByteString(bundle.as_bytes().to_vec());
        let webhooks: Vec<_> = webhooks
            .iter()
            .map(|it| json!({ "name": it.name, "clientConfig": { "caBundle": bundle } }))
            .collect();
        // Merged by name (Kubernetes: strategic merge patch), and only into the version that was looked at.
        let patch = json!({
            "metadata": { "resourceVersion": found.metadata.resource_version },
            "webhooks": webhooks,
        });
        match configurations
            .patch(name, &PatchParams::default(), &Patch::Strategic(patch))
            .await
        {
            Ok(_) => {
                tracing::info!(name, "the API server was told what to trust");
                Ok(())
            }
            Err(error) => Err(problem(&error)),
        }
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_hours(24 * (20_000 + days))
    }

    #[test]
    fn a_successor_is_trusted_before_it_signs_and_the_old_one_is_dropped_at_its_end() {
        let mut all = Authorities::default();
        assert!(all.tend(at(0)).unwrap());
        let first = all.signer(at(0)).unwrap().created;
        assert!(!all.tend(at(59)).unwrap());
        assert!(all.tend(at(61)).unwrap());
        assert_eq!(all.0.len(), 2);
        assert_eq!(all.bundle().matches("BEGIN CERTIFICATE").count(), 2);
        assert_eq!(
            all.signer(at(61)).unwrap().created,
            first,
            "not before every API server has seen it"
        );
        let after = at(61) + OVERLAP;
        assert_ne!(all.signer(after).unwrap().created, first);
        assert!(!all.tend(after).unwrap());
        assert!(all.tend(at(91)).unwrap());
        assert_eq!(all.0.len(), 1);
    }

    #[test]
    fn a_certificate_is_accepted_by_whoever_trusts_its_authority_and_by_nobody_else() {
        use rustls::{
            RootCertStore,
            client::{WebPkiServerVerifier, danger::ServerCertVerifier},
            pki_types::{ServerName, UnixTime, pem::PemObject},
        };
        let now = at(0);
        let (ours, other) = (Authority::make(now).unwrap(), Authority::make(now).unwrap());
        let names = ["webhook.ns.svc".to_owned(), "127.0.0.1".to_owned()];
        let leaf = ours.sign(&names, now + Duration::from_hours(24)).unwrap();
        let verifies = |authority: &Authority, name: &'static str, after: Duration| {
            let mut roots = RootCertStore::empty();
            roots
                .add(CertificateDer::from_pem_slice(authority.certificate.as_bytes()).unwrap())
                .unwrap();
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .unwrap();
            let time = UnixTime::since_unix_epoch((now + after).duration_since(UNIX_EPOCH).unwrap());
            let name = ServerName::try_from(name).unwrap();
            verifier
                .verify_server_cert(&leaf.certificate, &[], &name, &[], time)
                .is_ok()
        };
        let day = Duration::from_hours(24);
        assert!(verifies(&ours, "webhook.ns.svc", day));
        assert!(verifies(&ours, "127.0.0.1", day));
        assert!(!verifies(&other, "webhook.ns.svc", day));
        assert!(!verifies(&ours, "other.ns.svc", day));
        assert!(!verifies(&ours, "webhook.ns.svc", day * 3), "a certificate ends");
        assert!(!verifies(&ours, "webhook.ns.svc", day / 2), "a certificate begins");
    }
}
