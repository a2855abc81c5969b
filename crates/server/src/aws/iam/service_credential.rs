//! Users' credentials for single services.

use rolecall_identity::{
    account::service_credential::{self, Form, form},
    session::Secret,
    state::ServiceCredential,
};
use rolecall_wire::generated::iam;

use super::{
    Cx, is_active, limit, more, status, time,
    user::{arn, must_name, own_name, owner_arn},
};
use crate::aws::operation::answer;

/// One that has ended is `Expired`, whatever it was set to.
fn state(cx: &Cx, credential: &ServiceCredential) -> String {
    match credential.expires {
        Some(end) if end <= cx.now.as_second() => "Expired".to_owned(),
        _ => status(credential.active),
    }
}

/// With the password, which is shown where it was made alone.
fn whole(cx: &Cx, credential: ServiceCredential, user: &str, password: &Secret) -> iam::ServiceSpecificCredential {
    let shown = iam::ServiceSpecificCredential {
        create_date: time(credential.created),
        expiration_date: credential.expires.map(time),
        service_specific_credential_id: credential.id.to_string(),
        user_name: user.to_owned(),
        status: state(cx, &credential),
        service_name: credential.service,
        ..iam::ServiceSpecificCredential::default()
    };
    match form(&shown.service_name) {
        Some(Form::ApiKey) => iam::ServiceSpecificCredential {
            service_credential_alias: Some(credential.name),
            service_credential_secret: Some(password.expose().into()),
            ..shown
        },
        Some(Form::Password) | None => iam::ServiceSpecificCredential {
            service_user_name: Some(credential.name),
            service_password: Some(password.expose().into()),
            ..shown
        },
    }
}

answer! { iam::CreateServiceSpecificCredential(cx, input) on arn(cx, &input.user_name), with |input, context| {
    context.insert("iam:ServiceSpecificCredentialServiceName", input.service_name.as_str());
    if let Some(days) = input.credential_age_days {
        context.insert("iam:ServiceSpecificCredentialAgeDays", days.to_string());
    }
} => |permit| {
    let (made, password) = cx
        .write(permit, |tx, permit| {
            service_credential::create(tx, permit, &input.user_name, &input.service_name, input.credential_age_days)
        })
        .await?;
    cx.written().await?;
    let shown = whole(cx, made, &input.user_name, &password);
    Ok(iam::CreateServiceSpecificCredentialResponse { service_specific_credential: Some(shown) })
} }

answer! { iam::ResetServiceSpecificCredential(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    let (made, password) = cx
        .write(permit, |tx, permit| {
            service_credential::reset(tx, permit, &name, &input.service_specific_credential_id)
        })
        .await?;
    cx.written().await?;
    let shown = whole(cx, made, &name, &password);
    Ok(iam::ResetServiceSpecificCredentialResponse { service_specific_credential: Some(shown) })
} }

answer! { iam::UpdateServiceSpecificCredential(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    let active = is_active(&input.status)?;
    cx.write(permit, |tx, permit| {
        service_credential::update(tx, permit, &name, &input.service_specific_credential_id, active)
    })
    .await
} }

answer! { iam::DeleteServiceSpecificCredential(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    cx.write(permit, |tx, permit| {
        service_credential::delete(tx, permit, &name, &input.service_specific_credential_id)
    })
    .await
} }

/// All users' are about all users, as a list of users is.
fn listed(cx: &Cx, input: &iam::ListServiceSpecificCredentialsRequest) -> String {
    if input.all_users == Some(true) {
        arn(cx, "*")
    } else {
        owner_arn(cx, input.user_name.as_deref())
    }
}

answer! { iam::ListServiceSpecificCredentials(cx, input) on listed(cx, input) => |permit| {
    let name = match input.all_users {
        Some(true) => None,
        _ => Some(input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?),
    };
    let after = cx.after(input.marker.as_deref())?;
    let (service, limit) = (input.service_name.as_deref(), limit(input.max_items));
    let page =
        service_credential::list(&cx.snapshot, cx.account, name.as_deref(), service, after.as_deref(), limit)
            .map_err(|error| cx.fault(&error))?;
    let (is_truncated, marker) = more(cx, &page)?;
    let credentials = page.items.iter().map(|(credential, user)| {
        let is_api_key = form(&credential.service) == Some(Form::ApiKey);
        iam::ServiceSpecificCredentialMetadata {
            user_name: user.clone(),
            status: state(cx, credential),
            service_user_name: (!is_api_key).then(|| credential.name.clone()),
            service_credential_alias: is_api_key.then(|| credential.name.clone()),
            create_date: time(credential.created),
            expiration_date: credential.expires.map(time),
            service_specific_credential_id: credential.id.to_string(),
            service_name: credential.service.clone(),
        }
    });
    Ok(iam::ListServiceSpecificCredentialsResponse {
        service_specific_credentials: Some(credentials.collect()),
        marker,
        is_truncated,
    })
} }
