//! Rules and their findings.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::document::{Change, Pointer};
use crate::model::{GraphRequest, TenantChange};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Something will fail for some users or at some time.
    Warning,
    /// Provisioning or sign-in will not work as the vendor requires.
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

/// A part of the configuration that a rule needs.
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
    /// How many members the assigned groups have, and which of them are groups.
    MemberCounts,
    /// The users behind the assignments.
    Members,
    /// Entra's own test of the connection.
    ConnectionTest,
    /// The tenant's licences.
    Subscriptions,
    /// The kind of tenant.
    Organization,
    /// The policies about the app's claims, which decide how users are identified when they sign in.
    Claims,
}

impl Evidence {
    /// Whether a result is complete without it: the permissions to read the tenant's licences, its kind and the policies
    /// about claims are seldom granted.
    pub fn is_optional(self) -> bool {
        matches!(self, Evidence::Subscriptions | Evidence::Organization | Evidence::Claims)
    }

    /// What an administrator calls it: "the input has no provisioning job".
    pub fn in_words(self) -> &'static str {
        match self {
            Evidence::Schema => "provisioning schema",
            Evidence::Jobs => "provisioning job",
            Evidence::Secrets => "connection settings",
            Evidence::ServicePrincipal => "enterprise app",
            Evidence::Application => "app registration",
            Evidence::Owners => "owners",
            Evidence::Assignments => "assignments",
            Evidence::Groups => "groups",
            Evidence::MemberCounts => "numbers of members",
            Evidence::Members => "members of the groups",
            Evidence::ConnectionTest => "result of a connection test",
            Evidence::Subscriptions => "licences",
            Evidence::Organization => "kind of tenant",
            Evidence::Claims => "claims policies",
        }
    }

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
            Evidence::MemberCounts => "member counts",
            Evidence::Members => "members",
            Evidence::ConnectionTest => "connection test",
            Evidence::Subscriptions => "subscriptions",
            Evidence::Organization => "organization",
            Evidence::Claims => "claims",
        }
    }
}

/// The effect of a fix on users who are already provisioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// The same users and groups are matched, created, disabled and removed as before.
    Safe,
    /// It changes who is in scope, matched, created, disabled or removed.
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

/// The section of the catalogue that a rule is in, which is also its folder under `src/rules/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// What the vendor requires of the mapping.
    Mapping,
    /// Which objects are provisioned.
    Object,
    /// Rows that Entra will reject or never send.
    Hygiene,
    /// How objects are matched.
    Matching,
    /// Who can sign in, and who is disabled.
    Lifecycle,
    /// The Group mapping.
    Group,
    /// The app roles of users.
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
    /// The users behind the assignments.
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

/// The metadata of a rule: the one source of lists, explanations and reports.
#[derive(Debug)]
pub struct Metadata {
    /// The id, kebab-case and fixed: policies and baselines hold it.
    pub id: &'static str,
    /// Its section.
    pub section: Section,
    /// The severity of its findings, unless a policy sets another.
    pub severity: Severity,
    /// The usual effect of its fixes; a safe one is unsafe at a value that decides about people.
    pub fix: Applicability,
    /// The evidence it needs.
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

    /// The page for readers, without the words in code fences and the comments that only tests need.
    pub fn markdown(&self) -> String {
        let line = |line: &str| match line.strip_prefix("```") {
            Some(info) => format!("```{}\n", info.split_whitespace().next().unwrap_or_default()),
            None => format!("{line}\n"),
        };
        let mut in_comment = false;
        let shown = self.page.lines().filter(|line| {
            let hidden = in_comment || line.starts_with("<!--");
            in_comment = hidden && !line.ends_with("-->");
            !hidden
        });
        shown.map(line).collect()
    }

    /// The first sentence of the page, on one line.
    pub fn description(&self) -> String {
        let paragraph =
            |lines: std::str::Lines<'_>| lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        let mut lines = self.page.lines();
        lines.find(|line| line.is_empty()).map_or_else(|| self.summary.to_owned(), |_| paragraph(lines))
    }
}

/// The fix of a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// Its effect.
    pub applicability: Applicability,
    /// The fix on one line, as an instruction.
    pub title: String,
    /// The change of the schema, in the smallest pieces; empty if there is none.
    pub changes: Vec<Change>,
    /// The change of the tenant outside the schema.
    pub tenant: Option<TenantChange>,
    /// The steps in the portal.
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

/// What one rule found at one place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Metadata,
    /// The severity here, after the policy was applied.
    pub severity: Severity,
    /// What it is about, in a form that stays the same when the file is reformatted: `User/externalId`.
    pub subject: String,
    /// What is wrong and what it causes.
    pub message: String,
    /// A label for the place, in a few words.
    pub label: String,
    /// What to do, in a sentence.
    pub help: String,
    /// The value at fault, or the parent of a missing value.
    pub pointer: Pointer,
    /// The bytes at fault within that value, if it is a string and only part of it is wrong.
    pub within: Option<Range<usize>>,
    /// The users it is about, by sign-in name; shown only with `--verbose`.
    pub people: Vec<String>,
    /// How to fix it.
    pub fix: Option<Fix>,
}

/// A word that is not a severity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a severity; use error, warning or info")]
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
