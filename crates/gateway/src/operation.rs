//! The one table from what a request looks like to what it means: operation, IAM actions, resources.
//!
//! Actions are those of "Actions, resources, and condition keys for Amazon S3" (Service Authorization Reference) and of
//! "Required permissions for Amazon S3 API operations" (S3 User Guide). What is not in the table is refused.

use std::fmt;

use http::Method;

#[allow(clippy::enum_glob_use, reason = "the table is to read like the reference")]
use self::{Answer::Later, Control as C, Place::*, Resource::*};

/// Which part of the address a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `/`.
    Service,
    /// `/bucket`.
    Bucket,
    /// `/bucket/key`.
    Object,
}

/// What an action is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// The action names no resource (`*` in a policy).
    All,
    /// `arn:aws:s3:::bucket`.
    TheBucket,
    /// `arn:aws:s3:::bucket/key`.
    TheObject,
    /// The object that a copy reads.
    Source,
    /// Each object that the body names: decided key by key.
    EachKey,
}

/// When an action is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// The request carries this header.
    Header(&'static str),
    /// The request sends an ACL (canned or grants).
    Acl,
    /// A copy takes the source's tags along.
    TagsCopied,
    /// A copy or an upload sends tags of its own.
    TagsSent,
}

/// One action that the caller must be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The action.
    pub action: &'static str,
    /// The action in its place when the request names a version.
    pub versioned: Option<&'static str>,
    /// On what.
    pub on: Resource,
    /// When.
    pub when: When,
}

/// Who answers once the request is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The store.
    Forward,
    /// The gateway, from what the authority knows.
    Control(Control),
    /// Nobody yet: 501.
    Later,
}

/// The operations that the control plane answers: it owns the buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the S3 operation of that name")]
pub enum Control {
    ListBuckets,
    CreateBucket,
    DeleteBucket,
    HeadBucket,
    GetBucketLocation,
    GetBucketPolicy,
    PutBucketPolicy,
    DeleteBucketPolicy,
    GetBucketPolicyStatus,
    GetBucketTagging,
    PutBucketTagging,
    DeleteBucketTagging,
}

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// The S3 operation's name.
    pub name: &'static str,
    /// Its method.
    pub method: Method,
    /// What its address names.
    pub place: Place,
    /// Query parameters that select it: all of these and no other of [`MARKERS`].
    pub markers: &'static [&'static str],
    /// A header that selects it.
    pub header: Option<&'static str>,
    /// Other query parameters that it takes.
    pub parameters: &'static [&'static str],
    /// Who answers.
    pub answer: Answer,
    /// The actions that it needs.
    pub access: &'static [Access],
}

/// A known operation.
#[derive(Clone, Copy)]
pub struct Operation(&'static Row);

impl Operation {
    /// The operation of a request, if the table knows one. `markers` are the request's query parameters that are in
    /// [`MARKERS`]; `has_header` says whether a header is there.
    pub fn find(method: &Method, place: Place, markers: &[&str], has_header: impl Fn(&str) -> bool) -> Option<Self> {
        TABLE
            .iter()
            .find(|row| {
                row.method == *method
                    && row.place == place
                    && row.markers.len() == markers.len()
                    && row.markers.iter().all(|marker| markers.contains(marker))
                    && row.header.is_none_or(&has_header)
            })
            .map(Self)
    }

    /// All of them, in the table's order.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(Self)
    }

    /// The row.
    pub fn row(self) -> &'static Row {
        self.0
    }

    /// The S3 operation's name.
    pub fn name(self) -> &'static str {
        self.0.name
    }
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Operation {}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

/// Every query parameter that selects an operation. One of these that a row does not name makes another operation.
pub const MARKERS: &[&str] = &[
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "list-type",
    "location",
    "logging",
    "metadataConfiguration",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "select-type",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
];

const fn access(action: &'static str, on: Resource) -> Access {
    Access {
        action,
        versioned: None,
        on,
        when: When::Always,
    }
}

const fn bucket(action: &'static str) -> Access {
    access(action, TheBucket)
}

const fn object(action: &'static str) -> Access {
    access(action, TheObject)
}

const fn version(action: &'static str, versioned: &'static str, on: Resource) -> Access {
    Access {
        action,
        versioned: Some(versioned),
        on,
        when: When::Always,
    }
}

const fn when(when: When, access: Access) -> Access {
    Access { when, ..access }
}

