//! Server certificates. Their private keys come in and never leave.

use rolecall_identity::{
    account::{
        server_certificate::{self, NewCertificate},
        tags,
    },
    session::Secret,
    state::ServerCertificate,
};
use rolecall_names::{CertificateName, Path};
use rolecall_wire::generated::iam;

use super::{Cx, invalid, limit, more, new_tags, request_tags, tagged, tags_in, tags_out, time};
use crate::aws::operation::answer;

/// The ARN of the certificate of this name; of one that is not there, without a path.
fn arn(cx: &Cx, name: &str) -> String {
    let known = cx.snapshot.server_certificate(cx.account, name);
    known.map_or_else(
        || server_certificate::arn(cx.account, "/", name).to_string(),
        |certificate| certificate.arn.clone(),
    )
}

fn shape(certificate: &ServerCertificate) -> iam::ServerCertificateMetadata {
    iam::ServerCertificateMetadata {
        path: certificate.path.clone(),
        server_certificate_name: certificate.name.clone(),
        server_certificate_id: certificate.id.to_string(),
        arn: certificate.arn.clone(),
        upload_date: Some(time(certificate.created)),
        expiration: Some(time(certificate.expires)),
    }
}

answer! { iam::UploadServerCertificate(cx, input)
    on server_certificate::arn(cx.account, input.path.as_deref().unwrap_or("/"), &input.server_certificate_name).to_string(),
    with |input, context| request_tags(input.tags.as_deref(), context) => |permit| {
        let new_tags = new_tags(cx, "iam:TagServerCertificate", &Self::resource(cx, &input), input.tags.as_deref())?;
        let private_key = Secret::new(input.private_key.expose());
        let new = NewCertificate {
            name: input.server_certificate_name.parse().map_err(invalid)?,
            path: input.path.as_deref().unwrap_or("/").parse().map_err(invalid)?,
            body: &input.certificate_body,
            private_key: &private_key,
            chain: input.certificate_chain.as_deref(),
            tags: &new_tags,
        };
        let made = cx.write(permit, |tx, permit| server_certificate::upload(tx, permit, &new)).await?;
        Ok(iam::UploadServerCertificateResponse {
            server_certificate_metadata: Some(shape(&made)),
            tags: (!made.tags.is_empty()).then(|| tags_out(&made.tags)),
        })
    }
}

answer! { iam::GetServerCertificate(cx, input) on arn(cx, &input.server_certificate_name) => |permit| {
    let found = server_certificate::get(&cx.snapshot, cx.account, &input.server_certificate_name)
        .map_err(|error| cx.fault(&error))?;
    Ok(iam::GetServerCertificateResponse {
        server_certificate: iam::ServerCertificate {
            server_certificate_metadata: shape(&found),
            certificate_body: found.body.clone(),
            certificate_chain: found.chain.clone(),
            tags: Some(tags_out(&found.tags)),
        },
    })
} }

answer! { iam::ListServerCertificates(cx, input)
    on server_certificate::arn(cx.account, "/", "").to_string() => |permit| {
        let prefix = input.path_prefix.as_deref().unwrap_or("/");
        let after = cx.after(input.marker.as_deref())?;
        let page = server_certificate::list(&cx.snapshot, cx.account, prefix, after.as_deref(), limit(input.max_items));
        let (is_truncated, marker) = more(cx, &page)?;
        let all = page.items.iter().map(|certificate| shape(certificate)).collect();
        Ok(iam::ListServerCertificatesResponse { server_certificate_metadata_list: all, is_truncated, marker })
    }
}

answer! { iam::UpdateServerCertificate(cx, input) on arn(cx, &input.server_certificate_name) => |permit| {
    let name = input.new_server_certificate_name.as_deref().map(str::parse::<CertificateName>);
    let name = name.transpose().map_err(invalid)?;
    let path = input.new_path.as_deref().map(str::parse::<Path>).transpose().map_err(invalid)?;
    cx.write(permit, |tx, permit| {
        server_certificate::update(tx, permit, &input.server_certificate_name, name.as_ref(), path.as_ref())
    })
    .await
} }

answer! { iam::DeleteServerCertificate(cx, input) on arn(cx, &input.server_certificate_name) => |permit| {
    cx.write(permit, |tx, permit| server_certificate::delete(tx, permit, &input.server_certificate_name)).await
} }

tagged! { ServerCertificate, server_certificate_name, arn,
TagServerCertificate UntagServerCertificate ListServerCertificateTags ListServerCertificateTagsResponse }
