//! The rate limit of provisioning on demand.

use std::collections::VecDeque;
use std::time::Duration;

use super::limit::{ON_DEMAND_REQUESTS, ON_DEMAND_SECONDS};

/// Graph accepts this many requests …
const REQUESTS: usize = ON_DEMAND_REQUESTS.number;
/// … in this time.
const WINDOW: Duration = Duration::from_secs(ON_DEMAND_SECONDS);

/// Spaces requests to stay within the limit. All times count from the same moment.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    last: VecDeque<Duration>,
}

impl Pace {
    /// How long to wait before a request; it counts as sent after that.
    pub fn pause(&mut self, now: Duration) -> Duration {
        let pause = match self.last.front() {
            Some(first) if self.last.len() == REQUESTS => first.saturating_add(WINDOW).saturating_sub(now),
            _ => Duration::ZERO,
        };
        if self.last.len() == REQUESTS {
            self.last.pop_front();
        }
        self.last.push_back(now.saturating_add(pause));
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_ten_seconds_have_more_than_five_requests() {
        let mut pace = Pace::default();
        let (mut now, mut sent) = (Duration::ZERO, Vec::new());
        for number in 0..40_u32 {
            now += Duration::from_millis(u64::from(number * 37 % 900));
            now += pace.pause(now);
            sent.push(now);
        }
        for window in sent.windows(REQUESTS + 1) {
            assert!(window[REQUESTS] - window[0] >= WINDOW, "{window:?}");
        }
        assert_eq!(Pace::default().pause(Duration::ZERO), Duration::ZERO);
    }
}
