//! Virtual MFA devices (IAM User Guide: AWS multi-factor authentication in IAM): who has which, and whether a code counts.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, DeviceName, Path, UniqueId};

use super::{
    Holder as _, Page,
    resource::{Resource, Tagged},
    tags,
    user::hold,
};
use crate::{
    error::{Error, Flaw},
    keys::RootKey,
    permit::{Operation, Permit, op},
    state::{Enabled, MfaDevice, Snapshot, Tag, User},
    totp::{self, SEED, Seed},
    transaction::Transaction,
};

/// How many wrong codes in a row are looked at without a wait. Six digits are guessed soon by whoever may guess often
/// (RFC 4226, section 7.3): after these, each has to wait longer than the one before.
const FREE_FAILURES: u32 = 5;
/// The first wait, which doubles with every wrong code, and the longest one; in seconds.
const FIRST_WAIT: i64 = 60;
const LONGEST_WAIT: i64 = 3600;

/// `CreateVirtualMFADevice`
#[derive(Debug, Clone)]
pub struct NewDevice<'a> {
    /// `VirtualMFADeviceName`
    pub name: DeviceName,
    /// `Path`
    pub path: Path,
    /// `Tags`
    pub tags: &'a [Tag],
}

/// Which devices `ListVirtualMFADevices` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// Those of users.
    Assigned,
    /// Those of nobody.
    Unassigned,
    /// All.
    Any,
}

/// The ARN of a device: its serial number.
pub fn arn(account: AccountId, path: &str, name: &str) -> Arn {
    Arn::iam(account.as_str(), &format!("mfa{path}{name}"))
}

/// `CreateVirtualMFADevice`. The seed is seen here and never again.
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateVirtualMFADevice>,
    new: &NewDevice<'_>,
) -> Result<(MfaDevice, Seed), Error> {
    let account = permit.account();
    let serial = arn(account, new.path.as_str(), new.name.as_str());
    permit.covers(&serial)?;
    if serial.as_str().len() > 256 {
        return Err(Error::Validation(
            "The path and the name of the device are too long: its serial number has 256 characters at most."
                .to_owned(),
        ));
    }
    if tx.snapshot().mfa_device_like(account, serial.as_str()).is_some() {
        return Err(Error::AlreadyExists("MFA device already exists.".to_owned()));
    }
    // "Virtual MFA devices (assigned or unassigned) in an AWS account: equal to the user quota for the account" (IAM User
    // Guide: IAM and AWS STS quotas).
    let (count, limit) = (tx.snapshot().mfa_devices(account).count(), tx.quotas().users);
    tx.counts(account, "mfa-devices", count, limit, || {
        format!("Cannot exceed quota for MFADevicesPerAccount: {limit}")
    })?;
    tags::check(MfaDevice::KEYS, new.tags, tx.quotas().tags)?;
    let seed = Seed::new(tx.random::<SEED>()?);
    let incarnation = hex::encode(tx.random::<16>()?);
    let device = MfaDevice {
        account,
        wrapped: tx.wrap(&sealed_as(serial.as_str(), &incarnation), seed.bytes())?,
        serial: serial.to_string(),
        created: tx.seconds(),
        incarnation,
        enabled: None,
        used: 0,
        drift: 0,
        failures: 0,
        failed: 0,
        tags: new.tags.to_vec(),
    };
    tx.put(&device)?;
    Ok((device, seed))
}

/// `EnableMFADevice`: the user shows two codes in a row.
pub fn enable(
    tx: &mut Transaction<'_>,
    permit: Permit<op::EnableMFADevice>,
    user: &str,
    serial: &str,
    codes: [&str; 2],
) -> Result<(), Error> {
    let account = permit.account();
    let user = hold(tx, &permit, user)?;
    let mut device = MfaDevice::clone(&*find(tx.snapshot(), account, serial)?);
    if device.enabled.is_some() {
        return Err(Error::AlreadyExists("MFA Device is already in use.".to_owned()));
    }
    let (count, limit) = (
        tx.snapshot().mfa_devices_of(account, &user.id).count(),
        tx.quotas().mfa_devices,
    );
    if count >= limit {
        return Err(Error::Limit(format!(
            "Cannot exceed quota for MFADevicesPerUser: {limit}"
        )));
    }
    synchronize(tx, &mut device, codes)?;
    device.enabled = Some(Enabled {
        user: user.id.clone(),
        since: tx.seconds(),
    });
    tx.put(&device)
}

