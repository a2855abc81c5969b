//! The signature, and what S3 says when it is wrong (Amazon S3 API Reference: Error responses).

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, StatusCode, request::Parts};
use rolecall_wire::sigv4::{Path, Payload, Presented, Rejection, RequestParts, Signed};

use crate::{
    authority::{Authority, KeyRequest, NoCaller},
    decide::{Asker, Signing},
    fault::Fault,
    recognise::Credentials,
};

/// A caller whose signature is right, and the seed of their chunks.
pub(crate) struct Verified {
    pub(crate) asker: Asker,
    pub(crate) signed: Option<Signed>,
    /// The scope's region; none for anonymous callers.
    pub(crate) region: Option<String>,
    /// What `x-amz-content-sha256` said.
    pub(crate) payload: String,
}

/// Verifies who a request is from.
pub(crate) async fn verify(
    parts: &Parts,
    credentials: Credentials,
    authority: &dyn Authority,
    longest: Duration,
) -> Result<Verified, Fault> {
    if credentials == Credentials::Anonymous {
        let asker = Asker {
            caller: None,
            signing: None,
        };
        return Ok(Verified {
            asker,
            signed: None,
            region: None,
            payload: payload(parts, credentials)?,
        });
    }
    let query = parts.uri.query().unwrap_or_default();
    let presented =
        Presented::read(&parts.headers, query).map_err(|rejection| fault(&rejection, None, &parts.headers))?;
    let wrong = |rejection: &Rejection| fault(rejection, Some(&presented), &parts.headers);
    presented.check_scope("s3").map_err(|rejection| wrong(&rejection))?;
    let payload = payload(parts, credentials)?;
    let now = authority.now();
    presented
        .check_time(now, longest)
        .map_err(|rejection| wrong(&rejection))?;
    let covered = RequestParts {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query,
        headers: &parts.headers,
        payload: &payload,
        form: Path::AsSent,
    };
    let asked = KeyRequest {
        access_key_id: &presented.access_key_id,
        session_token: presented.session_token.as_deref(),
        date: &presented.scope.day,
        region: &presented.scope.region,
        presented: &presented,
        covered: &covered,
    };
    let caller = authority.caller(asked).await.map_err(|refused| match refused {
        NoCaller::Mismatch => wrong(&presented.mismatch(&covered)),
        other => no_caller(other, &presented),
    })?;
    let signed = presented
        .verify(&covered, &caller.key)
        .map_err(|rejection| wrong(&rejection))?;
    let signing = Signing {
        kind: if presented.is_presigned() {
            "REST-QUERY-STRING"
        } else {
            "REST-HEADER"
        },
        age: now.duration_since(presented.time).unwrap_or_default(),
        payload: payload.clone(),
    };
    Ok(Verified {
        asker: Asker {
            caller: Some(Arc::clone(&caller)),
            signing: Some(signing),
        },
        signed: Some(signed),
        region: Some(presented.scope.region.clone()),
        payload,
    })
}

/// What the last line of the canonical request says. A presigned URL says it in its query, or not at all.
fn payload(parts: &Parts, credentials: Credentials) -> Result<String, Fault> {
    let header = parts.headers.get("x-amz-content-sha256");
    let wrong = || {
        Fault::invalid_argument(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
            "x-amz-content-sha256",
            "",
        )
    };
    let text = match (header, credentials) {
        (Some(value), _) => value.to_str().map_err(|_| wrong())?.to_owned(),
        (None, Credentials::Header) => {
            return Err(Fault::invalid_request(
                "Missing required header for this request: x-amz-content-sha256",
            ));
        }
        (None, Credentials::Presigned) => {
            let query = parts.uri.query().unwrap_or_default();
            let found = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("X-Amz-Content-Sha256="));
            found.unwrap_or("UNSIGNED-PAYLOAD").to_owned()
        }
        (None, Credentials::Anonymous) => "UNSIGNED-PAYLOAD".to_owned(),
    };
    match Payload::parse(&text) {
        Some(Payload::SignedChunks | Payload::SignedChunksAndTrailer) if credentials != Credentials::Header => {
            Err(wrong())
        }
        Some(_) => Ok(text),
        None => Err(wrong()),
    }
}

