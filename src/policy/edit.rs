//! An edit to the text of a policy file that keeps everything else as it is.

use jiff::civil::Date;

use super::pruned::Pruned;
use super::read::read;
use super::yaml_place::{Step, locate};

/// The text of a policy file with the last day of the token (`connection.token-expires`) in the policy with that index.
/// `None` if the text has a form in which the edit would change something else. `known_rules` are the ids of all rules.
pub fn with_token_expires(
    yaml: &str,
    index: usize,
    day: Date,
    known_rules: impl IntoIterator<Item = &'static str> + Clone,
) -> Option<String> {
    let edited = edited(yaml, index, day)?;
    // The same policies but for that day.
    let policies = |text: &str| {
        let mut policies = read(text, None, known_rules.clone()).ok()?;
        policies.iter_mut().for_each(|policy| policy.named.clear());
        Some(policies)
    };
    let mut wanted = policies(yaml)?;
    wanted.get_mut(index)?.connection.token_expires = Some(day);
    (policies(&edited)? == wanted).then_some(edited)
}

fn edited(yaml: &str, index: usize, day: Date) -> Option<String> {
    let document = Pruned::new(yaml);
    let is_listed = locate(&document, &[Step::Key("policies")]).is_some();
    let entry: &[Step<'_>] = if is_listed { &[Step::Key("policies"), Step::Index(index)] } else { &[] };
    let at = |steps: &[Step<'_>]| {
        let (line, column) = locate(&document, &[entry, steps].concat())?;
        offset(yaml, line, column)
    };
    let with = |at: usize, text: &str| Some(format!("{}{text}{}", yaml.get(..at)?, yaml.get(at..)?));
    let (connection, end) = (Step::Key("connection"), if yaml.contains("\r\n") { "\r\n" } else { "\n" });
    if let Some(place) = at(&[connection, Step::Key("token-expires"), Step::Value]) {
        let quoted = yaml[place..].starts_with(['"', '\'']);
        let start = place + usize::from(quoted);
        let old = yaml.get(start..)?.get(..10)?;
        old.parse::<Date>().ok()?;
        return Some(format!("{}{day}{}", &yaml[..start], &yaml[start + old.len()..]));
    }
    if let Some(place) = at(&[connection]) {
        let value = place + yaml[place..].find(':')? + 1;
        let line = yaml[value..].split('\n').next()?;
        let own = line.trim_start();
        if own.starts_with('{') {
            return with(value + (line.len() - own.len()) + 1, &format!(" token-expires: {day},"));
        }
        let next = value + line.len() + 1;
        let is_entry = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        let sibling = yaml.get(next..)?.lines().find(is_entry)?;
        let indent = &sibling[..sibling.len() - sibling.trim_start().len()];
        return with(next, &format!("{indent}token-expires: {day}{end}"));
    }
    if is_listed {
        let place = at(&[])?;
        if yaml[place..].starts_with('{') {
            return with(place + 1, &format!(" connection: {{ token-expires: {day} }},"));
        }
        let column = yaml[..place].rsplit('\n').next()?.chars().count();
        let indent = " ".repeat(column);
        return with(place, &format!("connection:{end}{indent}  token-expires: {day}{end}{indent}"));
    }
    let gap = if yaml.is_empty() || yaml.ends_with('\n') { "" } else { end };
    Some(format!("{yaml}{gap}connection:{end}  token-expires: {day}{end}"))
}

/// The byte at a line and column, which count from 1, columns in characters.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let inside = text.get(start..)?.char_indices().nth(column.checked_sub(1)?)?;
    Some(start + inside.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(yaml: &str, index: usize) -> Option<String> {
        with_token_expires(yaml, index, "2027-06-30".parse().unwrap(), ["username-source"])
    }

    #[test]
    fn the_day_is_written_where_the_policy_has_it_or_would_have_it() {
        for (before, index, after) in [
            ("", 0, "connection:\n  token-expires: 2027-06-30\n"),
            ("version: 1", 0, "version: 1\nconnection:\n  token-expires: 2027-06-30\n"),
            ("# a\r\nversion: 1\r\n", 0, "# a\r\nversion: 1\r\nconnection:\r\n  token-expires: 2027-06-30\r\n"),
            (
                "connection:\n    # ours\n    notify: a@b.c # x\nversion: 1\n",
                0,
                "connection:\n    token-expires: 2027-06-30\n    # ours\n    notify: a@b.c # x\nversion: 1\n",
            ),
            ("connection: { notify: a@b.c }\n", 0, "connection: { token-expires: 2027-06-30, notify: a@b.c }\n"),
            ("connection:\n  token-expires: 2026-01-01 # old\n", 0, "connection:\n  token-expires: 2027-06-30 # old\n"),
            ("connection: {token-expires: \"2026-01-01\"}\n", 0, "connection: {token-expires: \"2027-06-30\"}\n"),
            (
                "policies:\n- app: { names: [\"\u{e9}\"] }\n- profile: generic\n  app: { names: [b] }\n",
                1,
                "policies:\n- app: { names: [\"\u{e9}\"] }\n- connection:\n    token-expires: 2027-06-30\n  profile: generic\n  app: { names: [b] }\n",
            ),
            (
                "policies:\n  - connection:\n      notify: a@b.c\n  - { profile: generic }\n",
                0,
                "policies:\n  - connection:\n      token-expires: 2027-06-30\n      notify: a@b.c\n  - { profile: generic }\n",
            ),
            (
                "policies: [{ profile: generic }]\n",
                0,
                "policies: [{ connection: { token-expires: 2027-06-30 }, profile: generic }]\n",
            ),
        ] {
            assert_eq!(written(before, index).as_deref(), Some(after), "{before}");
        }
    }

    #[test]
    fn a_text_in_which_the_place_is_not_certain_is_left_as_it_is() {
        for yaml in ["{ version: 1 }\n", "version: 1\n...\n", "a: &a { notify: a@b.c }\n", "policies: []\n", "rules: ["]
        {
            assert_eq!(written(yaml, 0), None, "{yaml}");
        }
    }
}
