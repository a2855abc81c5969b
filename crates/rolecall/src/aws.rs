//! AWS's APIs as our verbs call them: credentials, region and profile found as every AWS tool finds them.

use std::time::SystemTime;

use anyhow::{Context, Result};
use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials;
use rolecall_wire::client::{self, Client};

use crate::{cli::Place, clock};

/// A connection to one account in one region.
pub(crate) struct Aws {
    pub(crate) client: Client,
    pub(crate) region: String,
    /// When the credentials end, if they do.
    pub(crate) expires: Option<SystemTime>,
}

impl Aws {
    /// Finds region, credentials and endpoint in the environment and the AWS configuration files.
    pub(crate) async fn connect(place: &Place) -> Result<Self> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(region) = &place.region {
            loader = loader.region(aws_config::Region::new(region.clone()));
        }
        if let Some(profile) = &place.profile {
            loader = loader.profile_name(profile);
        }
        let config = loader.load().await;
        let region = config
            .region()
            .map(ToString::to_string)
            .context("no region: set AWS_REGION, or --region (for `rolecall dev`: `. ./.rolecall/env`)")?;
        let credentials = config
            .credentials_provider()
            .context("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile (for `rolecall dev`: `. ./.rolecall/env`)")?
            .provide_credentials()
            .await
            .context("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile (for `rolecall dev`: `. ./.rolecall/env`)")?;
        let expires = credentials.expiry();
        let credentials = client::Credentials {
            access_key_id: credentials.access_key_id().to_owned(),
            secret_access_key: credentials.secret_access_key().into(),
            session_token: credentials.session_token().map(str::to_owned),
        };
        let environment = client::Environment::read(crate::environment);
        let client = Client::new(environment, region.clone(), credentials, clock::now)?;
        Ok(Self {
            client,
            region,
            expires,
        })
    }
}
