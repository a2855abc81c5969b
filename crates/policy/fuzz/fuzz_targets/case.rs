//! A whole case as data. Start from the sample in `tests/data`, one line a file.
#![no_main]

libfuzzer_sys::fuzz_target!(|line: &str| {
    let _ = rolecall_policy::cases::evaluate(line, true);
});
