//! What an account demands of its users' passwords.

use rolecall_identity::{account::password_policy, state::PasswordPolicy};
use rolecall_wire::generated::iam;

use crate::aws::operation::answer;

/// The fewest characters where a policy does not say (IAM API Reference: `UpdateAccountPasswordPolicy`).
const MINIMUM: i32 = 6;

answer! { iam::UpdateAccountPasswordPolicy(cx, input) on password_policy::RESOURCE => |permit| {
    let policy = PasswordPolicy {
        account: cx.account,
        minimum_length: input.minimum_password_length.unwrap_or(MINIMUM),
        symbols: input.require_symbols.unwrap_or(false),
        numbers: input.require_numbers.unwrap_or(false),
        uppercase: input.require_uppercase_characters.unwrap_or(false),
        lowercase: input.require_lowercase_characters.unwrap_or(false),
        users_may_change: input.allow_users_to_change_password.unwrap_or(false),
        max_age: input.max_password_age,
        reuse_prevention: input.password_reuse_prevention,
        hard_expiry: input.hard_expiry,
    };
    cx.write(permit, |tx, permit| password_policy::update(tx, permit, &policy)).await
} }

answer! { iam::GetAccountPasswordPolicy(cx, input) on password_policy::RESOURCE => |permit| {
    let policy = password_policy::get(&cx.snapshot, cx.account).map_err(|error| cx.fault(&error))?;
    Ok(iam::GetAccountPasswordPolicyResponse {
        password_policy: iam::PasswordPolicy {
            minimum_password_length: Some(policy.minimum_length),
            require_symbols: Some(policy.symbols),
            require_numbers: Some(policy.numbers),
            require_uppercase_characters: Some(policy.uppercase),
            require_lowercase_characters: Some(policy.lowercase),
            allow_users_to_change_password: Some(policy.users_may_change),
            expire_passwords: Some(policy.max_age.is_some()),
            max_password_age: policy.max_age,
            password_reuse_prevention: policy.reuse_prevention,
            hard_expiry: policy.hard_expiry,
        },
    })
} }

answer! { iam::DeleteAccountPasswordPolicy(cx, input) on password_policy::RESOURCE => |permit| {
    cx.write(permit, password_policy::delete).await
} }
