//! What a configuration looks like, gathered for the formats that show it.

use crate::model::ObjectKind;
use crate::policy::RowRequirement;
use crate::report::{Assigned, MappingRow, MappingTable, View};
use crate::rules::{MappingView, RowView, Target};
use crate::secret;
use crate::simulate::Feed;

/// Looks at a target.
pub(super) fn view(target: &Target<'_>) -> View {
    let snapshot = target.snapshot;
    let job = target.schema.as_ref().and_then(|schema| schema.job).or_else(|| snapshot?.jobs.as_ref()?.first());
    let shown = |text: &str| secret::mask(text, &target.inspection.secrets);
    let mut mappings: Vec<&MappingView<'_>> = target.mappings().unwrap_or_default().iter().collect();
    // Users first, then groups, then what the app has of its own.
    mappings.sort_by_key(|mapping| mapping.kind.map_or(usize::MAX, |kind| usize::from(kind == ObjectKind::Group)));
    View {
        mappings: mappings.into_iter().map(|mapping| table(target, mapping)).collect(),
        assigned: assigned(target),
        job: job.and_then(|job| job.status.as_ref()?.code.as_deref()).map(shown),
        endpoint: snapshot.and_then(|snapshot| snapshot.secret("BaseAddress")).map(shown),
    }
}

fn table(target: &Target<'_>, mapping: &MappingView<'_>) -> MappingTable {
    let shown = |text: &str| secret::mask(text, &target.inspection.secrets);
    let kind = mapping.kind.filter(|kind| target.wants(*kind));
    let required = kind.map(|kind| target.policy.requirements(kind).rows.as_slice()).unwrap_or_default();
    let row = |row: &RowView<'_>| MappingRow {
        subject: shown(&mapping.subject(row.target)),
        target: shown(row.target),
        source: Some(shown(&source(row))),
        apply: row.row.flow_type.as_deref().map(shown),
        precedence: row.row.matching_priority.filter(|priority| *priority > 0),
        required: required.iter().find(|required| required.target.eq_ignore_ascii_case(row.target)).map(wanted),
    };
    let mut rows: Vec<MappingRow> = mapping.rows.iter().map(row).collect();
    let judged = kind.is_some_and(|kind| is_judged(target, kind, mapping));
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
    MappingTable { name: shown(&mapping.name), portal: shown(&mapping.portal_name()), on: mapping.is_active(), rows }
}

/// Whether requirements are held against this mapping: one that is off counts only where none is on.
fn is_judged(target: &Target<'_>, kind: ObjectKind, mapping: &MappingView<'_>) -> bool {
    target.mappings_of(kind).is_ok_and(|judged| judged.iter().any(|judged| judged.pointer == mapping.pointer))
}

fn wanted(requirement: &RowRequirement) -> Vec<String> {
    requirement.sources.iter().map(ToString::to_string).collect()
}

fn source(row: &RowView<'_>) -> String {
    match &row.feed {
        Feed::Nothing => row.row.default_text().map(|text| format!("\"{text}\"")).unwrap_or_default(),
        Feed::Attribute(name) => name.to_string(),
        Feed::Constant(text) => format!("\"{text}\""),
        Feed::Expression(text, _) => (*text).to_owned(),
    }
}

fn assigned(target: &Target<'_>) -> Option<Vec<Assigned>> {
    let shown = |text: &str| secret::mask(text, &target.inspection.secrets);
    let assigned = target.snapshot?.assigned()?.into_iter().map(|one| Assigned {
        subject: shown(&one.subject()),
        name: shown(one.name()),
        group: one.is_group(),
        members: one.group.and_then(|group| group.members.as_ref()).map(Vec::len),
    });
    Some(assigned.collect())
}
