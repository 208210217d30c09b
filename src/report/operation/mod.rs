//! What a job does, for people and for programs: one file for each report.

mod events;
mod guide;
mod on_demand;
mod status;

use jiff::Timestamp;

pub use events::EventReport;
use events::failure_lines;
pub use guide::GuideReport;
pub use on_demand::OnDemandReport;
pub use status::StatusReport;

/// `2026-10-05 09:01 (20 min ago)`
fn moment(time: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(time).as_mins();
    let (ahead, minutes) = (minutes < 0, minutes.unsigned_abs());
    let about = match minutes {
        0 => "now".to_owned(),
        1..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    };
    let about = match (about.as_str(), ahead) {
        ("now", _) => about,
        (_, true) => format!("in {about}"),
        (_, false) => format!("{about} ago"),
    };
    format!("{} ({about})", time.strftime("%Y-%m-%d %H:%M UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_said_with_its_distance() {
        let now: Timestamp = "2026-10-05T10:00:00Z".parse().unwrap();
        for (time, said) in [
            ("2026-10-05T10:00:20Z", "2026-10-05 10:00 UTC (now)"),
            ("2026-10-05T09:40:00Z", "2026-10-05 09:40 UTC (20 min ago)"),
            ("2026-10-05T10:30:00Z", "2026-10-05 10:30 UTC (in 30 min)"),
            ("2026-10-04T10:00:00Z", "2026-10-04 10:00 UTC (24 h ago)"),
            ("2026-10-01T10:00:00Z", "2026-10-01 10:00 UTC (4 days ago)"),
        ] {
            assert_eq!(moment(time.parse().unwrap(), now), said);
        }
    }
}
