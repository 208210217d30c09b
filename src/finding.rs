//! What a rule is, and what it says when something is wrong.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::document::{Change, Pointer};
use crate::model::{GraphRequest, TenantChange};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Something will go wrong for some people or at some time.
    Warning,
    /// Provisioning or sign-in won't work as the vendor requires.
    Error,
}

impl Severity {
    /// Every severity, worst first.
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

    /// The word that reports and policies use.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Part of the configuration that a rule can't do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The synchronizationSchema.
    Schema,
    /// The provisioning jobs.
    Jobs,
    /// The connection's settings, credentials masked.
    Secrets,
    /// The enterprise application.
    ServicePrincipal,
    /// The app's registration.
    Application,
    /// Who may change the app.
    Owners,
    /// Who is assigned to the app.
    Assignments,
    /// The assigned groups.
    Groups,
    /// The people behind the assignments.
    Members,
    /// Entra's own test of the connection.
    ConnectionTest,
    /// What the tenant subscribes to.
    Subscriptions,
}

impl Evidence {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Evidence::Schema => "schema",
            Evidence::Jobs => "jobs",
            Evidence::Secrets => "secrets",
            Evidence::ServicePrincipal => "service principal",
            Evidence::Application => "application",
            Evidence::Owners => "owners",
            Evidence::Assignments => "assignments",
            Evidence::Groups => "groups",
            Evidence::Members => "members",
            Evidence::ConnectionTest => "connection test",
            Evidence::Subscriptions => "subscriptions",
        }
    }
}

/// What a fix may do to people who are provisioned already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// Nobody new is matched, created, disabled or removed.
    Safe,
    /// It changes who is matched, created or removed.
    Unsafe,
    /// Only a person can do it.
    Manual,
}

impl Applicability {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
            Applicability::Manual => "manual",
        }
    }
}

/// The chapter of the catalogue that a rule stands in, which is also its folder under `src/rules/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// What the vendor requires of the mapping.
    Mapping,
    /// Which objects flow.
    Object,
    /// Rows that Entra will reject or never send.
    Hygiene,
    /// How objects are joined.
    Matching,
    /// Who can sign in, who is switched off.
    Lifecycle,
    /// The Group mapping.
    Group,
    /// The app roles of people.
    Role,
    /// Mapping expressions.
    Expression,
    /// Scope filters.
    Scope,
    /// The file itself.
    Document,
    /// The provisioning job.
    Job,
    /// The connection to the app.
    Connection,
    /// The app itself.
    Application,
    /// Who is assigned to the app.
    Assignment,
    /// The people behind the assignments.
    Member,
}

impl Section {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Section::Mapping => "mapping",
            Section::Object => "object",
            Section::Hygiene => "hygiene",
            Section::Matching => "matching",
            Section::Lifecycle => "lifecycle",
            Section::Group => "group",
            Section::Role => "role",
            Section::Expression => "expression",
            Section::Scope => "scope",
            Section::Document => "document",
            Section::Job => "job",
            Section::Connection => "connection",
            Section::Application => "application",
            Section::Assignment => "assignment",
            Section::Member => "member",
        }
    }
}

/// All that is known of a rule before it runs: the one source of lists, explanations and reports.
#[derive(Debug)]
pub struct Metadata {
    /// The id, kebab-case and fixed: policies and baselines hold it.
    pub id: &'static str,
    /// Its chapter.
    pub section: Section,
    /// How bad its findings are unless a policy says otherwise.
    pub severity: Severity,
    /// What its fixes may do.
    pub fix: Applicability,
    /// What it needs to see.
    pub evidence: &'static [Evidence],
    /// One line for lists.
    pub summary: &'static str,
    /// The page `docs/rules/<id>.md`.
    pub page: &'static str,
}

impl Metadata {
    /// Where the rule's page is published.
    pub fn url(&self) -> String {
        format!("{}/blob/main/docs/rules/{}.md", env!("CARGO_PKG_REPOSITORY"), self.id)
    }

    /// The page as people read it: behind the fences of its examples stands what the tests need to know.
    pub fn markdown(&self) -> String {
        let line = |line: &str| match line.strip_prefix("```") {
            Some(info) => format!("```{}\n", info.split_whitespace().next().unwrap_or_default()),
            None => format!("{line}\n"),
        };
        self.page.lines().map(line).collect()
    }

    /// What the page says first, in one line.
    pub fn description(&self) -> String {
        let first = self.page.split("\n\n").nth(1).unwrap_or(self.summary);
        first.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// How a finding is put right.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What it may do.
    pub applicability: Applicability,
    /// The fix in one line, as an order.
    pub title: String,
    /// The change of the schema, in as small pieces as will do; empty where there is none to make.
    pub changes: Vec<Change>,
    /// The change of the tenant that stands in no schema.
    pub tenant: Option<TenantChange>,
    /// The way through the portal, a step each.
    pub portal: Vec<String>,
    /// The call that makes the change, where Graph has one.
    pub graph: Option<GraphRequest>,
}

impl Fix {
    /// Whether only a person can do it.
    pub fn is_manual(&self) -> bool {
        self.applicability == Applicability::Manual || (self.changes.is_empty() && self.tenant.is_none())
    }
}

/// One rule, one place, one message.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Metadata,
    /// How bad it is here, after the policy had its say.
    pub severity: Severity,
    /// What it is about, in a form that stays the same when the file is reformatted: `User/externalId`.
    pub subject: String,
    /// What is wrong and what comes of it.
    pub message: String,
    /// What stands at the place, in a few words.
    pub label: String,
    /// What to do, in a sentence.
    pub help: String,
    /// The value at fault, or what lacks something.
    pub pointer: Pointer,
    /// The bytes at fault of that value, which is a string, where not all of it is.
    pub within: Option<Range<usize>>,
    /// The people it is about, by sign-in name; shown to those who ask for more.
    pub people: Vec<String>,
    /// How to put it right.
    pub fix: Option<Fix>,
}

/// A word that is not in the list it should be from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of error, warning, info")]
pub struct UnknownSeverity(String);

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(word: &str) -> Result<Self, UnknownSeverity> {
        Severity::ALL
            .into_iter()
            .find(|severity| severity.as_str() == word)
            .ok_or_else(|| UnknownSeverity(word.to_owned()))
    }
}
