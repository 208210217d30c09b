//! The result of provisioning on demand.

use serde_json::{Value, json};

use super::events::said_lines;
use crate::model::ObjectKind;
use crate::operation::{Deviation, OnDemand, OnDemandResult, ProvisionedObject, ProvisioningStep, Refusal, cause};
use crate::report::pretty::folded;
use crate::report::summary::counted;
use crate::report::{Style, written};
use crate::text::{Color, Lines, Paint, shortened};

/// How many deviations are shown without --verbose.
const SHOWN: usize = 5;

/// The answers to one or several calls, compared with what was expected.
#[derive(Debug)]
pub struct OnDemandReport<'a> {
    /// The answers.
    pub answers: &'a [OnDemand],
    /// What was sent other than the preview predicts.
    pub deviations: &'a [Deviation],
    /// The users and groups that no answer mentions.
    pub unmentioned: &'a [String],
    /// Whether all are provisioned, and the app can identify them.
    pub all_well: bool,
    /// Why not every call was made.
    pub error: Option<&'a str>,
    /// Whether to show steps and unchanged properties.
    pub verbose: bool,
}

impl OnDemandReport<'_> {
    fn count(&self, result: OnDemandResult) -> usize {
        self.answers.iter().flat_map(|answer| &answer.objects).filter(|object| object.result == result).count()
    }

    /// For people.
    pub fn pretty(&self, style: &Style) -> String {
        let mut page = String::new();
        for answer in self.answers {
            let failed = answer.said.is_some_and(|said| said == OnDemandResult::Failure) && answer.code.is_some();
            if answer.objects.is_empty() || failed || answer.is_at_odds() {
                let result = answer.said.unwrap_or(answer.result);
                page.line(head(result, "", "the call", answer.code.as_deref()));
                why(answer.code.as_deref(), answer.message.as_deref(), style, &mut page);
            }
            if answer.is_garbled {
                let text = "? The answer describes the provisioned objects in a form that provlint does not recognise";
                page.lines_of(folded(text, "  ", style.width).yellow());
            }
            for object in &answer.objects {
                self.object(object, style, &mut page);
            }
        }
        self.deviating(style, &mut page);
        if !self.unmentioned.is_empty() {
            let who = self.unmentioned.join(", ");
            let text = format!("? Entra's answer does not mention {who}: provlint logs shows the result");
            page.lines_of(folded(&text, "  ", style.width).yellow());
        }
        let results =
            [OnDemandResult::Success, OnDemandResult::Skipped, OnDemandResult::Failure, OnDemandResult::Unknown];
        let parts = results.into_iter().map(|result| (self.count(result), result)).filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, result)| format!("{count} {}", result.as_str())).collect();
        let objects = self.answers.iter().map(|answer| answer.objects.len()).sum();
        let end = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
        page.line(format_args!("{}{end}", counted(objects, "object")));
        page
    }

    /// Deviations from the preview, the worst first.
    fn deviating(&self, style: &Style, page: &mut String) {
        let mut deviations: Vec<&Deviation> = self.deviations.iter().collect();
        deviations.sort_by_key(|deviation| !deviation.fatal);
        let shown = if self.verbose { deviations.len() } else { SHOWN };
        for deviation in deviations.iter().take(shown) {
            let sent = deviation.sent.as_deref().map_or_else(|| "nothing".to_owned(), |sent| format!("`{sent}`"));
            let text = format!(
                "! {}: {} is {sent}, but the preview predicts `{}`{}",
                deviation.who,
                deviation.attribute,
                deviation.predicted,
                match (deviation.fatal, deviation.kind) {
                    (false, _) => "",
                    (true, ObjectKind::User) => ": the user cannot sign in",
                    (true, ObjectKind::Group) => ": the app cannot identify the group",
                }
            );
            let color = if deviation.fatal { Color::Red } else { Color::Yellow };
            page.lines_of(folded(&text, "  ", style.width).color(color));
        }
        let more = deviations.len().saturating_sub(shown);
        if more > 0 {
            page.line(format!("! and {more} more; -v shows them").yellow());
        }
    }

    fn object(&self, object: &ProvisionedObject, style: &Style, page: &mut String) {
        let kind = object.kind.as_deref().unwrap_or_default();
        page.line(format_args!(
            "{}  {}",
            head(object.result, kind, &object.who, object.code.as_deref()),
            object.action
        ));
        if object.result != OnDemandResult::Success {
            why(object.code.as_deref(), object.reason.as_deref(), style, page);
        }
        let is_plain = |step: &ProvisioningStep| step.status.eq_ignore_ascii_case("Success");
        if self.verbose {
            for step in &object.steps {
                let text = format!("    {} {}: {}", step.kind, step.status, step.description);
                page.lines_of(folded(&text, "      ", style.width));
            }
        } else if !object.steps.is_empty() {
            let said = |step: &ProvisioningStep| {
                if is_plain(step) {
                    step.kind.clone()
                } else {
                    format!("{} ({})", step.kind, step.status.to_lowercase())
                }
            };
            let steps: Vec<String> = object.steps.iter().map(said).collect();
            page.lines_of(folded(&format!("    steps: {}", steps.join(", ")), "      ", style.width));
        }
        for change in &object.changes {
            let quoted = |value: &Option<String>| {
                let shown = |value| shortened(value).into_owned();
                value.as_deref().map_or_else(|| "nothing".to_owned(), shown)
            };
            if change.old == change.new && !self.verbose {
                continue;
            }
            let (old, new) = (quoted(&change.old), quoted(&change.new));
            page.line(format_args!("    {}: {} -> {}", change.name, old.red(), new.green()));
        }
    }

    /// For programs.
    pub fn json(&self) -> String {
        written::page(&self.document())
    }

    fn document(&self) -> Value {
        let objects = self.answers.iter().flat_map(|answer| &answer.objects).map(|object| {
            let known = cause(object.code.as_deref().unwrap_or_default(), object.reason.as_deref());
            json!({
                "result": object.result.as_str(), "action": object.action, "kind": object.kind, "who": object.who,
                "sourceId": object.source_id, "targetId": object.target_id, "code": object.code, "reason": object.reason,
                "meaning": known.map(|known| known.meaning),
                "remedy": known.map(|known| known.remedy).filter(|remedy| !remedy.is_empty()),
                "steps": object.steps.iter().map(|step| json!({
                    "type": step.kind, "status": step.status, "description": step.description,
                    "details": step.details.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<serde_json::Map<_, _>>(),
                })).collect::<Vec<_>>(),
                "changes": object.changes.iter().map(|change| json!({
                    "name": change.name, "old": change.old, "new": change.new,
                })).collect::<Vec<_>>(),
            })
        });
        let calls = self
            .answers
            .iter()
            .map(|answer| json!({"result": answer.result.as_str(), "code": answer.code, "message": answer.message}));
        let deviations = self.deviations.iter().map(|deviation| {
            json!({"who": deviation.who, "attribute": deviation.attribute, "predicted": deviation.predicted, "sent": deviation.sent,
                "fatal": deviation.fatal})
        });
        json!({
            "version": 1,
            "well": self.all_well,
            "error": self.error,
            "calls": calls.collect::<Vec<_>>(),
            "objects": objects.collect::<Vec<_>>(),
            "untold": self.unmentioned,
            "deviations": deviations.collect::<Vec<_>>(),
        })
    }
}

fn head(result: OnDemandResult, kind: &str, who: &str, code: Option<&str>) -> String {
    let color = match result {
        OnDemandResult::Success => Color::Green,
        OnDemandResult::Skipped => Color::Yellow,
        OnDemandResult::Failure => Color::Red,
        OnDemandResult::Unknown => Color::White,
    };
    let code = code.map(|code| format!(" [{code}]")).unwrap_or_default();
    let word = format!("{:<8}", result.as_str()).color(color).bold();
    format!("{word} {:<5} {}{}", kind, who, code)
}

fn why(code: Option<&str>, said: Option<&str>, style: &Style, page: &mut String) {
    let known = cause(code.unwrap_or_default(), said);
    if let Some(known) = known {
        page.lines_of(folded(&format!("    {}", known.meaning), "    ", style.width));
    }
    let detail = said.and_then(Refusal::of).and_then(|refusal| refusal.detail);
    said_lines(detail.as_deref(), said, known.map_or("", |known| known.remedy), style, page);
}