const PUT_ACL: Access = when(When::Acl, object("s3:PutObjectAcl"));
const PUT_TAGS: Access = when(When::TagsSent, object("s3:PutObjectTagging"));
const PUT_RETENTION: Access = when(
    When::Header("x-amz-object-lock-retain-until-date"),
    object("s3:PutObjectRetention"),
);
const PUT_HOLD: Access = when(
    When::Header("x-amz-object-lock-legal-hold"),
    object("s3:PutObjectLegalHold"),
);
const BYPASS: Access = when(
    When::Header("x-amz-bypass-governance-retention"),
    object("s3:BypassGovernanceRetention"),
);
const BYPASS_EACH: Access = when(
    When::Header("x-amz-bypass-governance-retention"),
    access("s3:BypassGovernanceRetention", EachKey),
);

const READ: &[&str] = &[
    "versionId",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
];
const NONE: &[&str] = &[];
const VERSION: &[&str] = &["versionId"];
const ID: &[&str] = &["id", "continuation-token"];

const fn row(
    name: &'static str,
    method: Method,
    place: Place,
    markers: &'static [&'static str],
    parameters: &'static [&'static str],
    answer: Answer,
    access: &'static [Access],
) -> Row {
    Row {
        name,
        method,
        place,
        markers,
        header: None,
        parameters,
        answer,
        access,
    }
}

