//! SAML providers. Their metadata is read here, and nobody is contacted.

use rolecall_identity::{
    account::{
        saml_provider::{self, Changes, NewMetadata, NewProvider},
        tags,
    },
    session::Secret,
    state::SamlProvider,
};
use rolecall_wire::{generated::iam, saml::Metadata};

use super::{itself, limit, more, new_tags, request_tags, tagged, tags_in, tags_out, time};
use crate::aws::{fault::Fault, operation::answer};

/// What a document says, or IAM's sentence; why is for the log.
fn read(text: &str) -> Result<Metadata, Fault> {
    Metadata::parse(text).map_err(|error| {
        tracing::debug!(%error, "a metadata document is refused");
        Fault::sender("InvalidInput", 400, "Could not parse metadata")
    })
}

fn metadata<'a>(text: &'a str, read: &'a Metadata) -> NewMetadata<'a> {
    NewMetadata {
        text,
        entity_id: &read.entity_id,
        valid_until: read.valid_until.map(jiff::Timestamp::as_second),
        certificates: &read.certificates,
    }
}

fn is_required(mode: Option<&str>) -> Option<bool> {
    // The model lets nothing but `Required` and `Allowed` through.
    mode.map(|mode| mode == "Required")
}

answer! { iam::CreateSAMLProvider(cx, input) on saml_provider::arn(cx.account, &input.name).to_string(),
    with |input, context| request_tags(input.tags.as_deref(), context) => |permit| {
        let new_tags = new_tags(cx, "iam:TagSAMLProvider", &Self::resource(cx, &input), input.tags.as_deref())?;
        let document = read(&input.saml_metadata_document)?;
        let key = input.add_private_key.as_ref().map(|key| Secret::new(key.expose()));
        let new = NewProvider {
            name: input.name.parse().map_err(super::invalid)?,
            metadata: metadata(&input.saml_metadata_document, &document),
            encryption_required: is_required(input.assertion_encryption_mode.as_deref()),
            private_key: key.as_ref(),
            tags: &new_tags,
        };
        let made = cx.write(permit, |tx, permit| saml_provider::create(tx, permit, &new)).await?;
        Ok(iam::CreateSAMLProviderResponse {
            saml_provider_arn: Some(made.arn),
            tags: (!made.tags.is_empty()).then(|| tags_out(&made.tags)),
        })
    }
}

answer! { iam::GetSAMLProvider(cx, input) on input.saml_provider_arn.as_str() => |permit| {
    let found = saml_provider::get(&cx.snapshot, cx.account, &input.saml_provider_arn)
        .map_err(|error| cx.fault(&error))?;
    let keys = found.keys.iter().map(|key| iam::SAMLPrivateKey {
        key_id: Some(key.id.clone()),
        timestamp: Some(time(key.created)),
    });
    // It is there even where nobody has set it.
    let mode = if found.encryption_required == Some(true) { "Required" } else { "Allowed" };
    Ok(iam::GetSAMLProviderResponse {
        saml_provider_uuid: Some(found.uuid.clone()),
        saml_metadata_document: Some(found.metadata.clone()),
        create_date: Some(time(found.created)),
        valid_until: Some(time(found.valid_until)),
        tags: Some(tags_out(&found.tags)),
        assertion_encryption_mode: Some(mode.to_owned()),
        private_key_list: Some(keys.collect()),
    })
} }

answer! { iam::ListSAMLProviders(cx, input) on saml_provider::arn(cx.account, "*").to_string() => |permit| {
    let all = saml_provider::list(&cx.snapshot, cx.account);
    let entries = all.iter().map(|provider| iam::SAMLProviderListEntry {
        arn: Some(provider.arn.clone()),
        valid_until: Some(time(provider.valid_until)),
        create_date: Some(time(provider.created)),
    });
    Ok(iam::ListSAMLProvidersResponse { saml_provider_list: Some(entries.collect()) })
} }

answer! { iam::UpdateSAMLProvider(cx, input) on input.saml_provider_arn.as_str() => |permit| {
    let document = input.saml_metadata_document.as_deref().map(read).transpose()?;
    let key = input.add_private_key.as_ref().map(|key| Secret::new(key.expose()));
    let changes = Changes {
        metadata: input.saml_metadata_document.as_deref().zip(document.as_ref()).map(|(text, read)| metadata(text, read)),
        encryption_required: is_required(input.assertion_encryption_mode.as_deref()),
        add_key: key.as_ref(),
        remove_key: input.remove_private_key.as_deref(),
    };
    cx.write(permit, |tx, permit| saml_provider::update(tx, permit, &input.saml_provider_arn, &changes)).await?;
    Ok(iam::UpdateSAMLProviderResponse { saml_provider_arn: Some(input.saml_provider_arn) })
} }

answer! { iam::DeleteSAMLProvider(cx, input) on input.saml_provider_arn.as_str() => |permit| {
    cx.write(permit, |tx, permit| saml_provider::delete(tx, permit, &input.saml_provider_arn)).await
} }

tagged! { SamlProvider, saml_provider_arn, itself,
TagSAMLProvider UntagSAMLProvider ListSAMLProviderTags ListSAMLProviderTagsResponse }
