//! Whatever the text, parsing, validating and compiling it must neither panic nor take long.
#![no_main]

use rolecall_policy::{Compiled, Kind, Policy, validate};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(policy) = Policy::parse(text) {
        for kind in [Kind::Identity, Kind::Trust, Kind::Resource, Kind::Session, Kind::ServiceControl, Kind::ResourceControl] {
            if let Err(malformed) = validate(&policy, kind) {
                let _ = malformed.place(text);
            }
        }
        let _ = (policy.context_keys(), policy.principals().count(), Compiled::new(&policy));
    }
});