fn no_caller(refused: NoCaller, presented: &Presented) -> Fault {
    match refused {
        NoCaller::UnknownKey => Fault::new(
            StatusCode::FORBIDDEN,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        )
        .with("AWSAccessKeyId", presented.access_key_id.as_str()),
        NoCaller::InvalidToken => Fault::bad("InvalidToken", "The provided token is malformed or otherwise invalid."),
        NoCaller::Mismatch => Fault::denied("Access Denied"),
        // The SDKs ask again where this says.
        NoCaller::Region(expected) => Fault::bad(
            "AuthorizationHeaderMalformed",
            format!(
                "The authorization header is malformed; the region '{}' is wrong; expecting '{expected}'",
                presented.scope.region
            ),
        )
        .with("Region", expected),
        NoCaller::Expired => Fault::bad("ExpiredToken", "The provided token has expired."),
        NoCaller::Unavailable(why) => {
            tracing::error!(%why, "the authority cannot say who calls");
            Fault::unavailable()
        }
    }
}

fn fault(rejection: &Rejection, presented: Option<&Presented>, headers: &HeaderMap) -> Fault {
    let presigned = presented.is_some_and(Presented::is_presigned);
    let malformed = |message: String| {
        let code = if presigned || !headers.contains_key("authorization") {
            "AuthorizationQueryParametersError"
        } else {
            "AuthorizationHeaderMalformed"
        };
        Fault::bad(code, message)
    };
    let skewed = |signed, now| {
        Fault::new(
            StatusCode::FORBIDDEN,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
        .with("RequestTime", rolecall_wire::sigv4::format_date(signed))
        .with("ServerTime", crate::decide::iso8601(seconds(now)))
        .with("MaxAllowedSkewMilliseconds", "900000")
    };
    match rejection {
        Rejection::Missing => Fault::denied("Access Denied"),
        Rejection::Algorithm(_) => Fault::invalid_request(
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
        ),
        Rejection::Incomplete(sentence) => malformed(format!("The authorization header is malformed; {sentence}")),
        Rejection::Credential(_) => malformed(
            "The authorization header is malformed; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".".to_owned(),
        ),
        Rejection::Day { scope, date } => malformed(format!(
            "The authorization header is malformed; Invalid credential date \"{scope}\". This date is not the same as X-Amz-Date: \"{}\".",
            date.get(..8).unwrap_or_default()
        )),
        Rejection::Region => {
            let region = presented.map(|presented| presented.scope.region.as_str()).unwrap_or_default();
            malformed(format!("The authorization header is malformed; the region '{region}' is wrong"))
        }
        Rejection::Service { expected } => malformed(format!(
            "The authorization header is malformed; incorrect service \"{}\". This endpoint belongs to \"{expected}\".",
            presented.map(|presented| presented.scope.service.as_str()).unwrap_or_default()
        )),
        Rejection::UnsignedHeader(name) => {
            Fault::denied("There were headers present in the request which were not signed")
                .with("HeadersNotSigned", name.as_str())
        }
        Rejection::NotYetCurrent { now, .. } if presigned => {
            Fault::denied("Request is not yet valid").with("ServerTime", crate::decide::iso8601(seconds(*now)))
        }
        Rejection::Expired { signed, now } | Rejection::NotYetCurrent { signed, now } => skewed(*signed, *now),
        Rejection::PresignedExpired { expires, ended } => Fault::denied("Request has expired")
            .with("X-Amz-Expires", expires.as_secs().to_string())
            .with("Expires", crate::decide::iso8601(seconds(*ended))),
        Rejection::TooLong { longest } => Fault::bad(
            "AuthorizationQueryParametersError",
            format!("X-Amz-Expires must be less than {} seconds", longest.as_secs()),
        ),
        Rejection::Mismatch { canonical, string_to_sign } => Fault::new(
            StatusCode::FORBIDDEN,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        )
        .with("AWSAccessKeyId", presented.map(|presented| presented.access_key_id.clone()).unwrap_or_default())
        .with("StringToSign", string_to_sign.as_str())
        .with("SignatureProvided", presented.map(Presented::signature).unwrap_or_default())
        .with("StringToSignBytes", bytes(string_to_sign))
        .with("CanonicalRequest", canonical.as_str())
        .with("CanonicalRequestBytes", bytes(canonical)),
    }
}

fn seconds(time: std::time::SystemTime) -> u64 {
    time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn bytes(text: &str) -> String {
    text.bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ")
}
