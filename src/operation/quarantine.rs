//! Quarantine: why Entra slows a job down, and how long until Entra disables it.
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status>

use jiff::Timestamp;

/// Entra disables a job after this many days in quarantine.
const DAYS: i64 = 28;

/// Days until Entra disables the job; zero or less where that time is up.
pub fn days_left(began: Timestamp, now: Timestamp) -> i64 {
    DAYS.saturating_sub(now.duration_since(began).as_hours() / 24)
}

/// Whether a reason of Graph means that accidental deletion prevention holds deletions back. Until somebody has decided
/// about them, a restart is the wrong remedy.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions>
pub fn holds_deletions_back(reason: &str) -> bool {
    reason.eq_ignore_ascii_case("TooManyDeletes")
}

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
        "TooManyDeletes" => "more users would have been deleted than the accidental deletion guard allows",
        "IngestionInterrupted" => "the directory could not be read completely",
        other => other,
    }
}
