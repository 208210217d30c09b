//! The configuration of one app that is checked, and whether it includes the evidence that a rule needs.

use std::cell::OnceCell;

use jiff::Timestamp;
use jiff::civil::Date;

use super::NotJudged;
use super::people::People;
use super::view::{MappingView, SchemaView, provisions_an_app};
use crate::document::Pointer;
use crate::finding::Evidence;
use crate::inspection::{Inspection, MaskedResource};
use crate::model::{Assignment, Content, Group, ObjectKind, Offered, PlacedSchema, ServicePrincipal, Snapshot};
use crate::policy::Policy;

/// One app's configuration, and the policy for it.
#[derive(Debug)]
pub struct Target<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The snapshot, where the file is one.
    pub snapshot: Option<&'a Snapshot<'a>>,
    /// The place of the schema or snapshot in the file.
    pub pointer: Pointer,
    /// The schema, where the file has one.
    pub schema: Option<SchemaView<'a>>,
    /// Why the schema could not be read, where the file has an unreadable one.
    pub unreadable_schema: Option<String>,
    /// The file's text, credentials masked, and what its strings reveal.
    pub inspection: &'a Inspection<'a>,
    /// Today, for rules about age.
    pub today: Date,
    /// The job that is checked, by its index in the snapshot; `None` for all jobs.
    pub job: Option<usize>,
    /// Whether another target holds the same app, so that only rules about the job are evaluated here.
    pub is_beside: bool,
    /// The users, evaluated once for all rules.
    people: OnceCell<Result<People, NotJudged>>,
}

fn view<'a>(schema: Option<PlacedSchema<'a, 'a>>) -> Option<SchemaView<'a>> {
    schema.map(|(pointer, schema, job)| SchemaView::new(schema, pointer, job))
}

impl<'a> Target<'a> {
    /// A schema or snapshot that was read from an inspected text, so that no rule sees a credential.
    pub fn new(
        inspection: &'a Inspection<'a>,
        resource: &'a MaskedResource<'a>,
        policy: &'a Policy,
        today: Date,
    ) -> Self {
        Target { schema: view(resource.schema()), ..Target::without_schema(inspection, resource, policy, today) }
    }

    /// The same for one of the snapshot's jobs. `is_beside` says whether another target holds the same app.
    pub fn of_job(
        inspection: &'a Inspection<'a>,
        resource: &'a MaskedResource<'a>,
        policy: &'a Policy,
        today: Date,
        index: usize,
        is_beside: bool,
    ) -> Self {
        let target = Target::without_schema(inspection, resource, policy, today);
        Target { schema: view(resource.schema_of_job(index)), job: Some(index), is_beside, ..target }
    }

    fn without_schema(
        inspection: &'a Inspection<'a>,
        resource: &'a MaskedResource<'a>,
        policy: &'a Policy,
        today: Date,
    ) -> Self {
        let mut target = Target::unreadable(inspection, policy, today, String::new());
        target.unreadable_schema = None;
        target.pointer = resource.pointer.clone();
        if let Content::Snapshot(snapshot) = &resource.content {
            target.snapshot = Some(snapshot);
        }
        target
    }

    /// A file whose schema cannot be read because of the way it was exported.
    pub fn unreadable(inspection: &'a Inspection<'a>, policy: &'a Policy, today: Date, reason: String) -> Self {
        Target {
            policy,
            snapshot: None,
            pointer: Pointer::root(),
            schema: None,
            unreadable_schema: Some(reason),
            inspection,
            today,
            job: None,
            is_beside: false,
            people: OnceCell::new(),
        }
    }

