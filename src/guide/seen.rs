//! What one text says about the milestones.

use super::AssignedGroup;
use crate::check::{CheckError, Judge, One};
use crate::model::{Assignment, Snapshot};
use crate::operation::Standing;
use crate::rules::Judgement;

/// What the rules and the snapshot of an app say.
#[derive(Debug)]
pub struct Seen {
    /// What the rules found.
    pub judgement: Judgement,
    /// The state of the job that is judged; `None` if there is no job, or the text does not include jobs.
    pub standing: Option<Standing>,
    /// The groups that are assigned; `None` if the text does not include assignments.
    pub groups: Option<Vec<AssignedGroup>>,
    /// Whether the app has several jobs, so that a command must name one.
    pub has_several_jobs: bool,
}

impl Seen {
    /// Judges a text and reads its job and assignments.
    ///
    /// # Errors
    /// If no policy applies.
    pub fn of(one: &One<'_>, judge: &Judge) -> Result<Self, CheckError> {
        let snapshot = one.snapshot();
        Ok(Seen {
            judgement: one.judge(judge)?,
            standing: snapshot.and_then(|snapshot| snapshot.jobs.iter().flatten().next().map(Standing::of)),
            groups: snapshot.and_then(groups),
            has_several_jobs: one.jobs().len() > 1,
        })
    }
}

fn groups(snapshot: &Snapshot<'_>) -> Option<Vec<AssignedGroup>> {
    let groups = snapshot.assigned()?.into_iter().filter(Assignment::is_group);
    Some(groups.map(|group| AssignedGroup { id: group.id().to_owned(), name: group.name().to_owned() }).collect())
}
