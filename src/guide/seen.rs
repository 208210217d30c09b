//! What one text shows about the milestones: only what was read, so that no milestone is reached by silence.

use serde_json::Value;

use super::AssignedGroup;
use super::part::{Lack, Part, Why, lacks, lacks_of_schema};
use crate::check::{AppliedProfile, CheckError, Judge, One};
use crate::model::{Assignment, Authentication, NON_GALLERY_TEMPLATE, ObjectKind, Snapshot, SynchronizationJob};
use crate::operation::Standing;
use crate::rules::{Judgement, RuleState, SchemaView};

/// What the rules and the snapshot of an app show.
#[derive(Debug)]
pub struct Seen {
    /// The profile that applies.
    pub profile: AppliedProfile,
    /// The app's name, if the text has it.
    pub app: Option<String>,
    /// What the rules found.
    pub judgement: Judgement,
    /// The parts that are missing.
    pub lacks: Vec<Lack>,
    /// Whether the text is a schema on its own, so that most steps cannot be evaluated.
    pub is_schema: bool,
    /// The enterprise application.
    pub principal: Option<Principal>,
    /// The ids of the jobs, the one that is judged first; `None` if the text does not include jobs.
    pub jobs: Option<Vec<String>>,
    /// The state of the job that is judged; `None` if there is no job, or the text does not include jobs.
    pub standing: Option<Standing>,
    /// The template that the job was created from.
    pub job_template: Option<String>,
    /// The object mappings of the job that is judged; `None` if its schema is not in the text.
    pub mappings: Option<Mappings>,
    /// The settings of the connection.
    pub settings: Option<Settings>,
    /// Whether the policy names the tenant URL.
    pub wants_tenant_url: bool,
    /// Whether the app accepted the saved credentials in Entra's own test; `None` if there was none.
    pub tested: Option<bool>,
    /// The groups that are assigned; `None` if the text does not include assignments.
    pub groups: Option<Vec<AssignedGroup>>,
    /// The number of users who are assigned directly.
    pub direct_users: usize,
}

/// The enterprise application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Whether users can sign in to it.
    pub enabled: Option<bool>,
    /// The template that it was created from.
    pub template: Template,
}

/// What an enterprise application was created from, which decides whether Entra can provision to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// The template of non-gallery apps.
    NonGallery,
    /// A template of the gallery.
    Gallery,
    /// None: it belongs to an app registration.
    None,
    /// The text does not say it.
    Unknown,
}

/// The object mappings of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mappings {
    /// How many object mappings towards an app are enabled.
    pub enabled: usize,
    /// Whether one of them is for groups.
    pub groups: bool,
}

/// The settings of the connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The host of the tenant URL.
    pub host: Option<String>,
    /// What the app is given to recognise Entra, as a sentence: `a secret token is saved`.
    pub credential: Option<String>,
    /// Whether Entra signs in to the app with something else than a secret token.
    pub has_other_sign_in: bool,
    /// The scope.
    pub sync_all: Option<String>,
    /// Who gets an email when provisioning fails.
    pub recipients: Option<String>,
    /// From how many deletions on a cycle is stopped.
    pub deletions: Option<i64>,
}

