//! Limits of Entra and Graph, as their pages state them. They change, so each has its page and the day on which it was read.

use crate::expression::LONGEST;

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is limited.
    pub what: &'static str,
    /// The number.
    pub number: usize,
    /// The page that states it.
    pub page: &'static str,
    /// The day on which it was read.
    pub read: &'static str,
}

const ON_DEMAND: &str = "https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand";
const FIRST_CYCLE: &str = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-when-will-provisioning-finish-specific-user";

/// The characters of an expression.
pub(super) const EXPRESSION: Limit = Limit {
    what: "characters of an expression",
    number: LONGEST,
    page: "https://learn.microsoft.com/entra/identity/app-provisioning/known-issues",
    read: "2026-11-30",
};

/// The days in quarantine after which Entra disables a job.
pub(super) const QUARANTINE: Limit = Limit {
    what: "days in quarantine before Entra disables a job",
    number: 28,
    page: "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status",
    read: "2026-11-30",
};

/// The requests on demand that Graph accepts within [`ON_DEMAND_SECONDS`].
pub(super) const ON_DEMAND_REQUESTS: Limit =
    Limit { what: "requests on demand in ten seconds", number: 5, page: ON_DEMAND, read: "2026-11-30" };

/// The time for which [`ON_DEMAND_REQUESTS`] counts.
pub(super) const ON_DEMAND_SECONDS: u64 = 10;

/// The members of a group in one request on demand.
pub(super) const ON_DEMAND_MEMBERS: Limit =
    Limit { what: "members of a group in one request on demand", number: 5, page: ON_DEMAND, read: "2026-11-30" };

/// The fewest minutes that the first cycle takes for a hundred users, groups and memberships.
pub(super) const FIRST_CYCLE_FEWEST: Limit = Limit {
    what: "minutes, at least, for 100 users, groups and memberships of the first cycle",
    number: 1,
    page: FIRST_CYCLE,
    read: "2026-11-30",
};

/// The most minutes that the first cycle takes for a hundred users, groups and memberships.
pub(super) const FIRST_CYCLE_MOST: Limit = Limit {
    what: "minutes, at most, for 100 users, groups and memberships of the first cycle",
    number: 8,
    page: FIRST_CYCLE,
    read: "2026-11-30",
};

/// All of them.
pub const LIMITS: [Limit; 6] =
    [EXPRESSION, QUARANTINE, ON_DEMAND_REQUESTS, ON_DEMAND_MEMBERS, FIRST_CYCLE_FEWEST, FIRST_CYCLE_MOST];
