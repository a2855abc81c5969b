//! OpenID Connect providers. Creating one contacts nobody.

use rolecall_identity::{
    account::{
        oidc_provider::{self, NewProvider},
        tags,
    },
    state::Provider,
};
use rolecall_wire::generated::iam;

use super::{itself, limit, more, new_tags, request_tags, tagged, tags_in, tags_out, time};
use crate::aws::operation::answer;

answer! { iam::CreateOpenIDConnectProvider(cx, input) on oidc_provider::arn(cx.account, &input.url).to_string(),
    with |input, context| request_tags(input.tags.as_deref(), context) => |permit| {
        let new_tags = new_tags(cx, "iam:TagOpenIDConnectProvider", &Self::resource(cx, &input), input.tags.as_deref())?;
        let client_ids = input.client_id_list.unwrap_or_default();
        let thumbprints = input.thumbprint_list.unwrap_or_default();
        let new = NewProvider { url: &input.url, client_ids: &client_ids, thumbprints: &thumbprints, tags: &new_tags };
        let made = cx.write(permit, |tx, permit| oidc_provider::create(tx, permit, &new)).await?;
        Ok(iam::CreateOpenIDConnectProviderResponse {
            open_id_connect_provider_arn: Some(made.arn),
            tags: (!made.tags.is_empty()).then(|| tags_out(&made.tags)),
        })
    }
}

answer! { iam::GetOpenIDConnectProvider(cx, input) on input.open_id_connect_provider_arn.as_str() => |permit| {
    let found = oidc_provider::get(&cx.snapshot, cx.account, &input.open_id_connect_provider_arn)
        .map_err(|error| cx.fault(&error))?;
    Ok(iam::GetOpenIDConnectProviderResponse {
        client_id_list: Some(found.client_ids.clone()),
        create_date: Some(time(found.created)),
        tags: Some(tags_out(&found.tags)),
        thumbprint_list: Some(found.thumbprints.clone()),
        url: Some(found.url.clone()),
    })
} }

answer! { iam::ListOpenIDConnectProviders(cx, input) on oidc_provider::arn(cx.account, "*").to_string() => |permit| {
    let all = oidc_provider::list(&cx.snapshot, cx.account);
    let entries = all.iter().map(|provider| iam::OpenIDConnectProviderListEntry { arn: Some(provider.arn.clone()) });
    Ok(iam::ListOpenIDConnectProvidersResponse { open_id_connect_provider_list: Some(entries.collect()) })
} }

answer! { iam::DeleteOpenIDConnectProvider(cx, input) on input.open_id_connect_provider_arn.as_str() => |permit| {
    let gone = cx
        .write(permit, |tx, permit| oidc_provider::delete(tx, permit, &input.open_id_connect_provider_arn))
        .await?;
    // One that is created later starts without keys (threat 6).
    cx.control.ring.forget(&gone.arn);
    Ok(())
} }

answer! { iam::AddClientIDToOpenIDConnectProvider(cx, input) on input.open_id_connect_provider_arn.as_str() => |permit| {
    cx.write(permit, |tx, permit| {
        oidc_provider::add_client_id(tx, permit, &input.open_id_connect_provider_arn, &input.client_id)
    })
    .await
} }

answer! { iam::RemoveClientIDFromOpenIDConnectProvider(cx, input)
    on input.open_id_connect_provider_arn.as_str() => |permit| {
        cx.write(permit, |tx, permit| {
            oidc_provider::remove_client_id(tx, permit, &input.open_id_connect_provider_arn, &input.client_id)
        })
        .await
    }
}

answer! { iam::UpdateOpenIDConnectProviderThumbprint(cx, input)
    on input.open_id_connect_provider_arn.as_str() => |permit| {
        cx.write(permit, |tx, permit| {
            oidc_provider::update_thumbprints(tx, permit, &input.open_id_connect_provider_arn, &input.thumbprint_list)
        })
        .await
    }
}

tagged! { Provider, open_id_connect_provider_arn, itself,
TagOpenIDConnectProvider UntagOpenIDConnectProvider
ListOpenIDConnectProviderTags ListOpenIDConnectProviderTagsResponse }
