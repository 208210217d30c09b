//! Quarantine: why Entra slows a job down, and how long it lets it be.
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status>

use jiff::Timestamp;

/// After so many days in quarantine the job is disabled.
const DAYS: i64 = 28;

/// How many days are left until the job is disabled; none or less where that is due.
pub fn days_left(began: Timestamp, now: Timestamp) -> i64 {
    DAYS - now.duration_since(began).as_hours() / 24
}

/// Graph's word for a reason as the end of "because …"; the word itself where it is a new one.
pub fn reason_in_words(reason: &str) -> &str {
    match reason {
        "EncounteredBaseEscrowThreshold" => "too many objects failed, not counting references",
        "EncounteredTotalEscrowThreshold" => "too many objects failed, counting references",
        "EncounteredEscrowProportionThreshold" => "more than four in ten objects failed",
        "EncounteredQuarantineException" => {
            "a whole cycle failed, as it does when the endpoint or the credentials are wrong"
        }
        "QuarantinedOnDemand" | "QuarantineOnDemand" => "Microsoft put it there by hand",
        "TooManyDeletes" => "more people would have been deleted than the guard against accidental deletion allows",
        "IngestionInterrupted" => "the directory could not be read through",
        other => other,
    }
}
