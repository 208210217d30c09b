//! `provlint diff`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::schema_text::{JobSchema, SchemaText, one_standard_input, paired};
use super::shared::format::one_of;
use super::shared::live::{Live, More};
use super::shared::policies::Policies;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::{Screen, output_error};
use crate::model::{Difference, differences};
use crate::report::{DIFFERENCE_FORMATS, DifferenceReport, Format};
use crate::secret::{self, Secret};

/// Show what changed between two schemas, in mapping terms.
///
/// Rows that were added, removed or changed, the object mappings, their scope, and the attribute lists of both sides;
/// in files, in snapshots, or between a file and an app in the tenant. The order of rows, ids and versions, and the
/// ways to say nothing don't count. The exit code is 1 where something differs, so that it finds drift.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint diff before.json after.json\n  \
                        provlint diff total.json --app TOTAL\n  \
                        provlint diff before.json after.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"")]
pub(super) struct Arguments {
    /// The exported schema or snapshot to start from, or - for standard input.
    #[arg(value_name = "A")]
    old: PathBuf,

    /// The one to compare it with.
    #[arg(value_name = "B", required_unless_present = "app", conflicts_with = "app")]
    new: Option<PathBuf>,

    /// An app in the tenant in its place: its display name, object id or appId.
    #[arg(long, value_name = "NAME|ID")]
    app: Option<String>,

    /// The form of the output.
    #[arg(long, value_name = "FORMAT", value_parser = one_of(DIFFERENCE_FORMATS), default_value = DIFFERENCE_FORMATS[0].name)]
    format: &'static Format<DifferenceReport>,

    #[command(flatten)]
    live: Live,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    one_standard_input([Some(arguments.old.as_path()), arguments.new.as_deref()].into_iter().flatten())?;
    let old = SchemaText::read(&arguments.old)?;
    let new = match (&arguments.app, &arguments.new) {
        (Some(app), _) => {
            // Nothing is judged, so no policy can be in the way.
            let policies = Policies::built_in();
            SchemaText::live(arguments.live.connect()?.read(app, &policies, More::default())?)
        }
        (None, path) => SchemaText::read(path.as_deref().unwrap_or(Path::new("-")))?,
    };
    let mut secrets = old.secrets();
    secrets.extend(new.secrets());
    let found = compared(&old, &new)?;
    let report = DifferenceReport {
        old: old.name,
        new: new.name,
        differences: found.into_iter().map(|found| masked(found, &secrets)).collect(),
    };
    let written = screen.show(false, |style, out| (arguments.format.write)(&report, style, out));
    written.map_err(|error| output_error(&error))?;
    Ok(if report.differences.is_empty() { Exit::Done } else { Exit::Findings })
}

/// What differs: in the schemas of each job that both have, and in which jobs there are; where no job is in both, in the
/// schema that is judged.
fn compared(old: &SchemaText, new: &SchemaText) -> Result<Vec<Difference>, Problem> {
    let (before, after) = (old.schemas()?, new.schemas()?);
    let pairs = paired(&after, &before);
    if pairs.is_empty() {
        return Ok(differences(&old.schema()?, &new.schema()?));
    }
    let mut found = Vec::new();
    let (jobs, others) = (old.jobs()?, new.jobs()?);
    let several = jobs.len() > 1 || others.len() > 1;
    for (after, before) in &pairs {
        let prefix = before.job.as_ref().filter(|_| several).map(|job| format!("{job}: ")).unwrap_or_default();
        let differing = differences(&old.value(before.text)?, &new.value(after.text)?).into_iter();
        found.extend(differing.map(|one| Difference { subject: format!("{prefix}{}", one.subject), ..one }));
    }
    let is_compared = |job: &&String| pairs.iter().any(|(schema, _)| schema.job.as_ref() == Some(*job));
    for (own, other, is_gone) in [(&jobs, &others, true), (&others, &jobs, false)] {
        // A schema alone says nothing of other jobs.
        for job in own.iter().filter(|job| !other.is_empty() && !is_compared(job)) {
            if other.contains(job) {
                let has = |schemas: &[JobSchema<'_>]| schemas.iter().any(|schema| schema.job.as_ref() == Some(job));
                let side = if has(&before) { new } else { old };
                let help = "the snapshot says in `unread` what could not be read";
                return Err(side.usage(format!("holds no schema of the job {job}"), help));
            }
            let (old, new) = if is_gone { (Some(json!({})), None) } else { (None, Some(json!({}))) };
            found.push(Difference { subject: format!("job {job}"), property: None, old, new });
        }
    }
    Ok(found)
}

pub(super) fn masked(mut difference: Difference, secrets: &[Secret]) -> Difference {
    for value in [&mut difference.old, &mut difference.new].into_iter().flatten() {
        *value = secret::mask_value(value, secrets);
    }
    difference.subject = secret::mask(&difference.subject, secrets);
    difference
}
