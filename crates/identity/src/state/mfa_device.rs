//! What is kept of virtual MFA devices.

use std::sync::Arc;

use rolecall_names::{AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{
    Kept, Snapshot, Tag, lower,
    owned::{OfUser, kept_of_user},
    split,
};

/// A virtual MFA device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaDevice {
    /// The account.
    pub account: AccountId,
    /// Its ARN.
    pub serial: String,
    /// When it was made, in seconds.
    pub created: i64,
    /// The seed of its codes, wrapped by the root key and bound to this record, in hexadecimal.
    pub wrapped: String,
    /// A number that no other device ever has, so that one which is made anew is another.
    pub incarnation: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<Enabled>,
    /// The step of the last code that counted: neither it nor one before counts again.
    #[serde(default)]
    pub used: i64,
    /// How many steps its clock is ahead of ours.
    #[serde(default)]
    pub drift: i64,
    /// How many wrong codes came in a row.
    #[serde(default)]
    pub failures: u32,
    /// When the last of them came, in seconds.
    #[serde(default)]
    pub failed: i64,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Since when a device is whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enabled {
    /// The unique id of the user.
    pub user: UniqueId,
    /// When, in seconds.
    pub since: i64,
}

impl OfUser for MfaDevice {
    fn account(&self) -> AccountId {
        self.account
    }

    fn id(&self) -> String {
        place(&self.serial)
    }

    fn owner(&self) -> Option<String> {
        self.enabled.as_ref().map(|enabled| enabled.user.to_string())
    }
}

kept_of_user!(MfaDevice, mfa_devices, "mfa-device");

/// Path and name of a serial number, in lower case: no two devices are told apart by capitals alone.
fn place(serial: &str) -> String {
    let name = serial.split_once(":mfa/").map_or(serial, |(_, name)| name);
    lower(name)
}

impl Snapshot {
    /// The device of this serial number.
    pub fn mfa_device(&self, account: AccountId, serial: &str) -> Option<&Arc<MfaDevice>> {
        self.mfa_device_like(account, serial)
            .filter(|device| device.serial == serial)
    }

    /// The device of this serial number, ignoring case.
    pub(crate) fn mfa_device_like(&self, account: AccountId, serial: &str) -> Option<&Arc<MfaDevice>> {
        self.mfa_devices.get(account, &place(serial))
    }

    /// All devices of an account, by path and name.
    pub fn mfa_devices(&self, account: AccountId) -> impl Iterator<Item = &Arc<MfaDevice>> {
        self.mfa_devices.of_account(account)
    }

    /// The devices of a user, by path and name.
    pub fn mfa_devices_of(&self, account: AccountId, user: &UniqueId) -> impl Iterator<Item = &Arc<MfaDevice>> {
        self.mfa_devices.of_user(account, user.as_str())
    }
}