    /// The display name of the app, if the text has it.
    pub fn app_name(&self) -> Option<&'a str> {
        self.principal()?.display_name.as_deref().filter(|name| !name.is_empty())
    }

    /// The app's service principal, if the file contains it.
    pub(super) fn principal(&self) -> Option<&'a ServicePrincipal<'a>> {
        self.snapshot?.service_principal.as_ref()
    }

    /// The users behind the assignments, evaluated with the user mapping.
    pub(super) fn people(&self) -> Result<&People, NotJudged> {
        self.people.get_or_init(|| People::of(self)).as_ref().map_err(Clone::clone)
    }

    /// The object mappings towards an app.
    ///
    /// # Errors
    /// When there is no schema, or its direction is another one.
    pub fn mappings(&self) -> Result<&[MappingView<'a>], NotJudged> {
        self.has(Evidence::Schema)?;
        let Some(view) = &self.schema else { return Err(NotJudged::lacking(Evidence::Schema)) };
        let rules = view.schema.synchronization_rules.as_deref().unwrap_or_default();
        if rules.iter().any(|rule| provisions_an_app(rule) && rule.object_mappings.is_none()) {
            return Err(NotJudged::absent("a synchronizationRule has no objectMappings in this file"));
        }
        if view.mappings.is_empty() && self.other_direction().is_some() {
            return Err(NotJudged::skipped("an object mapping from Entra ID to an app over SCIM"));
        }
        Ok(&view.mappings)
    }

    /// The object mappings that are not disabled.
    ///
    /// # Errors
    /// As [`Target::mappings`].
    pub fn active_mappings(&self) -> Result<impl Iterator<Item = &MappingView<'a>>, NotJudged> {
        Ok(self.mappings()?.iter().filter(|view| view.is_active()))
    }

    /// The object mappings to check for a kind of object: those that are enabled, else those that are disabled.
    ///
    /// # Errors
    /// As [`Target::mappings`].
    pub fn mappings_of(&self, kind: ObjectKind) -> Result<Vec<&MappingView<'a>>, NotJudged> {
        let of_kind = || self.mappings().map(|all| all.iter().filter(|view| view.kind == Some(kind)));
        let active: Vec<_> = of_kind()?.filter(|view| view.is_active()).collect();
        if active.is_empty() { Ok(of_kind()?.collect()) } else { Ok(active) }
    }

    /// Whether the policy requires objects of a kind to be provisioned.
    pub fn wants(&self, kind: ObjectKind) -> bool {
        let requirements = self.policy.requirements(kind);
        requirements.enabled.unwrap_or(kind == ObjectKind::User || !requirements.rows.is_empty())
    }

    /// The two directories of a schema that provisions no app over SCIM, source first.
    pub fn other_direction(&self) -> Option<(&'a str, &'a str)> {
        let rules = self.schema.as_ref()?.schema.synchronization_rules.as_ref()?;
        if rules.iter().any(provisions_an_app) {
            return None;
        }
        let first = rules.first()?;
        Some((first.source_directory_name.as_deref()?, first.target_directory_name.as_deref()?))
    }

    /// When the snapshot was taken, else midnight of today.
    pub fn taken_at(&self) -> Timestamp {
        let said = self.snapshot.and_then(|snapshot| snapshot.provlint.exported_at.as_deref());
        let midnight = jiff::tz::Offset::UTC.to_timestamp(self.today.at(0, 0, 0, 0));
        said.and_then(|said| said.parse().ok()).or(midnight.ok()).unwrap_or_default()
    }

    /// Whether evidence is available.
    ///
    /// # Errors
    /// When it is not: skipped where the input does not include it, unknown where it could not be read.
    pub fn has(&self, evidence: Evidence) -> Result<(), NotJudged> {
        if let (Evidence::Schema, Some(reason)) = (evidence, &self.unreadable_schema) {
            return Err(NotJudged::unread(reason.clone()));
        }
        let snapshot = self.snapshot;
        // The parts of a snapshot that contain it, by Graph's names.
        let has = |there: fn(&Snapshot<'_>) -> bool| snapshot.is_some_and(there);
        let (there, parts): (bool, &[&str]) = match evidence {
            Evidence::Schema => (self.schema.is_some(), &["schema", "jobs"]),
            Evidence::Jobs => (has(|snapshot| snapshot.jobs.is_some()), &["jobs"]),
            Evidence::Secrets => (has(|snapshot| snapshot.secrets.is_some()), &["secrets"]),
            Evidence::ServicePrincipal => (has(|snapshot| snapshot.service_principal.is_some()), &["servicePrincipal"]),
            Evidence::Application => (has(|snapshot| snapshot.application.is_some()), &["application"]),
            Evidence::Owners => (has(|snapshot| snapshot.owners.is_some()), &["owners"]),
            Evidence::Assignments => (has(|snapshot| snapshot.app_role_assigned_to.is_some()), &["appRoleAssignedTo"]),
            // Groups are read one by one: where one could not be read, the list is incomplete.
            Evidence::Groups => {
                let whole = |snapshot: &Snapshot<'_>| {
                    snapshot.groups.is_some() && !snapshot.provlint.unread.keys().any(|part| &**part == "groups")
                };
                (has(whole), &["groups"])
            }
            Evidence::MemberCounts => {
                let counted = |snapshot: &Snapshot<'_>| {
                    let mut groups = snapshot.groups.iter().flatten();
                    let is_counted = |group: &Group<'_>| group.members.is_some() || group.member_groups.is_some();
                    snapshot.groups.is_some() && groups.all(is_counted)
                };
                (has(counted), &["memberCounts", "groups", "appRoleAssignedTo"])
            }
            Evidence::Members => {
                let whole = |snapshot: &Snapshot<'_>| {
                    let directly = snapshot.assignments().iter().flatten().any(Assignment::is_user);
                    (snapshot.users.is_some() || !directly)
                        && snapshot.groups.as_ref().is_some_and(|all| all.iter().all(|group| group.members.is_some()))
                };
                (has(whole), &["members", "users", "groups", "appRoleAssignedTo"])
            }
            Evidence::ConnectionTest => {
                (has(|snapshot| snapshot.connection_test.is_some()), &["connectionTest", "jobs"])
            }
            Evidence::Subscriptions => (has(|snapshot| snapshot.subscribed_skus.is_some()), &["subscribedSkus"]),
            Evidence::Organization => (has(|snapshot| snapshot.organization.is_some()), &["organization"]),
            Evidence::Claims => {
                let both = |snapshot: &Snapshot<'_>| {
                    snapshot.claims_policies.is_some() && snapshot.claims_mapping_policies.is_some()
                };
                (has(both), &["claimsMappingPolicies", "claimsPolicies"])
            }
        };
        let unread =
            snapshot.and_then(|snapshot| snapshot.provlint.unread.iter().find(|(part, _)| parts.contains(&&***part)));
        // A part that is there in part is not the whole.
        let is_partial = |part: &str| parts.first() == Some(&part) && evidence != Evidence::Schema;
        match unread {
            Some((part, reason)) if is_partial(part) => Err(NotJudged::unread(reason.to_string())),
            _ if there => Ok(()),
            Some((_, reason)) => Err(NotJudged::unread(reason.to_string())),
            None => Err(NotJudged::lacking(evidence)),
        }
    }

    /// Whether the tenant offers a function that this program may not know; `None` where it was not asked.
    pub(super) fn offers_function(&self, name: &str) -> Option<bool> {
        offers(self.schema.as_ref()?.job?.functions.as_deref()?, |offered| offered == name)
    }

    /// Whether the tenant offers an operator of scope filters that this program may not know; `None` where it was not
    /// asked.
    pub(super) fn offers_operator(&self, name: &str) -> Option<bool> {
        let plain = |name: &str| name.trim().replace('_', " ").to_ascii_uppercase();
        offers(self.schema.as_ref()?.job?.filter_operators.as_deref()?, |offered| plain(offered) == plain(name))
    }

    /// Whether a place in the file belongs to this target, where the file holds several.
    pub fn holds(&self, pointer: &Pointer) -> bool {
        pointer.below(&self.pointer).is_some()
    }

    /// The object id of the service principal, if the file contains it.
    pub(super) fn principal_id(&self) -> Option<&str> {
        self.principal()
            .and_then(|principal| principal.id.as_deref())
            .or_else(|| self.schema.as_ref()?.schema.service_principal_id())
    }

    /// The id of the job that is checked, if the file contains it.
    pub(super) fn job_id(&self) -> Option<&str> {
        let view = self.schema.as_ref()?;
        view.job.and_then(|job| job.id.as_deref()).or_else(|| view.schema.job_id())
    }
}

/// An empty list is none.
fn offers(list: &[Offered<'_>], is: impl Fn(&str) -> bool) -> Option<bool> {
    (!list.is_empty()).then(|| list.iter().filter_map(Offered::name).any(is))
}
