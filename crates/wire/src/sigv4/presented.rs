//! What a request presents: a credential, a scope, a signature; and their verification.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

use super::{ALGORITHM, LONGEST_PRESIGNED, RequestParts, SKEW, Signed, SigningKey, canonical, format_date, parse_date};

/// What a signature is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Such as `20261125`.
    pub day: String,
    /// Such as `us-east-2`.
    pub region: String,
    /// Such as `sts`.
    pub service: String,
}

impl Scope {
    fn text(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.day, self.region, self.service)
    }
}

/// A credential and a signature, read and not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// Whose key it claims to be signed with.
    pub access_key_id: String,
    /// What it claims to be good for.
    pub scope: Scope,
    /// The session token that came with it.
    pub session_token: Option<String>,
    /// The life of a presigned URL; none for a header.
    pub expires: Option<Duration>,
    /// When it was signed.
    pub time: SystemTime,
    date: String,
    signed_headers: Vec<String>,
    signature: String,
}

/// What is wrong with what was presented. Each service says it in its own words; see [`Rejection::message`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// There is no signature at all.
    Missing,
    /// The old signature version, or another algorithm.
    Algorithm(String),
    /// Parts are missing or cannot be read; AWS's sentence.
    Incomplete(String),
    /// The credential is not of the form `KEY/DAY/REGION/SERVICE/aws4_request`.
    Credential(String),
    /// The day of the scope is not that of the date.
    Day {
        /// The scope's day.
        scope: String,
        /// The date, such as `20261125T031500Z`.
        date: String,
    },
    /// The region of the scope is none.
    Region,
    /// The scope is of another service than the one that answers.
    Service {
        /// The one that answers.
        expected: String,
    },
    /// A header that must be signed is not.
    UnsignedHeader(String),
    /// Signed too long ago.
    Expired {
        /// When it was signed.
        signed: SystemTime,
        /// Now.
        now: SystemTime,
    },
    /// Signed in the future.
    NotYetCurrent {
        /// When it was signed.
        signed: SystemTime,
        /// Now.
        now: SystemTime,
    },
    /// A presigned URL after its time.
    PresignedExpired {
        /// Its life.
        expires: Duration,
        /// When it ended.
        ended: SystemTime,
    },
    /// A presigned URL that is to live longer than is allowed.
    TooLong {
        /// The longest that is allowed.
        longest: Duration,
    },
    /// The signature is not that of the request.
    Mismatch {
        /// The canonical request, as we see it.
        canonical: String,
        /// The text that was signed, as we see it.
        string_to_sign: String,
    },
}

impl Presented {
    /// Reads a header or a presigned query. A request with both is refused.
    pub fn read(headers: &HeaderMap, query: &str) -> Result<Self, Rejection> {
        let presigned = query
            .split('&')
            .any(|pair| pair.starts_with("X-Amz-Algorithm=") || pair.starts_with("X-Amz-Signature="));
        let old = query
            .split('&')
            .any(|pair| pair.starts_with("AWSAccessKeyId=") || pair.starts_with("Signature="));
        let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
        match authorizations.next() {
            Some(_) if authorizations.next().is_some() => {
                Err(Rejection::Incomplete("Only one Authorization header is allowed.".to_owned()))
            }
            Some(_) if presigned => Err(Rejection::Incomplete(
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified".to_owned(),
            )),
            Some(value) => {
                let text = value.to_str().map_err(|_| Rejection::Incomplete("Authorization header is not text.".to_owned()))?;
                Self::from_header(text, headers)
            }
            None if presigned => Self::from_query(query),
            None if old => Err(Rejection::Algorithm("AWS".to_owned())),
            None => Err(Rejection::Missing),
        }
    }

