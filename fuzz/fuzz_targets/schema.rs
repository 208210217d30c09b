//! Reads any bytes as a file: decodes and parses them, and runs every rule.

#![no_main]

use libfuzzer_sys::fuzz_target;
use provlint::inspection::Inspection;
use provlint::rules::{Selection, Target, judge};
use provlint::{document, policy};

fuzz_target!(|bytes: &[u8]| {
    let Ok((_, text)) = document::decode(bytes.to_vec()) else { return };
    let inspection = Inspection::of(&text);
    let Ok(resources) = inspection.read() else { return };
    let Ok(policy) = policy::default_policy(None) else { return };
    for resource in &resources {
        let target = Target::new(&inspection, resource, &policy, jiff::civil::Date::default());
        for finding in judge(&target, &Selection::default()).findings {
            let _ = document::locate(&text, [&finding.pointer]);
        }
    }
});
