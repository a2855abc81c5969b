//! Every check: AWS Access Analyzer's under its own names, and ours.

use super::Severity::{self, Error, SecurityWarning, Suggestion, Warning};

/// A check.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name in programs, such as `INVALID_ACTION`.
    pub name: &'static str,
    /// How bad a finding is.
    pub severity: Severity,
    /// Whether AWS Access Analyzer has it.
    pub of_aws: bool,
    /// What it finds.
    pub what: &'static str,
    /// What to do about a finding.
    pub advice: &'static str,
}

macro_rules! checks {
    ($($name:ident, $severity:ident, $of_aws:literal, $what:literal, $advice:literal;)*) => {
        $(pub(crate) const $name: &Check = &Check {
            name: stringify!($name), severity: $severity, of_aws: $of_aws, what: $what, advice: $advice,
        };)*
        /// All checks, in the order of `docs/policy-lint.md`.
        pub const CHECKS: &[&Check] = &[$($name),*];
    };
}

checks! {
    JSON_SYNTAX_ERROR, Error, true, "the text is no JSON, or repeats a key", "correct the JSON at the place that is shown";
    DATA_TYPE_MISMATCH, Error, true, "an element has the wrong JSON type", "write the type that is named";
    INVALID_POLICY_ELEMENT, Error, true, "an element that the language does not have", "remove it, or correct its name; names are case-sensitive";
    INVALID_VERSION, Error, true, "a `Version` other than 2012-10-17 and 2008-10-17", "write `\"Version\": \"2012-10-17\"`";
    MISSING_STATEMENT, Error, true, "no statement", "add `Statement` with at least one statement";
    MISSING_EFFECT, Error, true, "a statement without `Effect`", "add `\"Effect\": \"Allow\"` or `\"Deny\"`";
    INVALID_EFFECT, Error, true, "an `Effect` other than `Allow` and `Deny`", "write `Allow` or `Deny`, in this case";
    MISSING_ACTION, Error, true, "a statement without `Action` and `NotAction`", "add `Action`";
    MISSING_RESOURCE, Error, true, "a statement without `Resource` and `NotResource`, where the type of policy needs one", "add `Resource`";
    MISSING_PRINCIPAL, Error, true, "a statement without `Principal`, where the type of policy needs one", "add `Principal`";
    UNSUPPORTED_PRINCIPAL, Error, true, "a principal in a policy that is attached to one", "remove `Principal`";
    UNSUPPORTED_ELEMENT_COMBINATION, Error, true, "an element beside its opposite, such as `Action` and `NotAction`", "keep one of the two";
    UNIQUE_SIDS_REQUIRED, Error, true, "two statements with one `Sid`", "give each statement a `Sid` of its own";
    UNSUPPORTED_SID, Error, true, "a `Sid` with other characters than letters and digits, where only those may be", "use letters and digits";
    DUPLICATE_KEYS_WITH_DIFFERENT_CASE, Error, true, "two condition keys of one operator that differ by case only", "put the values into one list under one key";
    INVALID_ACTION, Error, true, "an action that its service does not have", "correct the name, or remove the action";
    INVALID_SERVICE_IN_ACTION, Error, true, "an action of a service that does not exist", "correct the prefix before the colon";
    UNSUPPORTED_ACTION_IN_POLICY, Error, true, "an action that this type of policy cannot be about", "remove the action";
    INVALID_ARN_PREFIX, Error, true, "a resource that is no ARN", "begin it with `arn:`, or write `*`";
    MISSING_ARN_FIELD, Error, true, "an ARN of fewer than six parts", "write `arn:partition:service:region:account:resource`";
    INVALID_PARTITION, Error, true, "an ARN of a partition that does not exist", "write `aws`, or the partition that you use";
    INVALID_SERVICE, Error, true, "an ARN of a service that has no resources or does not exist", "correct the third part of the ARN";
    INVALID_ARN_SERVICE_CASE, Error, true, "an ARN whose service has capitals", "write the service in lower case";
    INVALID_ARN_REGION, Error, true, "an ARN whose region has not the form of one", "write a region such as `us-east-1`, or `*`";
    MISSING_ARN_REGION, Error, true, "an ARN without the region that its type has", "write a region, or `*`";
    ARN_REGION_NOT_ALLOWED, Error, true, "an ARN with a region, of a type that has none", "leave the fourth part empty";
    INVALID_ARN_ACCOUNT, Error, true, "an ARN whose account is no account id", "write twelve digits, or `*`";
    ARN_ACCOUNT_NOT_ALLOWED, Error, true, "an ARN with an account, of a type that has none", "leave the fifth part empty";
    INVALID_ARN_RESOURCE, Error, true, "an ARN that has the form of none of the service's types of resources", "compare the last part with the forms that are shown";
    INVALID_PRINCIPAL_KEY, Error, true, "a kind of principal that does not exist", "write `AWS`, `Service`, `Federated` or `CanonicalUser`";
    INVALID_PRINCIPAL_FORMAT, Error, true, "a principal that can be nobody", "write an account id, an ARN of an account, user, role or session, or `*`";
    INVALID_SERVICE_PRINCIPAL_FORMAT, Error, true, "a service principal that has not the form of one", "write a name such as `ec2.amazonaws.com`";
    UNSUPPORTED_WILDCARD_IN_PRINCIPAL, Error, true, "a wildcard inside a principal", "write `*` alone and compare `aws:PrincipalArn` in a condition";
    INVALID_CONDITION_OPERATOR, Error, true, "a condition operator that does not exist", "correct the operator";
    NULL_WITH_IF_EXISTS, Error, true, "`Null` with `IfExists`", "write `Null`";
    INVALID_CONDITION_KEY_FORMAT, Error, true, "a condition key without a service", "write `service:key`";
    INVALID_CONDITION_DATA_TYPE, Error, true, "a condition value that is no string, number or truth value", "write a string, or a list of strings";
    INVALID_CONDITION_MULTIPLE_BOOLEAN, Error, true, "`Bool` with several values", "write one of the values";
    INVALID_GLOBAL_CONDITION_KEY, Error, true, "a key `aws:…` that does not exist", "correct the key";
    INVALID_SERVICE_CONDITION_KEY, Error, true, "a condition key that its service does not have", "correct the key";
    MISSING_TAG_KEY_IN_CONDITION, Error, true, "a tag's condition key without the tag's name", "write `…Tag/NAME`";
    MISSING_QUALIFIER, Error, true, "a key of several values without `ForAllValues:` or `ForAnyValue:`", "write the qualifier before the operator";
    INVALID_VARIABLE_FOR_OPERATOR, Error, true, "a policy variable with an operator that compares neither strings nor ARNs", "write a plain value";
    INVALID_REGION, Error, true, "a value of `aws:RequestedRegion` that has not the form of a region", "write a region such as `us-east-1`";
    INVALID_VPC_FORMAT, Error, true, "a value of `aws:SourceVpc` that is no VPC's id", "write an id such as `vpc-0123456789abcdef0`";
    INVALID_VPCE_FORMAT, Error, true, "a value of `aws:SourceVpce` that is no endpoint's id", "write an id such as `vpce-0123456789abcdef0`";
    PRIVATE_IP_ADDRESS, Error, true, "`aws:SourceIp` compared with private addresses only", "use public addresses, or `aws:VpcSourceIp` together with `aws:SourceVpc`";
    PRIVATE_NOT_IP_ADDRESS, Error, true, "`aws:SourceIp` compared negatively with private addresses only", "use public addresses, or `aws:VpcSourceIp`";
    MISSING_BRACE_IN_VARIABLE, Error, true, "a policy variable without its closing brace", "add `}`";
    EMPTY_VARIABLE, Error, true, "a policy variable without a name", "write a key, as in `${aws:username}`";
    UNSUPPORTED_SPACE_IN_VARIABLE, Error, true, "a policy variable with a space in its name", "remove the space";
    MISSING_QUOTE_IN_VARIABLE, Error, true, "a default of a policy variable without its quotes", "write `${key, 'default'}`";
    VARIABLE_UNSUPPORTED_IN_ELEMENT, Error, true, "a policy variable where none may be", "use variables in resources and conditions only";
    VARIABLE_UNSUPPORTED_IN_VERSION, Error, true, "a policy variable in a policy of version 2008-10-17, where it is plain text", "write `\"Version\": \"2012-10-17\"`";
    POLICY_SIZE_EXCEEDS_SCP_QUOTA, Error, true, "a service control policy of more than 5,120 characters", "divide the policy";
    SCP_SYNTAX_ERROR_PRINCIPAL, Error, true, "a principal in a service control policy", "remove it; compare `aws:PrincipalArn` in a condition";
    ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL, Error, true, "`NotPrincipal` in a trust policy", "name those who are trusted";
    ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, Error, true, "a wildcard inside a principal of a trust policy", "write the whole name, or the account and a condition on `aws:PrincipalArn`";
    ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE, Error, true, "a resource in a trust policy", "remove it; the resource is the role";
    INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY, Error, true, "a federated principal that is no provider", "write the ARN of an OIDC or SAML provider";
    MISMATCHED_ACTION_FOR_PRINCIPAL, Error, true, "an action of STS that this kind of principal cannot call", "use the action that is named";
    MISSING_ACTION_FOR_CONDITION_KEY, Error, true, "a condition on session tags or a source identity without the action that sets them", "add `sts:TagSession` or `sts:SetSourceIdentity`";
    MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY, Error, true, "Roles Anywhere trusted without all three actions that it calls", "allow `sts:AssumeRole`, `sts:TagSession` and `sts:SetSourceIdentity`";
    UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, Error, true, "a condition on who the principal is, where only services are meant", "use `aws:SourceAccount`, `aws:SourceArn` or `aws:SourceOrgID`";
    MALFORMED_POLICY, Error, false, "anything else that AWS refuses when the policy is written", "do what is said at the place";
    WEB_IDENTITY_PROVIDER_UNKNOWN, Error, false, "a federated principal that is none of the providers that were given", "create the provider, or correct the issuer";
    ROLE_ANNOTATION_MISSPELLED, Error, false, "an annotation of a service account that resembles one of EKS's and is none", "write the annotation that is named";
    ROLE_ANNOTATION_INVALID, Error, false, "an annotation of EKS with a value that cannot work", "write what is expected";
    ALLOW_WITH_NOT_PRINCIPAL, SecurityWarning, true, "`NotPrincipal` with `Allow`: everybody else is allowed, the anonymous too", "name those who are allowed";
    FORALLVALUES_WITH_SINGLE_VALUED_KEY, SecurityWarning, true, "`ForAllValues:` with a key of one value: it holds where the key is absent", "remove the qualifier";
    PASS_ROLE_WITH_STAR_IN_RESOURCE, SecurityWarning, true, "`iam:PassRole` on every role", "name the roles, or add a condition on `iam:PassedToService`";
    PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE, SecurityWarning, true, "a wildcard that includes `iam:PassRole`, on every role", "name the actions and the roles";
    PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION, SecurityWarning, true, "`NotAction` that leaves `iam:PassRole` in, on every role", "name the actions and the roles";
    PASS_ROLE_WITH_NOT_RESOURCE, SecurityWarning, true, "`iam:PassRole` with `NotResource`", "name the roles";
    PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE, SecurityWarning, true, "a wildcard that includes `iam:PassRole`, with `NotResource`", "name the actions and the roles";
    PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE, SecurityWarning, true, "`NotAction` that leaves `iam:PassRole` in, with `NotResource`", "name the actions and the roles";
    MISSING_PAIRED_CONDITION_KEYS, SecurityWarning, true, "`aws:VpcSourceIp` alone: any VPC can have the address", "add `aws:SourceVpc`, `aws:SourceVpcArn` or `aws:SourceVpce`";
    DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE, SecurityWarning, true, "a `Deny` by a resource's tag, of a service without tags: it does not apply as meant", "deny actions of such services without the tag";
    DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE, SecurityWarning, true, "a `Deny` with `NotAction` by a resource's tag: it reaches services without tags", "name the actions";
    RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL, SecurityWarning, true, "a service allowed whoever it acts for", "add a condition on `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or `aws:SourceOrgPaths`";
    MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL, SecurityWarning, true, "web identities trusted without a condition on `sub`: every identity of the issuer", "add `StringEquals` on `ISSUER:sub`";
    MISSING_GITHUB_REPO_CONDITION_KEY, SecurityWarning, true, "GitHub trusted without a condition on `sub`: every repository of everybody", "add `StringLike` on `token.actions.githubusercontent.com:sub`";
    WEB_IDENTITY_SUB_ACROSS_NAMESPACES, SecurityWarning, false, "a `sub` whose wildcard crosses namespaces or issuers' subjects", "write the namespace in full: `system:serviceaccount:NAMESPACE:…`";
    WEB_IDENTITY_WITHOUT_AUD, SecurityWarning, false, "web identities trusted without a condition on `aud`: tokens that were made for others", "add `StringEquals` on `ISSUER:aud`, usually `sts.amazonaws.com`";
    MISSING_VERSION, Warning, true, "no `Version`: policy variables are plain text", "add `\"Version\": \"2012-10-17\"`";
    UNIQUE_SIDS_RECOMMENDED, Warning, true, "two statements with one `Sid`, where that is allowed", "give each statement a `Sid` of its own";
    CREATE_SLR_WITH_STAR_IN_RESOURCE, Warning, true, "`iam:CreateServiceLinkedRole` on every role", "name the roles, or add a condition on `iam:AWSServiceName`";
    CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE, Warning, true, "a wildcard that includes `iam:CreateServiceLinkedRole`, on every role", "name the actions and the roles";
    CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION, Warning, true, "`NotAction` that leaves `iam:CreateServiceLinkedRole` in, on every role", "name the actions and the roles";
    CREATE_SLR_WITH_NOT_RESOURCE, Warning, true, "`iam:CreateServiceLinkedRole` with `NotResource`", "name the roles";
    CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE, Warning, true, "a wildcard that includes `iam:CreateServiceLinkedRole`, with `NotResource`", "name the actions and the roles";
    CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE, Warning, true, "`NotAction` that leaves `iam:CreateServiceLinkedRole` in, with `NotResource`", "name the actions and the roles";
    DEPRECATED_GLOBAL_CONDITION_KEY, Warning, true, "a global key that another one replaced", "use `aws:PrincipalArn`";
    INVALID_DATE_VALUE, Warning, true, "a date that the calendar does not have", "write a time such as `2030-01-31T00:00:00Z`";
    INVALID_ROLE_REFERENCE, Warning, true, "a principal that is a role's unique id: the role was deleted", "write the role's ARN";
    INVALID_USER_REFERENCE, Warning, true, "a principal that is a user's unique id: the user was deleted", "write the user's ARN";
    WILDCARD_WITHOUT_LIKE_OPERATOR, Warning, true, "a wildcard with an operator that takes it literally", "use `StringLike` or `StringNotLike`";
    POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, Warning, true, "an identity policy of more than 6,144 characters", "divide the policy";
    POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, Warning, true, "a resource's policy of more than 20,480 characters", "shorten the policy";
    POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA, Warning, true, "a trust policy of more than 2,048 characters", "shorten the policy";
    TYPE_MISMATCH, Warning, true, "an operator of another type than the key's values", "use an operator of the type that is named";
    TYPE_MISMATCH_BOOLEAN, Warning, true, "a value of `Bool` or `Null` that is neither `true` nor `false`", "write `true` or `false`";
    TYPE_MISMATCH_DATE, Warning, true, "a value of a date operator that is no time", "write a time such as `2030-01-31T00:00:00Z`";
    TYPE_MISMATCH_IP_RANGE, Warning, true, "a value of an address operator that is no address or range", "write a range such as `203.0.113.0/24`";
    TYPE_MISMATCH_NUMBER, Warning, true, "a value of a numeric operator that is no number", "write a number";
    TYPE_MISMATCH_STRING, Warning, true, "a value of a string operator without quotes", "write it in quotes";
    SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED, Warning, true, "a GitHub `sub` with a wildcard", "write `repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH`";
    TYPE_MISMATCH_ARN, Warning, false, "a value of an ARN operator that is no ARN: it never matches", "write an ARN of six parts";
    CONDITION_KEY_WITHOUT_ACTION, Warning, false, "a condition key that no request for the statement's actions has", "remove the condition, or the actions to which it does not belong";
    WEB_IDENTITY_KEY_OF_ANOTHER_ISSUER, Warning, false, "a condition on claims of an issuer that the statement does not trust", "write the issuer of the principal before the colon";
    EMPTY_ARRAY_ACTION, Suggestion, true, "an empty list of actions", "name an action, or remove the statement";
    EMPTY_ARRAY_RESOURCE, Suggestion, true, "an empty list of resources", "name a resource, or remove the statement";
    EMPTY_ARRAY_PRINCIPAL, Suggestion, true, "an empty list of principals", "name a principal, or remove the statement";
    EMPTY_ARRAY_CONDITION, Suggestion, true, "an empty list of condition values: the condition never holds", "write a value, or remove the condition";
    EMPTY_ARRAY_CONDITION_FORALLVALUES, Suggestion, true, "an empty list with `ForAllValues:`: it holds only where the key is absent", "use `Null` to ask for absence";
    EMPTY_ARRAY_CONDITION_FORANYVALUE, Suggestion, true, "an empty list with `ForAnyValue:`: the condition never holds", "write a value, or remove the condition";
    EMPTY_ARRAY_CONDITION_IFEXISTS, Suggestion, true, "an empty list with `IfExists`: it holds only where the key is absent", "use `Null` to ask for absence";
    EMPTY_OBJECT_CONDITION, Suggestion, true, "an empty condition", "remove it";
    EMPTY_OBJECT_PRINCIPAL, Suggestion, true, "an empty principal", "name a principal, or remove the statement";
    EMPTY_SID_VALUE, Suggestion, true, "an empty `Sid`", "remove it, or write a name";
    IMPROVE_IP_RANGE, Suggestion, true, "a range whose address has bits beyond its prefix", "write the first address of the range";
    NULL_WITH_QUALIFIER, Suggestion, true, "`Null` with a qualifier, which changes nothing", "remove the qualifier";
    PRIVATE_IP_ADDRESS_SUBSET, Suggestion, true, "`aws:SourceIp` compared with some private addresses", "remove the private ones";
    PRIVATE_NOT_IP_ADDRESS_SUBSET, Suggestion, true, "`aws:SourceIp` compared negatively with some private addresses", "remove the private ones";
    REDUNDANT_ACTION, Suggestion, true, "an action that another one of the statement includes", "remove it";
    REDUNDANT_RESOURCE, Suggestion, true, "a resource that another one of the statement includes", "remove it";
    REDUNDANT_STATEMENT, Suggestion, true, "a statement that another one includes", "remove it";
    REDUNDANT_CONDITION_VALUE_NUM, Suggestion, true, "a number that another one of the list includes", "keep the widest";
    WILDCARD_IN_SERVICE_NAME, Suggestion, true, "a wildcard in the service of an action", "write the service in full";
    ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE, Suggestion, true, "an `Allow` by a resource's tag, of a service without tags: it allows nothing there", "allow actions of such services without the tag";
    ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE, Suggestion, true, "an `Allow` with `NotAction` by a resource's tag: it reaches services without tags", "name the actions";
    REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY, Suggestion, true, "a role's session beside the role itself", "remove the session";
    CONFIRM_AUDIENCE_CLAIM_TYPE, Suggestion, true, "a qualifier with `aud`, which most issuers fill with one value", "remove the qualifier, unless the issuer sends several";
}
