//! The parts of the evidence, and whether they are there.

use crate::finding::Evidence;
use crate::model::Snapshot;

/// A part of the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The enterprise application.
    Principal,
    /// The app's registration.
    Registration,
    /// The provisioning jobs.
    Jobs,
    /// The state of the job.
    JobState,
    /// The schema of the job.
    Schema,
    /// The settings of the connection.
    Settings,
    /// Who is assigned.
    Assignments,
    /// The assigned groups.
    Groups,
    /// The groups that the policy or the command line names.
    NamedGroups,
    /// The members of the assigned groups.
    Members,
    /// The users who are assigned directly.
    Users,
    /// Entra's own test of the connection.
    Test,
    /// The provisioning log.
    Log,
}

impl Part {
    /// The parts that every snapshot has.
    const USUAL: [Part; 4] = [Part::Principal, Part::Jobs, Part::Settings, Part::Assignments];

    /// The parts that a snapshot may note as unread.
    const NOTED: [Part; 11] = [
        Part::Principal,
        Part::Registration,
        Part::Jobs,
        Part::Schema,
        Part::Settings,
        Part::Assignments,
        Part::Groups,
        Part::NamedGroups,
        Part::Members,
        Part::Users,
        Part::Test,
    ];

    /// The words for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Principal => "enterprise application",
            Part::Registration => "app registration",
            Part::Jobs => "provisioning jobs",
            Part::JobState => "state of the provisioning job",
            Part::Schema => "attribute mappings",
            Part::Settings => "connection settings",
            Part::Assignments => "assignments",
            Part::Groups => "assigned groups",
            Part::NamedGroups => "groups that must be assigned",
            Part::Members => "members of the groups",
            Part::Users => "users who are assigned directly",
            Part::Test => "result of testing the connection",
            Part::Log => "provisioning log",
        }
    }

    /// The parts that evidence of a rule comes from.
    pub(super) fn of(evidence: Evidence) -> &'static [Part] {
        match evidence {
            Evidence::Schema => &[Part::Schema, Part::Jobs],
            Evidence::Jobs => &[Part::Jobs],
            Evidence::Secrets => &[Part::Settings],
            Evidence::ServicePrincipal => &[Part::Principal],
            Evidence::Application => &[Part::Registration],
            Evidence::Assignments => &[Part::Assignments],
            Evidence::Groups => &[Part::Groups, Part::Assignments],
            Evidence::Members => &[Part::Members, Part::Users, Part::Groups, Part::Assignments],
            Evidence::ConnectionTest => &[Part::Test, Part::Jobs],
            Evidence::MemberCounts => &[Part::Groups, Part::Assignments],
            Evidence::Owners | Evidence::Subscriptions | Evidence::Organization | Evidence::Claims => &[],
        }
    }

    /// Its name in a snapshot.
    fn name(self) -> &'static str {
        match self {
            Part::Principal => "servicePrincipal",
            Part::Registration => "application",
            Part::Jobs => "jobs",
            Part::JobState => "status",
            Part::Schema => "schema",
            Part::Settings => "secrets",
            Part::Assignments => "appRoleAssignedTo",
            Part::Groups => "groups",
            Part::NamedGroups => "namedGroups",
            Part::Members => "members",
            Part::Users => "users",
            Part::Test => "connectionTest",
            Part::Log => "log",
        }
    }

    fn is_in(self, snapshot: &Snapshot<'_>) -> bool {
        match self {
            Part::Principal => snapshot.service_principal.is_some(),
            Part::Jobs => snapshot.jobs.is_some(),
            Part::Settings => snapshot.secrets.is_some(),
            Part::Assignments => snapshot.app_role_assigned_to.is_some(),
            _ => false,
        }
    }
}

/// A part that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The part.
    pub part: Part,
    /// Why not.
    pub why: Why,
}

/// Why a part is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The input does not include it, and nothing asked for it.
    LeftOut,
    /// The input does not include it, and this flag asked for it.
    Asked(&'static str),
    /// It could not be read, for this reason.
    Unread(String),
}

impl Lack {
    /// Why the part could not be read; `None` if it was not requested.
    pub fn reason(&self) -> Option<String> {
        match &self.why {
            Why::LeftOut => None,
            Why::Asked(flag) => Some(format!("{flag} asks for them, but the file does not include them")),
            Why::Unread(reason) => Some(reason.clone()),
        }
    }

    /// What is missing, in a sentence.
    pub(super) fn in_words(&self) -> String {
        let part = self.part.as_str();
        match &self.why {
            Why::LeftOut => format!("the file has no {part}"),
            Why::Asked(flag) => format!("the file has no {part}, which {flag} asks for"),
            Why::Unread(_) => format!("the {part} could not be read"),
        }
    }
}

/// The parts that a snapshot lacks.
pub(super) fn lacks(snapshot: &Snapshot<'_>) -> Vec<Lack> {
    let unread = &snapshot.provlint.unread;
    let noted = Part::NOTED.into_iter().filter(|part| !part.is_in(snapshot)).filter_map(|part| {
        let (_, reason) = unread.iter().find(|(name, _)| &***name == part.name())?;
        Some(Lack { part, why: Why::Unread(reason.to_string()) })
    });
    let mut lacks: Vec<Lack> = noted.collect();
    for part in Part::USUAL {
        if !part.is_in(snapshot) && !lacks.iter().any(|lack| lack.part == part) {
            lacks.push(Lack { part, why: Why::LeftOut });
        }
    }
    lacks
}

/// The parts that a schema on its own lacks.
pub(super) fn lacks_of_schema() -> Vec<Lack> {
    Part::USUAL.into_iter().map(|part| Lack { part, why: Why::LeftOut }).collect()
}
