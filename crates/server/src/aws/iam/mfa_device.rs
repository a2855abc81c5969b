//! Virtual MFA devices.

use bytes::Bytes;
use rolecall_identity::{
    account::{
        mfa_device::{self, Assignment, NewDevice},
        tags, user,
    },
    state::MfaDevice,
};
use rolecall_names::Path;
use rolecall_wire::generated::iam;

use super::{
    Cx, invalid, limit, more, new_tags, qr_code, request_tags, tagged, tags_in, tags_out, time,
    user::{arn, must_name, own_name, owner_arn, shape as user_shape},
};
use crate::aws::{fault::Fault, operation::answer};

/// The ARN of whoever has a device: the user who is named, else its owner, else the caller.
fn whose(cx: &Cx, input: &iam::GetMFADeviceRequest) -> String {
    if let Some(name) = &input.user_name {
        return arn(cx, name);
    }
    let found = mfa_device::get(&cx.snapshot, cx.account, &input.serial_number, None);
    match found {
        Ok((_, Some(user))) => user.arn.to_string(),
        _ => owner_arn(cx, None),
    }
}

/// The ARN of the device of this serial number. That of a virtual one is its ARN; there are no others here.
fn device_arn(cx: &Cx, serial: &str) -> String {
    if serial.starts_with("arn:") {
        serial.to_owned()
    } else {
        mfa_device::arn(cx.account, "/", serial).to_string()
    }
}

fn shape(device: &MfaDevice) -> iam::VirtualMFADevice {
    iam::VirtualMFADevice {
        serial_number: device.serial.clone(),
        enable_date: device.enabled.as_ref().map(|enabled| time(enabled.since)),
        ..iam::VirtualMFADevice::default()
    }
}

answer! { iam::CreateVirtualMFADevice(cx, input)
    on mfa_device::arn(cx.account, input.path.as_deref().unwrap_or("/"), &input.virtual_mfa_device_name).to_string(),
    with |input, context| request_tags(input.tags.as_deref(), context) => |permit| {
        let new_tags = new_tags(cx, "iam:TagMFADevice", &Self::resource(cx, &input), input.tags.as_deref())?;
        let new = NewDevice {
            name: input.virtual_mfa_device_name.parse().map_err(invalid)?,
            path: input.path.as_deref().unwrap_or("/").parse::<Path>().map_err(invalid)?,
            tags: &new_tags,
        };
        let (device, seed) = cx.write(permit, |tx, permit| mfa_device::create(tx, permit, &new)).await?;
        cx.written().await?;
        let seed = seed.text();
        // "otpauth://totp/$virtualMFADeviceName@$AccountName?secret=$Base32String, where … AccountName is the user name if
        // set (otherwise, the account ID otherwise)" (IAM API Reference: VirtualMFADevice). Nobody has it yet.
        let link = format!("otpauth://totp/{}@{}?secret={}", new.name, cx.account, seed.as_str());
        Ok(iam::CreateVirtualMFADeviceResponse {
            virtual_mfa_device: iam::VirtualMFADevice {
                base32_string_seed: Some(Bytes::copy_from_slice(seed.as_bytes())),
                qr_code_png: Some(qr_code::png(&link).map_err(|_| Fault::internal())?.into()),
                tags: (!device.tags.is_empty()).then(|| tags_out(&device.tags)),
                ..shape(&device)
            },
        })
    }
}

answer! { iam::EnableMFADevice(cx, input) on arn(cx, &input.user_name) => |permit| {
    let codes = [input.authentication_code1.as_str(), input.authentication_code2.as_str()];
    cx.write(permit, |tx, permit| mfa_device::enable(tx, permit, &input.user_name, &input.serial_number, codes)).await
} }

answer! { iam::DeactivateMFADevice(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    cx.write(permit, |tx, permit| mfa_device::deactivate(tx, permit, &name, &input.serial_number)).await
} }

answer! { iam::ResyncMFADevice(cx, input) on arn(cx, &input.user_name) => |permit| {
    let codes = [input.authentication_code1.as_str(), input.authentication_code2.as_str()];
    cx.write(permit, |tx, permit| mfa_device::resync(tx, permit, &input.user_name, &input.serial_number, codes)).await
} }

answer! { iam::DeleteVirtualMFADevice(cx, input) on device_arn(cx, &input.serial_number) => |permit| {
    cx.write(permit, |tx, permit| mfa_device::delete(tx, permit, &input.serial_number)).await
} }

answer! { iam::ListMFADevices(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    let user = user::get(&cx.snapshot, cx.account, &name).map_err(|error| cx.fault(&error))?;
    let after = cx.after(input.marker.as_deref())?;
    let page = mfa_device::list(&cx.snapshot, cx.account, &name, after.as_deref(), limit(input.max_items))
        .map_err(|error| cx.fault(&error))?;
    let (is_truncated, marker) = more(cx, &page)?;
    let devices = page.items.iter().filter_map(|device| {
        Some(iam::MFADevice {
            user_name: user.name.clone(),
            serial_number: device.serial.clone(),
            enable_date: time(device.enabled.as_ref()?.since),
        })
    });
    Ok(iam::ListMFADevicesResponse { mfa_devices: devices.collect(), is_truncated, marker })
} }

answer! { iam::ListVirtualMFADevices(cx, input) on mfa_device::arn(cx.account, "/", "").to_string() => |permit| {
    let assignment = match input.assignment_status.as_deref() {
        Some("Assigned") => Assignment::Assigned,
        Some("Unassigned") => Assignment::Unassigned,
        // The model lets nothing else through.
        _ => Assignment::Any,
    };
    let after = cx.after(input.marker.as_deref())?;
    let page =
        mfa_device::list_virtual(&cx.snapshot, cx.account, assignment, after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    let devices = page.items.iter().map(|(device, user)| iam::VirtualMFADevice {
        user: user.as_deref().map(user_shape),
        ..shape(device)
    });
    Ok(iam::ListVirtualMFADevicesResponse { virtual_mfa_devices: devices.collect(), is_truncated, marker })
} }

answer! { iam::GetMFADevice(cx, input) on whose(cx, input) => |permit| {
    let (device, user) =
        mfa_device::get(&cx.snapshot, cx.account, &input.serial_number, input.user_name.as_deref())
            .map_err(|error| cx.fault(&error))?;
    Ok(iam::GetMFADeviceResponse {
        user_name: user.map(|user| user.name.clone()),
        serial_number: device.serial.clone(),
        enable_date: device.enabled.as_ref().map(|enabled| time(enabled.since)),
        certifications: None,
    })
} }

tagged! { MfaDevice, serial_number, device_arn, TagMFADevice UntagMFADevice ListMFADeviceTags ListMFADeviceTagsResponse }