    fn from_header(text: &str, headers: &HeaderMap) -> Result<Self, Rejection> {
        let (algorithm, rest) = text.split_once(' ').unwrap_or((text, ""));
        if algorithm != ALGORITHM {
            return Err(Rejection::Algorithm(algorithm.to_owned()));
        }
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in rest.split(',').map(str::trim) {
            let place = match part.split_once('=') {
                Some(("Credential", value)) => (&mut credential, value),
                Some(("SignedHeaders", value)) => (&mut signed_headers, value),
                Some(("Signature", value)) => (&mut signature, value),
                _ => continue,
            };
            if place.0.replace(place.1).is_some() {
                return Err(Rejection::Incomplete(format!(
                    "Authorization header names a parameter twice. Authorization={text}"
                )));
            }
        }
        let date = headers
            .get("x-amz-date")
            .or_else(|| headers.get(header::DATE))
            .and_then(|value| value.to_str().ok());
        let mut lacks = String::new();
        for (name, value) in [
            ("Credential", credential),
            ("Signature", signature),
            ("SignedHeaders", signed_headers),
        ] {
            if value.is_none_or(str::is_empty) {
                lacks.extend(["Authorization header requires '", name, "' parameter. "]);
            }
        }
        if date.is_none() {
            lacks.push_str("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
        }
        let (Some(credential), Some(signature), Some(signed_headers), Some(date), true) =
            (credential, signature, signed_headers, date, lacks.is_empty())
        else {
            return Err(Rejection::Incomplete(format!("{lacks}Authorization={text}")));
        };
        let session_token = headers
            .get("x-amz-security-token")
            .and_then(|value| value.to_str().ok());
        Self::new(credential, signed_headers, signature, date, session_token, None)
    }

    fn from_query(query: &str) -> Result<Self, Rejection> {
        let mut found: [(&str, Option<String>); 7] = [
            ("X-Amz-Algorithm", None),
            ("X-Amz-Credential", None),
            ("X-Amz-Date", None),
            ("X-Amz-Expires", None),
            ("X-Amz-SignedHeaders", None),
            ("X-Amz-Signature", None),
            ("X-Amz-Security-Token", None),
        ];
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if let Some((_, place)) = found.iter_mut().find(|(known, _)| *known == name) {
                let value = percent_encoding::percent_decode_str(value).decode_utf8();
                let value = value.map_err(|_| Rejection::Incomplete(format!("{name} is not UTF-8.")))?;
                if place.replace(value.into_owned()).is_some() {
                    return Err(Rejection::Incomplete(format!("{name} stands twice.")));
                }
            }
        }
        let [algorithm, credential, date, expires, signed_headers, signature, token] = found.map(|(_, value)| value);
        match algorithm {
            Some(algorithm) if algorithm == ALGORITHM => {}
            other => return Err(Rejection::Algorithm(other.unwrap_or_default())),
        }
        let need = |name: &str, value: Option<String>| {
            value.filter(|value| !value.is_empty()).ok_or_else(|| {
                Rejection::Incomplete(format!(
                    "AWS query-string parameters must include '{name}'. Re-examine the query-string parameters."
                ))
            })
        };
        let expires = need("X-Amz-Expires", expires)?;
        let seconds = expires
            .parse::<u32>()
            .map_err(|_| Rejection::Incomplete("X-Amz-Expires should be a number".to_owned()))?;
        let expires = Duration::from_secs(u64::from(seconds));
        Self::new(
            &need("X-Amz-Credential", credential)?,
            &need("X-Amz-SignedHeaders", signed_headers)?,
            &need("X-Amz-Signature", signature)?,
            &need("X-Amz-Date", date)?,
            token.as_deref(),
            Some(expires),
        )
    }

    fn new(
        credential: &str,
        signed_headers: &str,
        signature: &str,
        date: &str,
        session_token: Option<&str>,
        expires: Option<Duration>,
    ) -> Result<Self, Rejection> {
        let parts: Vec<&str> = credential.split('/').collect();
        let [access_key_id, day, region, service, "aws4_request"] = parts[..] else {
            return Err(Rejection::Credential(credential.to_owned()));
        };
        let time = parse_date(date).ok_or_else(|| {
            Rejection::Incomplete(format!(
                "Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ))
        })?;
        if date.get(..8) != Some(day) {
            return Err(Rejection::Day {
                scope: day.to_owned(),
                date: date.to_owned(),
            });
        }
        let signed: Vec<String> = signed_headers.split(';').map(str::to_owned).collect();
        let in_order = signed
            .windows(2)
            .all(|pair| matches!(pair, [one, other] if one < other));
        let in_form = signed
            .iter()
            .all(|name| !name.is_empty() && !name.bytes().any(|b| b.is_ascii_uppercase()));
        if !in_order || !in_form {
            return Err(Rejection::Incomplete(format!(
                "SignedHeaders must be in lower case and in order. Got '{signed_headers}'"
            )));
        }
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            scope: Scope {
                day: day.to_owned(),
                region: region.to_owned(),
                service: service.to_owned(),
            },
            session_token: session_token.map(str::to_owned),
            expires,
            time,
            date: date.to_owned(),
            signed_headers: signed,
            signature: signature.to_owned(),
        })
    }

