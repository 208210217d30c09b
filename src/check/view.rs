//! The configuration itself, for formats that show more than findings.
//!
//! Plain texts; the target has no credentials. They are collected only for such a format.

use crate::model::ObjectKind;
use crate::policy::RowRequirement;
use crate::rules::{MappingView, RowView, Target};
use crate::simulate::RowSource;

/// One app's configuration in rows and boxes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The object mappings to the app, those of users first.
    pub mappings: Vec<MappingTable>,
    /// Who is assigned; `None` if the input does not include assignments.
    pub assigned: Option<Vec<Assigned>>,
    /// The state of the job, in Graph's word; `None` without a job.
    pub job: Option<String>,
    /// The URL of the endpoint, if the input includes it.
    pub endpoint: Option<String>,
}

/// An object mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingTable {
    /// The name that subjects of findings begin with: `User`.
    pub name: String,
    /// What the portal calls it.
    pub portal: String,
    /// Whether it is enabled; a file that doesn't say counts as enabled.
    pub on: bool,
    /// Its rows, then the missing ones.
    pub rows: Vec<MappingRow>,
}

/// A row of an object mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingRow {
    /// The subject of findings about it: `User/externalId`.
    pub subject: String,
    /// The attribute that is written.
    pub target: String,
    /// The source; `None` if the row is missing.
    pub source: Option<String>,
    /// When it is applied, in Graph's word.
    pub apply: Option<String>,
    /// Its matching precedence, if it is a matching attribute.
    pub precedence: Option<i64>,
    /// The attributes one of which the policy requires it to come from.
    pub required: Option<Vec<String>>,
}

/// A user or group that is assigned to the app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assigned {
    /// The subject of findings about them: `Group/TOTAL-Admin`.
    pub subject: String,
    /// The name, else the id.
    pub name: String,
    /// Whether it is a group.
    pub group: bool,
    /// The number of its members, if the input lists them.
    pub members: Option<usize>,
}

/// Collects the configuration of a target.
pub(super) fn view(target: &Target<'_>) -> View {
    let snapshot = target.snapshot;
    let job = target.schema.as_ref().and_then(|schema| schema.job).or_else(|| snapshot?.jobs.as_ref()?.first());
    let mut mappings: Vec<&MappingView<'_>> = target.mappings().unwrap_or_default().iter().collect();
    // Users first, then groups, then other kinds.
    mappings.sort_by_key(|mapping| mapping.kind.map_or(usize::MAX, |kind| usize::from(kind == ObjectKind::Group)));
    let mut enabled: Vec<ObjectKind> =
        mappings.iter().filter(|mapping| mapping.is_active()).filter_map(|mapping| mapping.kind).collect();
    enabled.dedup();
    View {
        mappings: mappings.iter().map(|mapping| table(target, mapping, &enabled)).collect(),
        assigned: assigned(target),
        job: job.and_then(|job| job.status.as_ref()?.code.as_deref()).map(str::to_owned),
        endpoint: snapshot.and_then(|snapshot| snapshot.secret("BaseAddress")).map(str::to_owned),
    }
}

fn table(target: &Target<'_>, mapping: &MappingView<'_>, enabled: &[ObjectKind]) -> MappingTable {
    let kind = mapping.kind.filter(|kind| target.wants(*kind));
    let required = kind.map(|kind| target.policy.requirements(kind).rows.as_slice()).unwrap_or_default();
    let row = |row: &RowView<'_>| MappingRow {
        subject: mapping.subject(row.target),
        target: row.target.to_owned(),
        source: Some(source(row)),
        apply: row.row.flow_type.as_deref().map(str::to_owned),
        precedence: row.row.matching_priority.filter(|priority| *priority > 0),
        required: required.iter().find(|required| required.target.eq_ignore_ascii_case(row.target)).map(wanted),
    };
    let mut rows: Vec<MappingRow> = mapping.rows.iter().map(row).collect();
    // A disabled mapping counts only if none of its kind is enabled.
    let judged = kind.is_some_and(|kind| mapping.is_active() || !enabled.contains(&kind));
    for missing in required.iter().filter(|_| judged && mapping.listed_rows().is_ok()) {
        if !rows.iter().any(|row| row.target.eq_ignore_ascii_case(&missing.target)) {
            rows.push(MappingRow {
                subject: mapping.subject(&missing.target),
                target: missing.target.clone(),
                required: Some(wanted(missing)),
                ..MappingRow::default()
            });
        }
    }
    MappingTable { name: mapping.name.clone(), portal: mapping.portal_name(), on: mapping.is_active(), rows }
}

fn wanted(requirement: &RowRequirement) -> Vec<String> {
    requirement.sources.iter().map(ToString::to_string).collect()
}

fn source(row: &RowView<'_>) -> String {
    match &row.source {
        RowSource::Nothing => row.row.default_text().map(|text| format!("\"{text}\"")).unwrap_or_default(),
        RowSource::Attribute(name) => name.to_string(),
        RowSource::Constant(text) => format!("\"{text}\""),
        RowSource::Expression(text, _) => (*text).to_owned(),
    }
}

fn assigned(target: &Target<'_>) -> Option<Vec<Assigned>> {
    let assigned = target.snapshot?.assigned()?.into_iter().map(|one| Assigned {
        subject: one.subject(),
        name: one.name().to_owned(),
        group: one.is_group(),
        members: one.group.and_then(|group| group.members.as_ref()).map(Vec::len),
    });
    Some(assigned.collect())
}
