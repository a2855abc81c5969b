//! Where the services are.

use std::{collections::BTreeMap, path::PathBuf};

use http::Uri;

use super::Error;

/// The services, by the name that signatures are scoped to and the one in variables.
const SERVICES: &[(&str, &str)] = &[
    ("iam", "IAM"),
    ("sts", "STS"),
    ("eks", "EKS"),
    ("eks-auth", "EKS_AUTH"),
    ("s3", "S3"),
    ("rolecall", "ROLECALL"),
];

/// What the environment says about endpoints and trust (AWS SDKs and Tools Reference Guide: Service-specific endpoints).
#[derive(Debug, Clone, Default)]
pub struct Environment {
    services: BTreeMap<&'static str, String>,
    all: Option<String>,
    /// The certificates to trust instead of the system's (`AWS_CA_BUNDLE`).
    pub(super) ca_bundle: Option<PathBuf>,
}

impl Environment {
    /// Reads variables: `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_SERVICE`, `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`,
    /// `AWS_CA_BUNDLE`.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let present = |name: &str| variable(name).filter(|value| !value.is_empty());
        let ca_bundle = present("AWS_CA_BUNDLE").map(PathBuf::from);
        if present("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Self {
                ca_bundle,
                ..Self::default()
            };
        }
        Self {
            services: SERVICES
                .iter()
                .filter_map(|(service, name)| Some((*service, present(&format!("AWS_ENDPOINT_URL_{name}"))?)))
                .collect(),
            all: present("AWS_ENDPOINT_URL"),
            ca_bundle,
        }
    }

    /// One endpoint for all services.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            all: Some(url.into()),
            ..Self::default()
        }
    }

    /// The endpoint of all services that have none, such as `endpoint_url` of a profile.
    #[must_use]
    pub fn or(mut self, url: Option<&str>) -> Self {
        self.all = self.all.or_else(|| url.map(str::to_owned));
        self
    }

    /// The certificates to trust instead of the system's.
    #[must_use]
    pub fn trusting(mut self, bundle: impl Into<PathBuf>) -> Self {
        self.ca_bundle = Some(bundle.into());
        self
    }

    /// Whether no configured endpoint needs a certificate; services left to AWS do.
    pub(super) fn is_plain(&self) -> bool {
        self.all
            .as_ref()
            .into_iter()
            .chain(self.services.values())
            .all(|url| url.starts_with("http://"))
            && self.all.is_some()
    }

    /// The endpoint of a service in a region.
    pub(super) fn endpoint(&self, service: &str, region: &str) -> Result<Endpoint, Error> {
        let region_of_signature = signing_region(service, region);
        let url = match self.services.get(service).or(self.all.as_ref()) {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("https://{}", aws(service, region)?),
        };
        let wrong = || {
            Error::Configuration(format!(
                "`{url}` is not an endpoint: it must be http:// or https:// with a host"
            ))
        };
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(wrong());
        };
        if !matches!(scheme, "http" | "https") || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(wrong());
        }
        Ok(Endpoint {
            scheme: scheme.to_owned(),
            authority: authority.to_string(),
            path: uri.path().trim_end_matches('/').to_owned(),
            region: region_of_signature.to_owned(),
            url,
        })
    }
}

/// Where a service is, and the region that its signatures name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: String,
    authority: String,
    path: String,
    region: String,
    url: String,
}

impl Endpoint {
    /// `http` or `https`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host, and the port where there is one.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// What stands before every path; empty, or starting and not ending with a slash.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The region that signatures name.
    pub fn signing_region(&self) -> &str {
        &self.region
    }

    /// As it was configured.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// IAM is one for all regions of a partition (AWS General Reference: IAM endpoints and quotas).
fn signing_region<'a>(service: &str, region: &'a str) -> &'a str {
    match service {
        "iam" if region.starts_with("cn-") => "cn-north-1",
        "iam" if region.starts_with("us-gov-") => "us-gov-west-1",
        "iam" => "us-east-1",
        _ => region,
    }
}

/// AWS's own host of a service.
fn aws(service: &str, region: &str) -> Result<String, Error> {
    if !rolecall_names::is_region(region) {
        return Err(Error::Configuration(format!("`{region}` is not a region")));
    }
    let china = region.starts_with("cn-");
    let suffix = if china { "amazonaws.com.cn" } else { "amazonaws.com" };
    Ok(match service {
        "iam" if china => format!("iam.cn-north-1.{suffix}"),
        "iam" if region.starts_with("us-gov-") => "iam.us-gov.amazonaws.com".to_owned(),
        "iam" => "iam.amazonaws.com".to_owned(),
        "eks-auth" if china => format!("eks-auth.{region}.api.amazonwebservices.com.cn"),
        "eks-auth" => format!("eks-auth.{region}.api.aws"),
        "rolecall" => {
            return Err(Error::Configuration(
                "AWS has no such call: set AWS_ENDPOINT_URL to a rolecall server (for `rolecall dev`: `. ./.rolecall/env`)".to_owned(),
            ));
        }
        _ => format!("{service}.{region}.{suffix}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::read(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn url(environment: &Environment, service: &str, region: &str) -> String {
        let endpoint = environment.endpoint(service, region).unwrap();
        format!(
            "{} {} {}",
            endpoint.scheme(),
            endpoint.authority(),
            endpoint.signing_region()
        )
    }

    #[test]
    fn a_services_own_endpoint_goes_before_the_one_for_all() {
        let environment = environment(&[
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566/"),
            ("AWS_ENDPOINT_URL_EKS_AUTH", "https://example.com"),
        ]);
        assert_eq!(url(&environment, "sts", "us-east-2"), "http 127.0.0.1:4566 us-east-2");
        assert_eq!(
            url(&environment, "eks-auth", "us-east-2"),
            "https example.com us-east-2"
        );
        assert_eq!(url(&environment, "iam", "us-east-2"), "http 127.0.0.1:4566 us-east-1");
        assert!(!environment.is_plain());
    }

    #[test]
    fn without_variables_it_is_awss() {
        let environment = environment(&[]);
        assert_eq!(
            url(&environment, "sts", "eu-west-1"),
            "https sts.eu-west-1.amazonaws.com eu-west-1"
        );
        assert_eq!(
            url(&environment, "iam", "cn-northwest-1"),
            "https iam.cn-north-1.amazonaws.com.cn cn-north-1"
        );
        assert!(environment.endpoint("rolecall", "eu-west-1").is_err());
        assert!(environment.endpoint("sts", "evil.example/").is_err());
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for wrong in [
            "127.0.0.1:4566",
            "ftp://x",
            "http://",
            "http://x?y",
            "http://user@x",
            "",
        ] {
            assert!(Environment::at(wrong).endpoint("sts", "eu-west-1").is_err(), "{wrong}");
        }
    }

    #[test]
    fn endpoints_can_be_ignored() {
        let variables = [
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
        ];
        assert_eq!(
            url(&environment(&variables), "sts", "eu-west-1"),
            "https sts.eu-west-1.amazonaws.com eu-west-1"
        );
    }
}