/// A bucket's settings that nobody answers yet: one action on the bucket.
const fn later(name: &'static str, method: Method, marker: &'static [&'static str], access: &'static [Access]) -> Row {
    row(name, method, Bucket, marker, ID, Later, access)
}

const fn with_header(header: &'static str, row: Row) -> Row {
    // A struct update would have to drop `row`, which a const fn may not.
    let mut row = row;
    row.header = Some(header);
    row
}

const GET: Method = Method::GET;
const HEAD: Method = Method::HEAD;
const PUT: Method = Method::PUT;
const POST: Method = Method::POST;
const DELETE: Method = Method::DELETE;
const FORWARD: Answer = Answer::Forward;

const fn control(control: Control) -> Answer {
    Answer::Control(control)
}

/// More specific rows first: the first that fits is taken.
static TABLE: &[Row] = &[
    // The service.
    row(
        "ListBuckets",
        GET,
        Service,
        NONE,
        &["max-buckets", "continuation-token", "prefix", "bucket-region"],
        control(C::ListBuckets),
        &[access("s3:ListAllMyBuckets", All)],
    ),
    // Buckets: what the control plane answers.
    row(
        "CreateBucket",
        PUT,
        Bucket,
        NONE,
        NONE,
        control(C::CreateBucket),
        &[
            bucket("s3:CreateBucket"),
            when(When::Acl, bucket("s3:PutBucketAcl")),
            when(
                When::Header("x-amz-bucket-object-lock-enabled"),
                bucket("s3:PutBucketObjectLockConfiguration"),
            ),
            when(
                When::Header("x-amz-object-ownership"),
                bucket("s3:PutBucketOwnershipControls"),
            ),
        ],
    ),
    row(
        "DeleteBucket",
        DELETE,
        Bucket,
        NONE,
        NONE,
        control(C::DeleteBucket),
        &[bucket("s3:DeleteBucket")],
    ),
    row(
        "HeadBucket",
        HEAD,
        Bucket,
        NONE,
        NONE,
        control(C::HeadBucket),
        &[bucket("s3:ListBucket")],
    ),
    row(
        "GetBucketLocation",
        GET,
        Bucket,
        &["location"],
        NONE,
        control(C::GetBucketLocation),
        &[bucket("s3:GetBucketLocation")],
    ),
    row(
        "GetBucketPolicy",
        GET,
        Bucket,
        &["policy"],
        NONE,
        control(C::GetBucketPolicy),
        &[bucket("s3:GetBucketPolicy")],
    ),
    row(
        "PutBucketPolicy",
        PUT,
        Bucket,
        &["policy"],
        NONE,
        control(C::PutBucketPolicy),
        &[bucket("s3:PutBucketPolicy")],
    ),
    row(
        "DeleteBucketPolicy",
        DELETE,
        Bucket,
        &["policy"],
        NONE,
        control(C::DeleteBucketPolicy),
        &[bucket("s3:DeleteBucketPolicy")],
    ),
    row(
        "GetBucketPolicyStatus",
        GET,
        Bucket,
        &["policyStatus"],
        NONE,
        control(C::GetBucketPolicyStatus),
        &[bucket("s3:GetBucketPolicyStatus")],
    ),
    row(
        "GetBucketTagging",
        GET,
        Bucket,
        &["tagging"],
        NONE,
        control(C::GetBucketTagging),
        &[bucket("s3:GetBucketTagging")],
    ),
    row(
        "PutBucketTagging",
        PUT,
        Bucket,
        &["tagging"],
        NONE,
        control(C::PutBucketTagging),
        &[bucket("s3:PutBucketTagging")],
    ),
    row(
        "DeleteBucketTagging",
        DELETE,
        Bucket,
        &["tagging"],
        NONE,
        control(C::DeleteBucketTagging),
        &[bucket("s3:PutBucketTagging")],
    ),
    // Buckets: what the store answers.
    row(
        "ListObjects",
        GET,
        Bucket,
        NONE,
        &["delimiter", "encoding-type", "marker", "max-keys", "prefix"],
        FORWARD,
        &[bucket("s3:ListBucket")],
    ),
    row(
        "ListObjectsV2",
        GET,
        Bucket,
        &["list-type"],
        &[
            "continuation-token",
            "delimiter",
            "encoding-type",
            "fetch-owner",
            "max-keys",
            "prefix",
            "start-after",
        ],
        FORWARD,
        &[bucket("s3:ListBucket")],
    ),
    row(
        "ListObjectVersions",
        GET,
        Bucket,
        &["versions"],
        &[
            "delimiter",
            "encoding-type",
            "key-marker",
            "max-keys",
            "prefix",
            "version-id-marker",
        ],
        FORWARD,
        &[bucket("s3:ListBucketVersions")],
    ),
    row(
        "ListMultipartUploads",
        GET,
        Bucket,
        &["uploads"],
        &[
            "delimiter",
            "encoding-type",
            "key-marker",
            "max-uploads",
            "prefix",
            "upload-id-marker",
        ],
        FORWARD,
        &[bucket("s3:ListBucketMultipartUploads")],
    ),
    row(
        "DeleteObjects",
        POST,
        Bucket,
        &["delete"],
        NONE,
        FORWARD,
        &[
            version("s3:DeleteObject", "s3:DeleteObjectVersion", EachKey),
            BYPASS_EACH,
        ],
    ),
    // Buckets: settings.
    later("GetBucketAbac", GET, &["abac"], &[bucket("s3:GetBucketAbac")]),
    later("PutBucketAbac", PUT, &["abac"], &[bucket("s3:PutBucketAbac")]),
    later(
        "GetBucketAccelerateConfiguration",
        GET,
        &["accelerate"],
        &[bucket("s3:GetAccelerateConfiguration")],
    ),
    later(
        "PutBucketAccelerateConfiguration",
        PUT,
        &["accelerate"],
        &[bucket("s3:PutAccelerateConfiguration")],
    ),
    later("GetBucketAcl", GET, &["acl"], &[bucket("s3:GetBucketAcl")]),
    later("PutBucketAcl", PUT, &["acl"], &[bucket("s3:PutBucketAcl")]),
    later(
        "GetBucketAnalyticsConfiguration",
        GET,
        &["analytics"],
        &[bucket("s3:GetAnalyticsConfiguration")],
    ),
    later(
        "PutBucketAnalyticsConfiguration",
        PUT,
        &["analytics"],
        &[bucket("s3:PutAnalyticsConfiguration")],
    ),
    later(
        "DeleteBucketAnalyticsConfiguration",
        DELETE,
        &["analytics"],
        &[bucket("s3:PutAnalyticsConfiguration")],
    ),
    later("GetBucketCors", GET, &["cors"], &[bucket("s3:GetBucketCORS")]),
    later("PutBucketCors", PUT, &["cors"], &[bucket("s3:PutBucketCORS")]),
    later("DeleteBucketCors", DELETE, &["cors"], &[bucket("s3:PutBucketCORS")]),
    later(
        "GetBucketEncryption",
        GET,
        &["encryption"],
        &[bucket("s3:GetEncryptionConfiguration")],
    ),
    later(
        "PutBucketEncryption",
        PUT,
        &["encryption"],
        &[bucket("s3:PutEncryptionConfiguration")],
    ),
    later(
        "DeleteBucketEncryption",
        DELETE,
        &["encryption"],
        &[bucket("s3:PutEncryptionConfiguration")],
    ),
    later(
        "GetBucketIntelligentTieringConfiguration",
        GET,
        &["intelligent-tiering"],
        &[bucket("s3:GetIntelligentTieringConfiguration")],
    ),
    later(
        "PutBucketIntelligentTieringConfiguration",
        PUT,
        &["intelligent-tiering"],
        &[bucket("s3:PutIntelligentTieringConfiguration")],
    ),
    later(
        "DeleteBucketIntelligentTieringConfiguration",
        DELETE,
        &["intelligent-tiering"],
        &[bucket("s3:PutIntelligentTieringConfiguration")],
    ),
    later(
        "GetBucketInventoryConfiguration",
        GET,
        &["inventory"],
        &[bucket("s3:GetInventoryConfiguration")],
    ),
    later(
        "PutBucketInventoryConfiguration",
        PUT,
        &["inventory"],
        &[bucket("s3:PutInventoryConfiguration")],
    ),
    later(
        "DeleteBucketInventoryConfiguration",
        DELETE,
        &["inventory"],
        &[bucket("s3:PutInventoryConfiguration")],
    ),
    later(
        "GetBucketLifecycleConfiguration",
        GET,
        &["lifecycle"],
        &[bucket("s3:GetLifecycleConfiguration")],
    ),
    later(
        "PutBucketLifecycleConfiguration",
        PUT,
        &["lifecycle"],
        &[bucket("s3:PutLifecycleConfiguration")],
    ),
    later(
        "DeleteBucketLifecycle",
        DELETE,
        &["lifecycle"],
        &[bucket("s3:PutLifecycleConfiguration")],
    ),
    later("GetBucketLogging", GET, &["logging"], &[bucket("s3:GetBucketLogging")]),
    later("PutBucketLogging", PUT, &["logging"], &[bucket("s3:PutBucketLogging")]),
    later(
        "CreateBucketMetadataConfiguration",
        POST,
        &["metadataConfiguration"],
        &[bucket("s3:CreateBucketMetadataTableConfiguration")],
    ),
    later(
        "GetBucketMetadataConfiguration",
        GET,
        &["metadataConfiguration"],
        &[bucket("s3:GetBucketMetadataTableConfiguration")],
    ),
    later(
        "DeleteBucketMetadataConfiguration",
        DELETE,
        &["metadataConfiguration"],
        &[bucket("s3:DeleteBucketMetadataTableConfiguration")],
    ),
    later(
        "UpdateBucketMetadataInventoryTableConfiguration",
        PUT,
        &["metadataInventoryTable"],
        &[bucket("s3:UpdateBucketMetadataInventoryTableConfiguration")],
    ),
    later(
        "UpdateBucketMetadataJournalTableConfiguration",
        PUT,
        &["metadataJournalTable"],
        &[bucket("s3:UpdateBucketMetadataJournalTableConfiguration")],
    ),
    later(
        "CreateBucketMetadataTableConfiguration",
        POST,
        &["metadataTable"],
        &[bucket("s3:CreateBucketMetadataTableConfiguration")],
    ),
    later(
        "GetBucketMetadataTableConfiguration",
        GET,
        &["metadataTable"],
        &[bucket("s3:GetBucketMetadataTableConfiguration")],
    ),
    later(
        "DeleteBucketMetadataTableConfiguration",
        DELETE,
        &["metadataTable"],
        &[bucket("s3:DeleteBucketMetadataTableConfiguration")],
    ),
    later(
        "GetBucketMetricsConfiguration",
        GET,
        &["metrics"],
        &[bucket("s3:GetMetricsConfiguration")],
    ),
    later(
        "PutBucketMetricsConfiguration",
        PUT,
        &["metrics"],
        &[bucket("s3:PutMetricsConfiguration")],
    ),
    later(
        "DeleteBucketMetricsConfiguration",
        DELETE,
        &["metrics"],
        &[bucket("s3:PutMetricsConfiguration")],
    ),
    later(
        "GetBucketNotificationConfiguration",
        GET,
        &["notification"],
        &[bucket("s3:GetBucketNotification")],
    ),
    later(
        "PutBucketNotificationConfiguration",
        PUT,
        &["notification"],
        &[bucket("s3:PutBucketNotification")],
    ),
    later(
        "GetObjectLockConfiguration",
        GET,
        &["object-lock"],
        &[bucket("s3:GetBucketObjectLockConfiguration")],
    ),
    later(
        "PutObjectLockConfiguration",
        PUT,
        &["object-lock"],
        &[bucket("s3:PutBucketObjectLockConfiguration")],
    ),
    later(
        "GetBucketOwnershipControls",
        GET,
        &["ownershipControls"],
        &[bucket("s3:GetBucketOwnershipControls")],
    ),
    later(
        "PutBucketOwnershipControls",
        PUT,
        &["ownershipControls"],
        &[bucket("s3:PutBucketOwnershipControls")],
    ),
    later(
        "DeleteBucketOwnershipControls",
        DELETE,
        &["ownershipControls"],
        &[bucket("s3:PutBucketOwnershipControls")],
    ),
    later(
        "GetPublicAccessBlock",
        GET,
        &["publicAccessBlock"],
        &[bucket("s3:GetBucketPublicAccessBlock")],
    ),
    later(
        "PutPublicAccessBlock",
        PUT,
        &["publicAccessBlock"],
        &[bucket("s3:PutBucketPublicAccessBlock")],
    ),
    later(
        "DeletePublicAccessBlock",
        DELETE,
        &["publicAccessBlock"],
        &[bucket("s3:PutBucketPublicAccessBlock")],
    ),
    later(
        "GetBucketReplication",
        GET,
        &["replication"],
        &[bucket("s3:GetReplicationConfiguration")],
    ),
    later(
        "PutBucketReplication",
        PUT,
        &["replication"],
        &[bucket("s3:PutReplicationConfiguration")],
    ),
    later(
        "DeleteBucketReplication",
        DELETE,
        &["replication"],
        &[bucket("s3:PutReplicationConfiguration")],
    ),
    later(
        "GetBucketRequestPayment",
        GET,
        &["requestPayment"],
        &[bucket("s3:GetBucketRequestPayment")],
    ),
    later(
        "PutBucketRequestPayment",
        PUT,
        &["requestPayment"],
        &[bucket("s3:PutBucketRequestPayment")],
    ),
    later(
        "GetBucketVersioning",
        GET,
        &["versioning"],
        &[bucket("s3:GetBucketVersioning")],
    ),
    later(
        "PutBucketVersioning",
        PUT,
        &["versioning"],
        &[bucket("s3:PutBucketVersioning")],
    ),
    later("GetBucketWebsite", GET, &["website"], &[bucket("s3:GetBucketWebsite")]),
    later("PutBucketWebsite", PUT, &["website"], &[bucket("s3:PutBucketWebsite")]),
    later(
        "DeleteBucketWebsite",
        DELETE,
        &["website"],
        &[bucket("s3:DeleteBucketWebsite")],
    ),
    // Objects.
    with_header(
        "x-amz-copy-source",
        row(
            "CopyObject",
            PUT,
            Object,
            NONE,
            NONE,
            FORWARD,
            &[
                version("s3:GetObject", "s3:GetObjectVersion", Source),
                when(
                    When::TagsCopied,
                    version("s3:GetObjectTagging", "s3:GetObjectVersionTagging", Source),
                ),
                object("s3:PutObject"),
                when(When::TagsCopied, object("s3:PutObjectTagging")),
                PUT_TAGS,
                PUT_ACL,
                PUT_RETENTION,
                PUT_HOLD,
            ],
        ),
    ),
    with_header(
        "x-amz-copy-source",
        row(
            "UploadPartCopy",
            PUT,
            Object,
            &["partNumber", "uploadId"],
            NONE,
            FORWARD,
            &[
                version("s3:GetObject", "s3:GetObjectVersion", Source),
                object("s3:PutObject"),
            ],
        ),
    ),
    row(
        "GetObject",
        GET,
        Object,
        NONE,
        READ,
        FORWARD,
        &[version("s3:GetObject", "s3:GetObjectVersion", TheObject)],
    ),
    row(
        "GetObject",
        GET,
        Object,
        &["partNumber"],
        READ,
        FORWARD,
        &[version("s3:GetObject", "s3:GetObjectVersion", TheObject)],
    ),
    row(
        "HeadObject",
        HEAD,
        Object,
        NONE,
        READ,
        FORWARD,
        &[version("s3:GetObject", "s3:GetObjectVersion", TheObject)],
    ),
    row(
        "HeadObject",
        HEAD,
        Object,
        &["partNumber"],
        READ,
        FORWARD,
        &[version("s3:GetObject", "s3:GetObjectVersion", TheObject)],
    ),
    row(
        "PutObject",
        PUT,
        Object,
        NONE,
        NONE,
        FORWARD,
        &[object("s3:PutObject"), PUT_TAGS, PUT_ACL, PUT_RETENTION, PUT_HOLD],
    ),
    row(
        "DeleteObject",
        DELETE,
        Object,
        NONE,
        VERSION,
        FORWARD,
        &[version("s3:DeleteObject", "s3:DeleteObjectVersion", TheObject), BYPASS],
    ),
    row(
        "CreateMultipartUpload",
        POST,
        Object,
        &["uploads"],
        NONE,
        FORWARD,
        &[object("s3:PutObject"), PUT_TAGS, PUT_ACL, PUT_RETENTION, PUT_HOLD],
    ),
    row(
        "UploadPart",
        PUT,
        Object,
        &["partNumber", "uploadId"],
        NONE,
        FORWARD,
        &[object("s3:PutObject")],
    ),
    row(
        "CompleteMultipartUpload",
        POST,
        Object,
        &["uploadId"],
        NONE,
        FORWARD,
        &[object("s3:PutObject")],
    ),
    row(
        "AbortMultipartUpload",
        DELETE,
        Object,
        &["uploadId"],
        NONE,
        FORWARD,
        &[object("s3:AbortMultipartUpload")],
    ),
    row(
        "ListParts",
        GET,
        Object,
        &["uploadId"],
        &["encoding-type", "max-parts", "part-number-marker"],
        FORWARD,
        &[object("s3:ListMultipartUploadParts")],
    ),
    row(
        "GetObjectTagging",
        GET,
        Object,
        &["tagging"],
        VERSION,
        FORWARD,
        &[version("s3:GetObjectTagging", "s3:GetObjectVersionTagging", TheObject)],
    ),
    row(
        "PutObjectTagging",
        PUT,
        Object,
        &["tagging"],
        VERSION,
        FORWARD,
        &[version("s3:PutObjectTagging", "s3:PutObjectVersionTagging", TheObject)],
    ),
    row(
        "DeleteObjectTagging",
        DELETE,
        Object,
        &["tagging"],
        VERSION,
        FORWARD,
        &[version(
            "s3:DeleteObjectTagging",
            "s3:DeleteObjectVersionTagging",
            TheObject,
        )],
    ),
    row(
        "GetObjectAttributes",
        GET,
        Object,
        &["attributes"],
        VERSION,
        FORWARD,
        &[
            version("s3:GetObject", "s3:GetObjectVersion", TheObject),
            version("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes", TheObject),
        ],
    ),
    row(
        "GetObjectAcl",
        GET,
        Object,
        &["acl"],
        VERSION,
        Later,
        &[version("s3:GetObjectAcl", "s3:GetObjectVersionAcl", TheObject)],
    ),
    row(
        "PutObjectAcl",
        PUT,
        Object,
        &["acl"],
        VERSION,
        Later,
        &[version("s3:PutObjectAcl", "s3:PutObjectVersionAcl", TheObject)],
    ),
    row(
        "GetObjectLegalHold",
        GET,
        Object,
        &["legal-hold"],
        VERSION,
        Later,
        &[object("s3:GetObjectLegalHold")],
    ),
    row(
        "PutObjectLegalHold",
        PUT,
        Object,
        &["legal-hold"],
        VERSION,
        Later,
        &[object("s3:PutObjectLegalHold")],
    ),
    row(
        "GetObjectRetention",
        GET,
        Object,
        &["retention"],
        VERSION,
        Later,
        &[object("s3:GetObjectRetention")],
    ),
    row(
        "PutObjectRetention",
        PUT,
        Object,
        &["retention"],
        VERSION,
        Later,
        &[object("s3:PutObjectRetention"), BYPASS],
    ),
    row(
        "GetObjectTorrent",
        GET,
        Object,
        &["torrent"],
        NONE,
        Later,
        &[version("s3:GetObjectTorrent", "s3:GetObjectVersionTorrent", TheObject)],
    ),
    row(
        "RestoreObject",
        POST,
        Object,
        &["restore"],
        VERSION,
        Later,
        &[object("s3:RestoreObject")],
    ),
    row(
        "SelectObjectContent",
        POST,
        Object,
        &["select", "select-type"],
        NONE,
        Later,
        &[object("s3:GetObject")],
    ),
    row(
        "UpdateObjectEncryption",
        PUT,
        Object,
        &["encryption"],
        VERSION,
        Later,
        &[object("s3:UpdateObjectEncryption")],
    ),
];