impl Seen {
    /// Judges a text and reads its job, settings and assignments. `is_live` says whether it was read from the tenant
    /// just now, so that every part was asked for; `asks_for_groups` whether the command line names groups.
    ///
    /// # Errors
    /// If no policy applies.
    pub fn of(one: &One<'_>, judge: &Judge, is_live: bool, asks_for_groups: bool) -> Result<Self, CheckError> {
        let snapshot = one.snapshot();
        let index = one.part(judge)?.job();
        let job = snapshot.and_then(|snapshot| snapshot.jobs.iter().flatten().nth(index));
        let mut lacks = snapshot.map_or_else(lacks_of_schema, lacks);
        if asks_for_groups
            && let Some(lack) = lacks.iter_mut().find(|lack| lack.part == Part::Assignments)
            && lack.why == Why::LeftOut
        {
            lack.why = Why::Asked("--group");
        }
        // The schema of another job says nothing about this one.
        let schema = if job.is_some() { one.resource.schema_of_job(index) } else { one.resource.schema() };
        let view = schema.map(|(place, schema, of)| SchemaView::new(schema, place, of));
        if view.is_none() && (job.is_some() || snapshot.is_none_or(|snapshot| snapshot.jobs.is_none())) {
            note_missing_schema(&mut lacks);
        }
        if job.is_some_and(|job| !says_its_state(job)) {
            let why = if is_live { Why::Unread("Graph's answer does not include it".to_owned()) } else { Why::LeftOut };
            lacks.push(Lack { part: Part::JobState, why });
        }
        let assigned = snapshot.and_then(Snapshot::assigned);
        let policy = judge.policy(one.app_name(), one.name)?;
        Ok(Seen {
            profile: policy.applied_profile(),
            wants_tenant_url: policy.connection.tenant_url.is_some(),
            app: one.app_name().map(str::to_owned),
            judgement: one.judge(judge)?,
            lacks,
            is_schema: snapshot.is_none(),
            principal: snapshot.and_then(principal),
            jobs: snapshot.filter(|snapshot| snapshot.jobs.is_some()).map(|_| with_first(&one.jobs(), index)),
            standing: job.map(Standing::of),
            job_template: job.and_then(|job| job.template_id.as_deref()).map(str::to_owned),
            mappings: view.as_ref().map(mappings),
            settings: snapshot.filter(|snapshot| snapshot.secrets.is_some()).map(settings),
            tested: snapshot.and_then(|snapshot| tested(snapshot, job)),
            groups: assigned.as_deref().map(groups),
            direct_users: assigned.iter().flatten().filter(|one| one.is_user()).count(),
        })
    }

    /// Why a part is missing; `None` if it is there.
    pub(super) fn lack(&self, part: Part) -> Option<&Lack> {
        self.lacks.iter().find(|lack| lack.part == part)
    }

    /// Whether the app is known to have no job.
    pub(super) fn has_no_job(&self) -> bool {
        self.jobs.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether a rule ran, whatever it found. A rule that did not run is switched off.
    pub(super) fn ran(&self, rule: &str) -> bool {
        self.state(rule).is_some()
    }

    /// Whether a rule was evaluated and found nothing wrong.
    pub(super) fn passed(&self, rule: &str) -> bool {
        self.state(rule) == Some(&RuleState::Passed)
    }

    /// Whether a rule found something.
    pub(super) fn failed(&self, rule: &str) -> bool {
        self.state(rule) == Some(&RuleState::Failed)
    }

    fn state(&self, rule: &str) -> Option<&RuleState> {
        self.judgement.rules.iter().find(|report| report.rule.id == rule).map(|report| &report.state)
    }
}

/// The result of the test of the job's connection.
fn tested(snapshot: &Snapshot<'_>, job: Option<&SynchronizationJob<'_>>) -> Option<bool> {
    let test = snapshot.connection_test.as_ref()?;
    let is_of_other = snapshot.is_tested_for_another(job.and_then(|job| job.id.as_deref()));
    (!is_of_other).then_some(test.valid)
}

/// The ids of the jobs, that at an index first.
fn with_first(ids: &[&str], index: usize) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    if let Some(ids) = ids.get_mut(..=index) {
        ids.rotate_right(1);
    }
    ids
}

/// Notes that the schema is missing, for the reason that the jobs are missing, if they are.
fn note_missing_schema(lacks: &mut Vec<Lack>) {
    if !lacks.iter().any(|lack| lack.part == Part::Schema) {
        let jobs = lacks.iter().find(|lack| lack.part == Part::Jobs);
        let why = jobs.map_or(Why::LeftOut, |lack| lack.why.clone());
        lacks.push(Lack { part: Part::Schema, why });
    }
}

fn says_its_state(job: &SynchronizationJob<'_>) -> bool {
    job.status.as_ref().is_some_and(|status| status.code.is_some())
}

fn principal(snapshot: &Snapshot<'_>) -> Option<Principal> {
    let principal = snapshot.service_principal.as_ref()?;
    let template = match principal.template() {
        Some(NON_GALLERY_TEMPLATE) => Template::NonGallery,
        Some(_) => Template::Gallery,
        None if principal.has_no_template() => Template::None,
        None => Template::Unknown,
    };
    Some(Principal { enabled: principal.account_enabled, template })
}