/// `DeactivateMFADevice`: the device stays, and is nobody's.
pub fn deactivate(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeactivateMFADevice>,
    user: &str,
    serial: &str,
) -> Result<(), Error> {
    let mut device = of_user(tx, &permit, user, serial)?;
    device.enabled = None;
    tx.put(&device)
}

/// `ResyncMFADevice`: two codes in a row tell how far the device's clock is off.
pub fn resync(
    tx: &mut Transaction<'_>,
    permit: Permit<op::ResyncMFADevice>,
    user: &str,
    serial: &str,
    codes: [&str; 2],
) -> Result<(), Error> {
    let mut device = of_user(tx, &permit, user, serial)?;
    synchronize(tx, &mut device, codes)?;
    tx.put(&device)
}

/// `DeleteVirtualMFADevice`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteVirtualMFADevice>, serial: &str) -> Result<(), Error> {
    let device = find(tx.snapshot(), permit.account(), serial)?;
    permit.covers(&device.serial)?;
    if device.enabled.is_some() {
        return Err(Error::InUse(
            "MFA VirtualDevice in use. Must deactivate first.".to_owned(),
        ));
    }
    tx.delete(&*device);
    Ok(())
}

/// `ListMFADevices`: those of a user, by path and name.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    user: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Arc<MfaDevice>>, Error> {
    let user = User::get(snapshot, account, user)?;
    Ok(Page::of(
        snapshot.mfa_devices_of(account, &user.id).cloned(),
        |device| device.serial.to_ascii_lowercase(),
        after,
        limit,
    ))
}

/// `ListVirtualMFADevices`: those of an account, by path and name, each with its user.
pub fn list_virtual(
    snapshot: &Snapshot,
    account: AccountId,
    assignment: Assignment,
    after: Option<&str>,
    limit: usize,
) -> Page<(Arc<MfaDevice>, Option<Arc<User>>)> {
    let devices = snapshot
        .mfa_devices(account)
        .filter(|device| match assignment {
            Assignment::Assigned => device.enabled.is_some(),
            Assignment::Unassigned => device.enabled.is_none(),
            Assignment::Any => true,
        })
        .cloned();
    let page = Page::of(devices, |device| device.serial.to_ascii_lowercase(), after, limit);
    let items = page.items.into_iter().map(|device| {
        let user = owner(snapshot, &device);
        (device, user)
    });
    Page {
        items: items.collect(),
        next: page.next,
    }
}

/// The device of this serial number, whose it may ever be.
pub fn find(snapshot: &Snapshot, account: AccountId, serial: &str) -> Result<Arc<MfaDevice>, Error> {
    snapshot
        .mfa_device(account, serial)
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("MFA Device with serial number {serial} does not exist.")))
}

/// `GetMFADevice`: the device and whose it is; with a user's name, only if it is theirs.
pub fn get(
    snapshot: &Snapshot,
    account: AccountId,
    serial: &str,
    user: Option<&str>,
) -> Result<(Arc<MfaDevice>, Option<Arc<User>>), Error> {
    let device = find(snapshot, account, serial)?;
    if let Some(name) = user {
        let user = User::get(snapshot, account, name)?;
        check_owner(&device, &user.id)?;
        return Ok((device, Some(Arc::clone(user))));
    }
    let user = owner(snapshot, &device);
    Ok((device, user))
}

fn owner(snapshot: &Snapshot, device: &MfaDevice) -> Option<Arc<User>> {
    let enabled = device.enabled.as_ref()?;
    snapshot.user_of_id(enabled.user.as_str()).cloned()
}

