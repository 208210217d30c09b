//! Quarantine: why Entra slows a job down, and how long until Entra disables it.
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status>

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use super::limit::QUARANTINE;

/// Entra disables a job after this many days in quarantine.
const DAYS: i64 = QUARANTINE.number as i64;

/// What Entra does with a job that stays in quarantine, and when, counted from `today`: a sentence without its full stop.
pub fn deadline_in_words(began: Timestamp, today: Date) -> String {
    let began = Offset::UTC.to_datetime(began).date();
    let Ok(end) = began.checked_add(Span::new().days(DAYS)) else {
        return format!("Entra disables a job after {DAYS} days in quarantine");
    };
    match today.until(end).map_or(0, |left| left.get_days()) {
        ..0 => format!("Entra disables a job after {DAYS} days in quarantine, which was on {end}"),
        0 => format!("Entra disables the job today, {end}"),
        1 => format!("Entra will disable the job on {end}, in 1 day"),
        left => format!("Entra will disable the job on {end}, in {left} days"),
    }
}

/// Whether a reason of Graph means that accidental deletion prevention holds deletions back. Until somebody has decided
/// about them, a restart is the wrong remedy.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions>
pub fn holds_deletions_back(reason: &str) -> bool {
    reason.eq_ignore_ascii_case("TooManyDeletes")
}

/// The action of the provisioning log under which Entra lists what it holds back.
pub const STAGED_DELETE: &str = "StagedDelete";

/// A reason of Graph, to follow "because"; an unknown reason as it is.
pub fn reason_in_words(reason: &str) -> &str {
    match reason {
        "EncounteredBaseEscrowThreshold" => "too many objects failed, not counting references",
        "EncounteredTotalEscrowThreshold" => "too many objects failed, counting references",
        "EncounteredEscrowProportionThreshold" => "more than four in ten objects failed",
        "EncounteredQuarantineException" => {
            "a whole cycle failed, as it does when the endpoint or the credentials are wrong"
        }
        "QuarantinedOnDemand" | "QuarantineOnDemand" => "Microsoft put it there manually",
        "TooManyDeletes" => {
            "more users and groups would have been disabled or deleted in one cycle than accidental deletion prevention allows"
        }
        "IngestionInterrupted" => "the directory could not be read completely",
        other => other,
    }
}
