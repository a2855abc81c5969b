//! Resources: the parts of an ARN, and whether the service has such ARNs.

use super::{
    Found, PolicyType,
    actions::included,
    checks::*,
    elements::{Item, Statement},
    values::opened,
};
use crate::{
    catalogue::{self, Service, overlap},
    condition::split_arn,
    validate::PARTITIONS,
};

pub(super) fn check(statement: &Statement<'_>, kind: PolicyType, found: &mut Found) {
    let Some(resources) = &statement.resources else { return };
    if kind == PolicyType::Trust {
        let at = resources.items.first().map_or(statement.at, |item| item.at);
        found.add(
            ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE,
            at,
            "the resource is the role that the policy belongs to",
        );
        return;
    }
    let mut services: Vec<&'static Service> = Vec::new();
    for item in statement.actions.iter().flat_map(|actions| &actions.items) {
        let service = item
            .text
            .split_once(':')
            .and_then(|(prefix, _)| catalogue::service(prefix));
        services.extend(service.filter(|service| !services.iter().any(|known| known.prefix == service.prefix)));
    }
    for item in &resources.items {
        arn(*item, &services, found);
    }
    included(&resources.items, false, (REDUNDANT_RESOURCE, "resource"), found);
}

fn free(part: &str) -> bool {
    part.contains(['*', '?', '$'])
}

/// Whether a text has the form of a region.
pub(super) fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let [area @ .., number] = words.as_slice() else {
        return false;
    };
    area.len() >= 2
        && area
            .iter()
            .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
        && number.len() == 1
        && number.bytes().all(|b| b.is_ascii_digit())
}

fn arn(item: Item<'_>, services: &[&'static Service], found: &mut Found) {
    let text = item.text;
    if text == "*" {
        return;
    }
    let parts = split_arn(text, true);
    let [prefix, partition, vendor, region, account, resource] = parts[..] else {
        if text.starts_with("arn:") {
            found.add(
                MISSING_ARN_FIELD,
                item.at,
                format!("`{text}` has {} of the six parts of an ARN", parts.len()),
            );
        } else if !text.starts_with("${") {
            found.add(INVALID_ARN_PREFIX, item.at, format!("`{text}` is no ARN"));
        }
        return;
    };
    if prefix != "arn" {
        found.add(
            INVALID_ARN_PREFIX,
            item.at,
            format!("`{text}` does not begin with `arn:`"),
        );
        return;
    }
    if !free(partition) && !PARTITIONS.contains(&partition) {
        found.add(
            INVALID_PARTITION,
            item.at,
            format!("there is no partition `{partition}`"),
        );
    }
    if !(region.is_empty() || free(region) || is_region(region)) {
        found.add(INVALID_ARN_REGION, item.at, format!("`{region}` is no region"));
    }
    // AWS's own resources have a name in the place of the account: `aws`, `cloudfront`.
    let named = account.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    if !(free(account) || named || digits) {
        found.add(INVALID_ARN_ACCOUNT, item.at, format!("`{account}` is no account id"));
    }
    if free(vendor) {
        return;
    }
    if vendor.bytes().any(|b| b.is_ascii_uppercase()) {
        found.add(
            INVALID_ARN_SERVICE_CASE,
            item.at,
            format!("the service `{vendor}` has capitals"),
        );
        return;
    }
    if vendor.is_empty() || !catalogue::is_vendor(vendor) && catalogue::service(vendor).is_none() {
        found.add(
            INVALID_SERVICE,
            item.at,
            format!("there is no service `{vendor}` with resources"),
        );
        return;
    }
    form(item, [vendor, region, account, resource], services, found);
}

/// Whether one of the service's types of resources has such ARNs, and if none has, which part is wrong.
fn form(
    item: Item<'_>,
    [vendor, region, account, resource]: [&str; 4],
    services: &[&'static Service],
    found: &mut Found,
) {
    // A text far longer than an ARN can be would only take time.
    if item.text.len() > 2048 {
        return;
    }
    let own = catalogue::service(vendor);
    let types = services.iter().copied().chain(own).flat_map(Service::resources);
    let patterns: Vec<String> = types.flat_map(catalogue::ResourceType::patterns).collect();
    let forms: Vec<Vec<&str>> = patterns
        .iter()
        .map(|pattern| split_arn(pattern, true))
        .filter(|parts| parts.get(2) == Some(&vendor) || parts.get(2) == Some(&"*"))
        .collect();
    if forms.is_empty() {
        return;
    }
    let wanted = opened(resource);
    let fits = |form: &Vec<&str>| form.get(5).is_some_and(|pattern| overlap(pattern, &wanted));
    let fitting: Vec<&Vec<&str>> = forms.iter().filter(|form| fits(form)).collect();
    if fitting.is_empty() {
        let mut shown: Vec<&str> = forms.iter().filter_map(|form| form.get(5).copied()).collect();
        shown.sort_unstable();
        shown.dedup();
        let more = if shown.len() > 6 { ", …" } else { "" };
        shown.truncate(6);
        let message = format!(
            "`{resource}` is no resource of `{vendor}`; its forms are `{}`{more}",
            shown.join("`, `")
        );
        found.add(INVALID_ARN_RESOURCE, item.at, message);
        return;
    }
    let all =
        |part: usize, is: &dyn Fn(&str) -> bool| fitting.iter().all(|form| form.get(part).is_some_and(|text| is(text)));
    if !region.is_empty() && region != "*" && all(3, &str::is_empty) {
        found.add(
            ARN_REGION_NOT_ALLOWED,
            item.at,
            format!("such ARNs of `{vendor}` have no region"),
        );
    }
    if region.is_empty() && all(3, &|part| part == "*") {
        found.add(
            MISSING_ARN_REGION,
            item.at,
            format!("such ARNs of `{vendor}` have a region"),
        );
    }
    if !account.is_empty() && account != "*" && all(4, &str::is_empty) {
        found.add(
            ARN_ACCOUNT_NOT_ALLOWED,
            item.at,
            format!("such ARNs of `{vendor}` have no account"),
        );
    }
}