fn mappings(view: &SchemaView<'_>) -> Mappings {
    let enabled = || view.mappings.iter().filter(|mapping| mapping.is_active());
    let groups = enabled().any(|mapping| {
        let source = mapping.mapping.source_object_name.as_deref();
        mapping.kind == Some(ObjectKind::Group) || source.is_some_and(|name| name.eq_ignore_ascii_case("Group"))
    });
    Mappings { enabled: enabled().count(), groups }
}

fn groups(assigned: &[Assignment<'_, '_>]) -> Vec<AssignedGroup> {
    let groups = assigned.iter().filter(|one| one.is_group());
    groups.map(|group| AssignedGroup { id: group.id().to_owned(), name: group.name().to_owned() }).collect()
}

fn settings(snapshot: &Snapshot<'_>) -> Settings {
    let filled = |key: &str| snapshot.secret(key).filter(|value| !value.is_empty());
    let notices = filled("SyncNotificationSettings").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let notices = notices.unwrap_or_default();
    let recipients = notices["Recipients"].as_str().filter(|recipients| !recipients.is_empty());
    Settings {
        host: filled("BaseAddress").map(host),
        credential: credential(snapshot),
        has_other_sign_in: !matches!(snapshot.authentication(), Some(Authentication::Bearer) | None),
        sync_all: filled("SyncAll").map(str::to_lowercase),
        recipients: recipients.map(str::to_owned),
        deletions: notices["DeleteThresholdValue"].as_i64(),
    }
}

/// The host of a URL, without the parts that may hold credentials; the URL itself may be any text.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

/// The credential among the settings.
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationsecretkeystringvaluepair>
fn credential(snapshot: &Snapshot<'_>) -> Option<String> {
    let kinds = [
        ("SecretToken", "a secret token"),
        ("Oauth2ClientSecret", "an OAuth client secret"),
        ("ClientSecret", "an OAuth client secret"),
        ("Oauth2AccessToken", "an OAuth token"),
        ("Oauth2RefreshToken", "an OAuth token"),
        ("Password", "a user name and a password"),
    ];
    let known = kinds.iter().find(|(key, _)| snapshot.has_setting(key)).map(|(_, words)| (*words).to_owned());
    // Graph masks every credential, also those of keys that are not listed above.
    let masked = || {
        let is_masked = |value: &str| !value.is_empty() && value.trim_matches('*').is_empty();
        let mut settings = snapshot.secrets.iter().flatten();
        let key = settings.find(|setting| setting.value.as_deref().is_some_and(is_masked))?.key.as_deref()?;
        Some(format!("a credential ({key})"))
    };
    let way = snapshot.authentication();
    if way == Some(Authentication::Federation) {
        return Some("Entra signs in with workload identity federation, which stores no secret".to_owned());
    }
    let known = known.filter(|_| way != Some(Authentication::ClientCredentials) || snapshot.has_client_secret());
    Some(format!("{} is saved", known.or_else(masked)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_str;

    fn saved(secrets: &str) -> Settings {
        let text = format!(r#"{{"provlint": {{"snapshot": 1}}, "secrets": {secrets}}}"#);
        settings(&from_str(&text).unwrap())
    }

    #[test]
    fn a_credential_is_named_by_its_kind_and_never_shown() {
        let one = |key: &str, value: &str| saved(&format!(r#"[{{"key": "{key}", "value": "{value}"}}]"#)).credential;
        assert_eq!(one("SecretToken", "*").as_deref(), Some("a secret token is saved"));
        assert_eq!(one("Oauth2ClientSecret", "*").as_deref(), Some("an OAuth client secret is saved"));
        assert_eq!(one("AppKey", "***").as_deref(), Some("a credential (AppKey) is saved"));
        assert!(one("Oauth2TokenExchangeUri", "https://x").unwrap().contains("workload identity federation"));
        assert_eq!((one("SecretToken", ""), one("BaseAddress", "https://x")), (None, None));
        assert_eq!(saved("[]"), Settings::default());
    }

    #[test]
    fn of_a_tenant_url_only_the_host_is_shown() {
        for (url, shown) in [
            ("https://x.example.com/scim?token=s3cr3t", "x.example.com"),
            ("https://u:pw@x.example.com", "x.example.com"),
            ("x.example.com/a", "x.example.com"),
            ("", ""),
        ] {
            assert_eq!(host(url), shown, "{url}");
        }
    }
}
