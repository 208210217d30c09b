use serde_json::Value;

use crate::document::Pointer;
use crate::finding::{Applicability, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page};
use crate::secret::has_any;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "truncated-export",
        section: Section::Document,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[],
        summary: "PowerShell cut the file off: parts of it are type names instead of data",
        page: page!("truncated-export"),
    },
    check,
};

/// What `ConvertTo-Json` writes where its `-Depth` ends: a type's name, or a hashtable in braces.
const MARKS: [&str; 4] = ["System.Object[]", "System.Collections.", "Microsoft.Graph.PowerShell.Models.", "\"@{"];

/// The strings in a JSON text that stand for what was cut off.
pub(crate) fn cut_off(text: &str) -> Vec<(Pointer, String)> {
    let mut found = Vec::new();
    if has_any(text, &MARKS)
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        search(&value, &Pointer::root(), &mut found);
    }
    found
}

fn search(value: &Value, pointer: &Pointer, found: &mut Vec<(Pointer, String)>) {
    match value {
        Value::String(text) => {
            let hashtable = text.starts_with("@{") && text.ends_with('}');
            if hashtable || MARKS[..3].iter().any(|mark| text.starts_with(mark)) {
                found.push((pointer.clone(), text.clone()));
            }
        }
        Value::Array(items) => (0..).zip(items).for_each(|(index, item)| search(item, &pointer.index(index), found)),
        Value::Object(members) => members.iter().for_each(|(name, member)| search(member, &pointer.key(name), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let found: Vec<_> = cut_off(target.text).into_iter().filter(|(pointer, _)| target.holds(pointer)).collect();
    if let Some((pointer, text)) = found.first() {
        let word: String = text.chars().take(40).collect();
        let places = if found.len() == 1 { "one place".to_owned() } else { format!("{} places", found.len()) };
        let message = format!(
            "The export is cut off in {places}, first here: `{word}` stands where data should be, because ConvertTo-Json stops at -Depth 2 unless told otherwise"
        );
        findings.add("export", pointer.clone(), message).label("cut off here").manual(
            "Export again with ConvertTo-Json -Depth 100",
            vec!["Get-MgServicePrincipalSynchronizationJobSchema -ServicePrincipalId ID -SynchronizationJobId JOB | ConvertTo-Json -Depth 100 | Out-File schema.json".into()],
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_powershell_leaves_behind_counts() {
        let text = r#"{"a": "System.Object[]", "b": ["Microsoft.Graph.PowerShell.Models.MicrosoftGraphObjectMapping"], "c": "@{x=1}", "d": "about System.Object[]", "e": "@{"}"#;
        let pointers: Vec<String> = cut_off(text).iter().map(|(pointer, _)| pointer.to_string()).collect();
        assert_eq!(pointers, ["/a", "/b/0", "/c"]);
    }
}
