//! The object store embedded in `rolecall dev`: the S3 protocol over one directory.