    /// What was presented elsewhere to S3, by its canonical request, which says which headers were signed and how long a
    /// presigned URL lives.
    pub(crate) fn of_canonical(
        access_key_id: &str,
        session_token: Option<&str>,
        date: &str,
        region: &str,
        canonical: &[u8],
        signature: &str,
    ) -> Result<Self, Rejection> {
        let wrong = || Rejection::Incomplete("This is no canonical request.".to_owned());
        let lines: Vec<&[u8]> = canonical.split(|byte| *byte == b'\n').collect();
        let [_, _, query, .., signed_headers, _] = &lines[..] else {
            return Err(wrong());
        };
        let query = std::str::from_utf8(query).map_err(|_| wrong())?;
        let signed_headers = std::str::from_utf8(signed_headers).map_err(|_| wrong())?;
        let values = |name| -> Vec<&str> {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .filter_map(|(known, value)| (known == name).then_some(value))
                .collect()
        };
        let expires = match (&values("X-Amz-Algorithm")[..], &values("X-Amz-Expires")[..]) {
            ([], _) => None,
            ([_], [seconds]) => {
                let seconds = seconds.parse::<u32>().map_err(|_| wrong())?;
                Some(Duration::from_secs(u64::from(seconds)))
            }
            // Said twice, or not at all: nobody could tell which life was meant.
            _ => return Err(wrong()),
        };
        let day = date.get(..8).unwrap_or_default();
        let credential = format!("{access_key_id}/{day}/{region}/s3/aws4_request");
        Self::new(&credential, signed_headers, signature, date, session_token, expires)
    }

    /// The date that was signed, such as `20261125T031500Z`.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// The canonical request of what was presented with these parts.
    pub fn canonical(&self, parts: &RequestParts<'_>) -> Vec<u8> {
        let signed: Vec<&str> = self.signed_headers.iter().map(String::as_str).collect();
        parts.canonical(&signed, self.is_presigned())
    }

    /// What is wrong where the signature is not that of the request, for somebody who has not the key.
    pub fn mismatch(&self, parts: &RequestParts<'_>) -> Rejection {
        self.mismatch_of(&self.canonical(parts))
    }

    fn mismatch_of(&self, canonical: &[u8]) -> Rejection {
        Rejection::Mismatch {
            canonical: String::from_utf8_lossy(canonical).into_owned(),
            string_to_sign: canonical::string_to_sign(&self.date, &self.scope.text(), canonical),
        }
    }

    /// Whether it was presented in a query string.
    pub fn is_presigned(&self) -> bool {
        self.expires.is_some()
    }

    /// Refuses a scope of no region, or of another service than the one that answers.
    pub fn check_scope(&self, service: &str) -> Result<(), Rejection> {
        if !rolecall_names::is_region(&self.scope.region) {
            return Err(Rejection::Region);
        }
        if self.scope.service != service {
            return Err(Rejection::Service {
                expected: service.to_owned(),
            });
        }
        Ok(())
    }

    /// Refuses what was signed too long ago, in the future, or for longer than `longest`.
    pub fn check_time(&self, now: SystemTime, longest: Duration) -> Result<(), Rejection> {
        let ahead = self.time.duration_since(now).unwrap_or_default();
        let behind = now.duration_since(self.time).unwrap_or_default();
        if ahead > SKEW {
            return Err(Rejection::NotYetCurrent { signed: self.time, now });
        }
        match self.expires {
            Some(expires) => {
                let longest = longest.min(LONGEST_PRESIGNED);
                if expires > longest {
                    return Err(Rejection::TooLong { longest });
                }
                if behind > expires {
                    let ended = self.time.checked_add(expires).unwrap_or(now);
                    return Err(Rejection::PresignedExpired { expires, ended });
                }
            }
            None if behind > SKEW => return Err(Rejection::Expired { signed: self.time, now }),
            None => {}
        }
        Ok(())
    }