impl Resource for MfaDevice {
    fn meant(snapshot: &Snapshot, account: AccountId, by: &str) -> Result<Arc<Self>, Error> {
        find(snapshot, account, by)
    }

    fn arn(&self) -> &str {
        &self.serial
    }
}

impl Tagged for MfaDevice {
    type Tag = op::TagMFADevice;
    type Untag = op::UntagMFADevice;

    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.tags
    }
}

/// What became of a code that a user showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It counted, and is used up.
    Accepted,
    /// It is wrong, or was used before.
    Wrong,
    /// Too many were wrong: it was not looked at.
    TooSoon,
    /// The user has no such device.
    NoDevice,
}

/// Uses up a code that a user shows: a code counts once, whoever else shows it at the same time.
pub(crate) fn show(
    tx: &mut Transaction<'_>,
    permit: Permit<op::ShowCode>,
    user: &UniqueId,
    serial: &str,
    code: &str,
) -> Result<Shown, Error> {
    let device = tx.snapshot().mfa_device(permit.account(), serial).cloned();
    let Some(mut device) = device
        .filter(|device| check_owner(device, user).is_ok())
        .map(|device| MfaDevice::clone(&device))
    else {
        return Ok(Shown::NoDevice);
    };
    let now = tx.seconds();
    if now < device.failed.saturating_add(wait(device.failures)) {
        return Ok(Shown::TooSoon);
    }
    let seed = seed(&device, tx.root())?;
    let shown = if let Some(step) = totp::find(&seed, code, totp::step(now), device.drift, device.used) {
        device.used = step;
        device.failures = 0;
        Shown::Accepted
    } else {
        device.failures = device.failures.saturating_add(1);
        device.failed = now;
        Shown::Wrong
    };
    tx.put(&device)?;
    Ok(shown)
}

/// How long nothing is looked at after so many wrong codes, in seconds.
fn wait(failures: u32) -> i64 {
    match failures.checked_sub(FREE_FAILURES) {
        None => 0,
        Some(more) => (FIRST_WAIT << more.min(6)).min(LONGEST_WAIT),
    }
}

/// Takes two codes in a row as those of the device, and its clock for what they tell.
fn synchronize(tx: &Transaction<'_>, device: &mut MfaDevice, codes: [&str; 2]) -> Result<(), Error> {
    let seed = seed(device, tx.root())?;
    let now = totp::step(tx.seconds());
    let shown = totp::find_pair(&seed, codes, now, device.used).ok_or_else(|| {
        Error::Unusable(
            Flaw::InvalidAuthenticationCode,
            "Authentication code for device is not valid.".to_owned(),
        )
    })?;
    device.drift = totp::drift(shown, now);
    device.used = shown;
    device.failures = 0;
    Ok(())
}

fn seed(device: &MfaDevice, root: &RootKey) -> Result<Seed, Error> {
    let unreadable = || Error::Internal(format!("the seed of `{}` does not open", device.serial));
    let wrapped = hex::decode(&device.wrapped).map_err(|_| unreadable())?;
    let plain = root.unwrap(&sealed_as(&device.serial, &device.incarnation), &wrapped)?;
    Seed::kept(&plain).ok_or_else(unreadable)
}

/// What the wrapped seed is bound to.
fn sealed_as(serial: &str, incarnation: &str) -> String {
    format!("mfa-device/{serial}/{incarnation}")
}

/// The device of a user, whom the permit is for.
fn of_user<Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    user: &str,
    serial: &str,
) -> Result<MfaDevice, Error> {
    let user = hold(tx, permit, user)?;
    let device = find(tx.snapshot(), permit.account(), serial)?;
    check_owner(&device, &user.id)?;
    Ok(MfaDevice::clone(&device))
}

fn check_owner(device: &MfaDevice, user: &UniqueId) -> Result<(), Error> {
    match &device.enabled {
        Some(enabled) if enabled.user == *user => Ok(()),
        _ => Err(Error::NotFound("MFA Device invalid for user.".to_owned())),
    }
}
