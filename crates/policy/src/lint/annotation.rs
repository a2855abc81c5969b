//! Annotations of service accounts (Amazon EKS: IAM roles for service accounts): mistyped ones are passed over in
//! silence, and the pod runs without its role.

use super::{
    Finding,
    checks::{ROLE_ANNOTATION_INVALID, ROLE_ANNOTATION_MISSPELLED},
    elements::distance,
};

const ANNOTATIONS: [&str; 4] = [
    "eks.amazonaws.com/role-arn",
    "eks.amazonaws.com/audience",
    "eks.amazonaws.com/sts-regional-endpoints",
    "eks.amazonaws.com/token-expiration",
];

/// Whether a key is one of EKS's annotations, or was meant to be.
pub fn is_near_annotation(key: &str) -> bool {
    ANNOTATIONS.contains(&key) || meant(key).is_some()
}

/// The annotation that a wrong key was meant to be.
fn meant(key: &str) -> Option<&'static str> {
    if key.len() > 100 {
        return None;
    }
    let folded = key.to_lowercase();
    // A bare name, and one under another domain of AWS's, are meant as well as one with typing errors.
    let name = folded.rsplit('/').next().unwrap_or_default();
    let bare = ANNOTATIONS.into_iter().find(|known| {
        let last = known.rsplit('/').next().unwrap_or_default();
        let squeezed: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let plain: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
        squeezed == plain && (folded.contains("amazonaws") || folded.starts_with("eks") || plain == "rolearn")
    });
    bare.or_else(|| {
        let near = ANNOTATIONS
            .into_iter()
            .map(|known| (distance(&folded, known), known))
            .min();
        near.filter(|(distance, _)| *distance <= 4).map(|(_, known)| known)
    })
}

/// Checks an annotation of a service account, which stands at a line and a column.
pub fn annotation(key: &str, value: &str, place: (usize, usize), path: &str) -> Option<Finding> {
    let finding = |check, message| Some(Finding::new(check, place, path.to_owned(), message));
    if !ANNOTATIONS.contains(&key) {
        let meant = meant(key)?;
        let message = format!("`{key}` is no annotation of EKS and is passed over; did you mean `{meant}`?");
        return finding(ROLE_ANNOTATION_MISSPELLED, message);
    }
    let wrong = match key.rsplit('/').next() {
        Some("role-arn") if !is_role_arn(value) => "a role's ARN, such as `arn:aws:iam::123456789012:role/NAME`",
        Some("audience") if value.is_empty() => "an audience, such as `sts.amazonaws.com`",
        Some("sts-regional-endpoints") if value != "true" && value != "false" => "`true` or `false`",
        Some("token-expiration") if !value.parse().is_ok_and(|seconds| (600..=86_400_u32).contains(&seconds)) => {
            "seconds, from 600 to 86400"
        }
        _ => return None,
    };
    finding(
        ROLE_ANNOTATION_INVALID,
        format!("`{value}` is not what `{key}` takes: {wrong}"),
    )
}

fn is_role_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else {
        return false;
    };
    let in_form = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@-_/".contains(&b);
    partition.starts_with("aws")
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && resource
            .strip_prefix("role/")
            .is_some_and(|name| !name.is_empty() && !name.ends_with('/') && name.bytes().all(in_form))
}