    /// Verifies the signature. `host` and every `x-amz-*` header that came must be signed (threat 5).
    pub fn verify(&self, parts: &RequestParts<'_>, key: &SigningKey) -> Result<Signed, Rejection> {
        let signed: Vec<&str> = self.signed_headers.iter().map(String::as_str).collect();
        for name in parts.headers.keys() {
            let name = name.as_str();
            // A session token may be added after a presigned URL was made, and is checked by itself.
            if name.starts_with("x-amz-") && name != "x-amz-security-token" && signed.binary_search(&name).is_err() {
                return Err(Rejection::UnsignedHeader(name.to_owned()));
            }
        }
        self.verify_canonical(&parts.canonical(&signed, self.is_presigned()), key)
    }

    /// Verifies the signature of a canonical request, for somebody who has not the request itself: that nothing in it was
    /// left unsigned is for whoever has it to say.
    pub fn verify_canonical(&self, canonical: &[u8], key: &SigningKey) -> Result<Signed, Rejection> {
        if !self.signed_headers.iter().any(|name| name == "host") {
            return Err(Rejection::UnsignedHeader("host".to_owned()));
        }
        let scope = self.scope.text();
        let string_to_sign = canonical::string_to_sign(&self.date, &scope, canonical);
        if key.verifies(string_to_sign.as_bytes(), &self.signature) {
            Ok(Signed {
                signature: self.signature.clone(),
                date: self.date.clone(),
                scope,
            })
        } else {
            Err(self.mismatch_of(canonical))
        }
    }

    /// The signature as it was presented.
    pub fn signature(&self) -> &str {
        &self.signature
    }
}

impl Rejection {
    /// AWS's sentence in the query services.
    pub fn message(&self) -> String {
        const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
        match self {
            Self::Missing => "Request is missing Authentication Token".to_owned(),
            Self::Algorithm(algorithm) => format!("Unsupported AWS 'algorithm': '{algorithm}'"),
            Self::Incomplete(sentence) => sentence.clone(),
            Self::Credential(credential) => {
                format!(
                    "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
                )
            }
            Self::Day { scope, date } => format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scope}' != '{}', from '{date}'.",
                date.get(..8).unwrap_or_default()
            ),
            Self::Region => "Credential should be scoped to a valid region. ".to_owned(),
            Self::Service { expected } => format!("Credential should be scoped to correct service: '{expected}'. "),
            Self::UnsignedHeader(name) => format!("'{name}' must be a 'SignedHeader' in the AWS Authorization."),
            Self::Expired { signed, now } => {
                let earliest = now.checked_sub(SKEW).unwrap_or(*now);
                format!(
                    "Signature expired: {} is now earlier than {} ({} - 15 min.)",
                    format_date(*signed),
                    format_date(earliest),
                    format_date(*now)
                )
            }
            Self::NotYetCurrent { signed, now } => {
                let latest = now.checked_add(SKEW).unwrap_or(*now);
                format!(
                    "Signature not yet current: {} is still later than {} ({} + 15 min.)",
                    format_date(*signed),
                    format_date(latest),
                    format_date(*now)
                )
            }
            Self::PresignedExpired { .. } => "Request has expired".to_owned(),
            Self::TooLong { longest } => {
                format!("X-Amz-Expires must be less than {} seconds", longest.as_secs())
            }
            Self::Mismatch { .. } => MISMATCH.to_owned(),
        }
    }

    /// The code in the query services, such as IAM and STS.
    pub fn query_code(&self) -> &'static str {
        match self {
            Self::Missing => "MissingAuthenticationToken",
            Self::Algorithm(_) | Self::Incomplete(_) | Self::Credential(_) => "IncompleteSignature",
            _ => "SignatureDoesNotMatch",
        }
    }

    /// The code in the REST-JSON services, such as EKS.
    pub fn json_code(&self) -> &'static str {
        match self {
            Self::Missing => "MissingAuthenticationTokenException",
            Self::Algorithm(_) | Self::Incomplete(_) | Self::Credential(_) => "IncompleteSignatureException",
            _ => "InvalidSignatureException",
        }
    }

    /// The sentence in the REST-JSON services.
    pub fn json_message(&self) -> String {
        match self {
            Self::Missing => "Missing Authentication Token".to_owned(),
            other => other.message(),
        }
    }

    /// The HTTP status in both.
    pub fn status(&self) -> http::StatusCode {
        match self {
            Self::Algorithm(_) | Self::Incomplete(_) | Self::Credential(_) => http::StatusCode::BAD_REQUEST,
            _ => http::StatusCode::FORBIDDEN,
        }
    }
}
