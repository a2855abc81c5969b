//! What is kept of the keys of issuers that we host.

use serde::{Deserialize, Serialize};

/// A signing key of an issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Form")]
pub struct HostedKey {
    /// `alg`: `RS256` or `ES384`.
    pub algorithm: String,
    /// The key (PKCS #8), wrapped by the root key and bound to its issuer, in hexadecimal.
    pub wrapped: String,
    /// From when on it signs, in seconds: it is published before that.
    pub signs_from: i64,
}

/// The forms that a key was ever kept in.
#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Key {
        algorithm: String,
        wrapped: String,
        #[serde(default)]
        signs_from: i64,
    },
    /// A cluster's only key.
    Wrapped(String),
}

impl From<Form> for HostedKey {
    fn from(form: Form) -> Self {
        let (algorithm, wrapped, signs_from) = match form {
            Form::Key {
                algorithm,
                wrapped,
                signs_from,
            } => (algorithm, wrapped, signs_from),
            Form::Wrapped(wrapped) => ("RS256".to_owned(), wrapped, 0),
        };
        Self {
            algorithm,
            wrapped,
            signs_from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_form_load() {
        let kept = r#"[{"algorithm":"ES384","wrapped":"00","signs_from":7},{"algorithm":"ES384","wrapped":"00"},"00"]"#;
        let keys: Vec<HostedKey> = serde_json::from_str(kept).unwrap();
        let of: Vec<_> = keys
            .iter()
            .map(|key| (key.algorithm.as_str(), key.signs_from))
            .collect();
        assert_eq!(of, [("ES384", 7), ("ES384", 0), ("RS256", 0)]);
        let again = serde_json::to_string(&keys).unwrap();
        assert_eq!(serde_json::from_str::<Vec<HostedKey>>(&again).unwrap(), keys);
    }
}
