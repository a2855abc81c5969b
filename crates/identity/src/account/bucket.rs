//! Buckets: whose they are, their policies and tags. What is in them is the business of the store behind the gateway.

use std::sync::Arc;

use rolecall_names::BucketName;
use rolecall_policy::{Kind, Policy};

use super::trust;
use crate::{
    error::Error,
    permit::{Operation, Permit, op},
    state::{Bucket, Snapshot, Tag},
    transaction::Transaction,
};

/// The ARN of a bucket.
pub fn arn(name: &str) -> String {
    format!("arn:{}:s3:::{name}", rolecall_names::PARTITION)
}

/// `CreateBucket`. Names are unique in the whole installation; the incarnation never comes back (threat 6).
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateBucket>,
    name: &BucketName,
    region: &str,
    tags: &[Tag],
) -> Result<Bucket, Error> {
    permit.covers(arn(name.as_str()))?;
    if tx.snapshot().bucket(name.as_str()).is_some() {
        return Err(Error::AlreadyExists(format!("the bucket `{name}` exists")));
    }
    let account = permit.account();
    let (count, limit) = (tx.snapshot().buckets(account).count(), tx.quotas().buckets);
    tx.counts(account, "buckets", count, limit, || {
        "You have attempted to create more buckets than allowed".to_owned()
    })?;
    let bucket = Bucket {
        name: name.to_string(),
        account,
        region: region.to_owned(),
        incarnation: hex::encode(tx.random::<16>()?),
        created: tx.seconds(),
        policy: None,
        principals: trust::Principals::new(),
        tags: tags.to_vec(),
    };
    tx.put(&bucket)?;
    Ok(bucket)
}

/// The bucket of this name, if it is still that incarnation.
pub fn get(snapshot: &Snapshot, name: &str, incarnation: &str) -> Result<Arc<Bucket>, Error> {
    let bucket = snapshot.bucket(name).filter(|bucket| bucket.incarnation == incarnation);
    bucket
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("the bucket `{name}` is not there, or was made anew")))
}

/// `DeleteBucket`, of that incarnation. That it is empty is for the store behind the gateway to say.
pub fn delete(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeleteBucket>,
    name: &str,
    incarnation: &str,
) -> Result<(), Error> {
    permit.covers(arn(name))?;
    let bucket = get(tx.snapshot(), name, incarnation)?;
    tx.delete(&*bucket);
    Ok(())
}

/// `PutBucketPolicy`. The roles and users that it names must exist.
pub fn put_policy(
    tx: &mut Transaction<'_>,
    permit: Permit<op::PutBucketPolicy>,
    name: &str,
    incarnation: &str,
    text: &str,
) -> Result<(), Error> {
    change(tx, &permit, name, incarnation, |bucket, tx| {
        let policy = Policy::read(text, Kind::Resource)?;
        if text.len() > tx.quotas().bucket_policy_size {
            return Err(Error::Limit("The policy is too large.".to_owned()));
        }
        let (document, principals) = trust::resolve(tx.snapshot(), text, &policy)?;
        bucket.policy = Some(document);
        bucket.principals = principals;
        Ok(())
    })
}

/// `DeleteBucketPolicy`
pub fn delete_policy(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeleteBucketPolicy>,
    name: &str,
    incarnation: &str,
) -> Result<(), Error> {
    change(tx, &permit, name, incarnation, |bucket, _| {
        bucket.policy = None;
        bucket.principals.clear();
        Ok(())
    })
}

/// `PutBucketTagging`, and without tags `DeleteBucketTagging`, which is the same permission. The gateway has checked them:
/// S3's rules are not IAM's (keys are told apart by case).
pub fn put_tags(
    tx: &mut Transaction<'_>,
    permit: Permit<op::PutBucketTagging>,
    name: &str,
    incarnation: &str,
    tags: &[Tag],
) -> Result<(), Error> {
    change(tx, &permit, name, incarnation, |bucket, _| {
        bucket.tags = tags.to_vec();
        Ok(())
    })
}

fn change<Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    name: &str,
    incarnation: &str,
    edit: impl FnOnce(&mut Bucket, &Transaction<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    permit.covers(arn(name))?;
    let mut bucket = Bucket::clone(&*get(tx.snapshot(), name, incarnation)?);
    edit(&mut bucket, tx)?;
    tx.put(&bucket)
}

impl Bucket {
    /// The policy as it is shown: those who are in it are named as in trust policies.
    pub fn shown_policy(&self, snapshot: &Snapshot) -> Option<String> {
        self.policy
            .as_ref()
            .map(|policy| trust::shown(snapshot, policy.text(), &self.principals))
    }
}
