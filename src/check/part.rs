//! The parts of an app that are checked as targets of their own: one for each provisioning job.

use jiff::civil::Date;

use super::{CheckError, Judge, TargetReport};
use crate::inspection::{Inspection, MaskedResource};
use crate::model::Resource;
use crate::policy::Policy;
use crate::rules::Target;

/// A part of an app that is checked as a target of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    /// The index of its job in the snapshot; `None` for an app with at most one job.
    index: Option<usize>,
    /// Whether another part holds what does not belong to a job.
    is_beside: bool,
    /// Whether there are other parts, so that it needs a name of its own.
    is_one_of_several: bool,
}

impl Judge {
    /// The parts of an app: one for each provisioning job, or the one whose job was named. `name` is that of the text.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn parts(&self, name: &str, resource: &Resource<'_>) -> Result<Vec<Part>, CheckError> {
        let whole = Part::default();
        let jobs: Vec<Option<&str>> = resource.jobs().map(|(_, job)| job.id.as_deref()).collect();
        let Some(wanted) = self.job.as_deref() else {
            let part = |index| Part { index: Some(index), is_beside: index > 0, is_one_of_several: true };
            return Ok(if jobs.len() > 1 { (0..jobs.len()).map(part).collect() } else { vec![whole] });
        };
        match jobs.iter().position(|job| *job == Some(wanted)) {
            Some(index) => Ok(vec![Part { index: Some(index), is_beside: self.beside, ..whole }]),
            None if jobs.is_empty() && resource.id() == Some(wanted) => Ok(vec![whole]),
            None => Err(CheckError::NoSuchJob {
                name: name.to_owned(),
                job: wanted.to_owned(),
                others: jobs.into_iter().flatten().map(str::to_owned).collect(),
            }),
        }
    }
}

impl Part {
    /// The index of its job among those of the app.
    pub fn job(self) -> usize {
        self.index.unwrap_or_default()
    }

    /// The target for this part of an app.
    pub fn target<'a>(
        self,
        inspection: &'a Inspection<'a>,
        resource: &'a MaskedResource<'a>,
        policy: &'a Policy,
        today: Date,
    ) -> Target<'a> {
        match self.index {
            Some(index) => Target::of_job(inspection, resource, policy, today, index, self.is_beside),
            None => Target::new(inspection, resource, policy, today),
        }
    }

    /// The report on the app, for this part.
    pub(super) fn report(self, report: TargetReport, resource: &Resource<'_>) -> TargetReport {
        let Some((place, job)) = self.index.and_then(|index| resource.job(index)) else { return report };
        let job = job.id.as_deref().map(str::to_owned);
        let is_live = report.is_live();
        // A second job changes nothing about the findings that a baseline lists for the first one.
        let identity = match self.job() {
            0 => report.identity,
            _ => format!("{}#{}", report.identity, job.clone().unwrap_or_else(|| place.to_string())),
        };
        let name = match &job {
            // The id is what --job takes; a place helps only in a file.
            Some(id) if self.is_one_of_several && is_live => format!("{}#{id}", report.name),
            _ if self.is_one_of_several => format!("{}#{place}", report.name),
            _ => report.name,
        };
        TargetReport { name, identity, job, is_beside: self.is_beside, ..report }
    }
}
