//! README.md and the pages of `docs/`: generated lists are current, every page is in the book, links have a target,
//! commands and their output are those of the program, and tests that SECURITY.md names exist.
//!
//! `PROVLINT_UPDATE=1 cargo test --test it -- book::` writes the lists and the output.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::schema::current_policy_schema;
use crate::common::{run, write_whole};
use provlint::operation::LIMITS;
use provlint::policy::PROFILES;
use provlint::rules::RULES;
use serde_json::Value;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Asserts that a page ends with `text` after `mark`, or writes it.
fn generated(page: &str, mark: &str, text: &str) {
    let path = docs().join(page);
    let found = read(&path);
    let kept = found.find(mark).map(|at| &found[..at + mark.len()]).unwrap_or_else(|| panic!("{page} lacks {mark}"));
    let current = format!("{kept}\n{text}");
    if env::var_os("PROVLINT_UPDATE").is_some() {
        write_whole(&path, &current);
    }
    assert!(read(&path) == current, "{page} is out of date: PROVLINT_UPDATE=1 cargo test --test it -- book::");
}

#[test]
fn every_rule_is_listed_with_its_page() {
    let (mut list, mut summary, mut section) = (String::new(), String::new(), None);
    for rule in RULES.iter().map(|rule| &rule.metadata) {
        if section != Some(rule.section) {
            section = Some(rule.section);
            let _ = write!(list, "\n## {}\n\n| rule | severity | fix | |\n|---|---|---|---|\n", rule.section.as_str());
        }
        let (id, summed) = (rule.id, rule.summary.replace('|', "\\|"));
        let _ = writeln!(list, "| [{id}](rules/{id}.md) | {} | {} | {summed} |", rule.severity, rule.fix.as_str());
        let _ = writeln!(summary, "  - [{id}](rules/{id}.md)");
    }
    generated("rules.md", "from the registry of rules. -->", &list);
    generated("SUMMARY.md", "- [Rules](rules.md)", &summary);
}

#[test]
fn every_limit_of_entra_is_listed_with_its_page_and_date() {
    let mut list = "\n| what | number | page | read |\n|---|---|---|---|\n".to_owned();
    for limit in LIMITS {
        assert!(limit.page.starts_with("https://learn.microsoft.com/") && limit.read.len() == 10, "{}", limit.what);
        let name = limit.page.rsplit('/').next().unwrap();
        let _ = writeln!(list, "| {} | {} | [{name}]({}) | {} |", limit.what, limit.number, limit.page, limit.read);
    }
    generated("limits.md", "from src/operation/limit.rs. -->", &list);
}

#[test]
fn every_profile_is_listed() {
    let mut list = "\n| profile | for | |\n|---|---|---|\n".to_owned();
    for profile in PROFILES {
        let about = profile.about().unwrap();
        let _ = writeln!(list, "| `{}` | [{}]({}) | {} |", profile.name, about.title, about.source, about.summary);
    }
    generated("profiles.md", "from src/policy/profiles/. -->", &list);
}

#[test]
fn every_key_of_the_policy_is_listed() {
    let schema = current_policy_schema();
    let mut list = String::new();
    for (key, node) in schema["properties"].as_object().unwrap() {
        let _ = write!(list, "\n### `{key}`\n\n{}\n", about(&schema, node));
        let kind = kind(&schema, node);
        if !kind.is_empty() {
            let _ = write!(list, "\n{}{}.\n", kind[..1].to_uppercase(), &kind[1..]);
        }
        let mut rows = Vec::new();
        // `policies` holds policies again, and rules have their own page.
        if key != "policies" && key != "rules" {
            keys_below(&schema, node, "", &mut rows);
        }
        if !rows.is_empty() {
            list.push_str("\n| key | value | what it is for |\n|---|---|---|\n");
        }
        for (key, kind, about) in rows {
            let _ = writeln!(list, "| `{key}` | {kind} | {} |", about.replace('|', "\\|"));
        }
    }
    generated("policy.md", "from docs/schemas/policy.schema.json. -->", &list);
}

/// A node, the nodes it refers to, and the alternatives it offers.
fn alternatives<'s>(schema: &'s Value, node: &'s Value) -> Vec<&'s Value> {
    let mut all = vec![node];
    if let Some(place) = node["$ref"].as_str().filter(|place| *place != "#") {
        all.extend(alternatives(schema, schema.pointer(&place[1..]).unwrap()));
    }
    for group in ["oneOf", "allOf"] {
        all.extend(node[group].as_array().into_iter().flatten().flat_map(|choice| alternatives(schema, choice)));
    }
    all
}

fn about<'s>(schema: &'s Value, node: &'s Value) -> &'s str {
    alternatives(schema, node).into_iter().find_map(|node| node["description"].as_str()).unwrap_or_default()
}

/// The type of a value in words; empty for an object, whose keys follow.
fn kind(schema: &Value, node: &Value) -> String {
    let quoted = |word: &Value| format!("`{}`", word.to_string().trim_matches('"'));
    let choices = alternatives(schema, node);
    // Rules and profiles have their own pages.
    if choices.iter().any(|node| node["const"] == "required-mapping-source") {
        return "a [rule](rules.md)".to_owned();
    }
    if choices.iter().any(|node| node["const"] == "truu-total") {
        return "a [profile](profiles.md)".to_owned();
    }
    let mut kinds = Vec::new();
    for choice in &choices {
        if let Some(words) = choice["enum"].as_array() {
            return words.iter().map(quoted).collect::<Vec<_>>().join(", ");
        }
        kinds.extend(match choice["type"].as_str() {
            _ if !choice["const"].is_null() => Some(quoted(&choice["const"])),
            Some("string") => Some("text".to_owned()),
            Some("integer") => Some("a number".to_owned()),
            Some("boolean") => Some("`true` or `false`".to_owned()),
            Some("array") if choice["items"]["type"] == "string" => Some("a list of texts".to_owned()),
            Some("array") => Some("a list".to_owned()),
            _ => None,
        });
    }
    let has_keys = choices.iter().any(|choice| choice["properties"].is_object());
    match (has_keys, kinds.is_empty()) {
        (true, false) => format!("{}, or the keys below", kinds.join(" or ")),
        _ => kinds.join(" or "),
    }
}

fn keys_below(schema: &Value, node: &Value, path: &str, rows: &mut Vec<(String, String, String)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    for node in alternatives(schema, node) {
        let properties = node["properties"].as_object().into_iter().flatten();
        let others = node["additionalProperties"].as_object().map(|_| &node["additionalProperties"]);
        let target = "TARGET".to_owned();
        for (key, value) in properties.chain(others.map(|value| (&target, value))) {
            let key_path = below(key);
            // The mapping of groups has the keys of the mapping of users.
            let again = key == "group" && value == &node["properties"]["user"];
            if again {
                rows.push((key_path, "keys".to_owned(), "The same for the group mapping.".to_owned()));
                continue;
            }
            let kind = kind(schema, value);
            let kind = if kind.is_empty() { "keys".to_owned() } else { kind };
            rows.push((key_path.clone(), kind, about(schema, value).to_owned()));
            keys_below(schema, value, &key_path, rows);
        }
        if node["items"].is_object() {
            keys_below(schema, &node["items"], &format!("{path}[]"), rows);
        }
    }
}

/// Every page below a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let pages = entries.flat_map(|path| if path.is_dir() { pages(&path) } else { vec![path] });
    pages.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The targets of a page's links, without those in code.
fn links(text: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Parser, Tag};
    let link = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    };
    Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES).filter_map(link).collect()
}

/// The anchors of a page's headings.
fn anchors(text: &str) -> BTreeSet<String> {
    use pulldown_cmark::{Event, Parser, Tag, TagEnd};
    let (mut anchors, mut heading) = (BTreeSet::new(), None);
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => anchors.extend(heading.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    let kept =
                        text.chars().filter(|character| character.is_alphanumeric() || " -_".contains(*character));
                    heading.extend(
                        kept.map(|character| if character == ' ' { '-' } else { character.to_ascii_lowercase() }),
                    );
                }
            }
            _ => {}
        }
    }
    anchors
}

#[test]
fn every_page_is_in_the_book_and_every_link_resolves() {
    every_rule_is_listed_with_its_page();
    let summary = docs().join("SUMMARY.md");
    let listed = links(&read(&summary));
    let listed: BTreeSet<PathBuf> = listed.iter().map(|link| docs().join(link)).collect();
    let there: BTreeSet<PathBuf> = pages(&docs()).into_iter().filter(|page| *page != summary).collect();
    assert_eq!(listed.symmetric_difference(&there).collect::<Vec<_>>(), [] as [&PathBuf; 0]);
    let mut lost = Vec::new();
    let beside = ["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(|page| docs().join("..").join(page));
    for page in there.into_iter().chain(beside) {
        for link in links(&read(&page)) {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            if path.starts_with("https://") || path.starts_with("http://") {
                continue;
            }
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let leaves = page.starts_with(docs()) && !page.ends_with("README.md") && path.contains("../..");
            let exists = target.exists() && (anchor.is_empty() || anchors(&read(&target)).contains(anchor));
            if leaves || !exists {
                lost.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

/// A fenced block: the line in the page where its text begins, and its text.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if line.starts_with("```") {
            let block = lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```"));
            blocks.push((at + 1, block.map(|line| format!("{line}\n")).collect()));
        }
    }
    blocks
}

/// The command in a line, from `provlint` on.
fn command(line: &str) -> Option<String> {
    let line = line.trim_start().trim_start_matches("$ ");
    let line = line.split_once("; do ").map_or(line, |(_, line)| line);
    let line = line.replace("cargo run --release -- ", "provlint ");
    // Variables for one command are in front of it.
    let at = line.find("provlint ")?;
    let before = &line[..at];
    let is_start =
        before.is_empty() || before.ends_with("| ") || before.split_whitespace().all(|word| word.contains('='));
    is_start.then(|| line[at..].to_owned())
}

/// The words of a command, up to a pipe, a redirection or a comment.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for character in command.chars() {
        match (quote, character) {
            (None, '|' | '>' | '<' | '#' | ';') => break,
            (None, '"' | '\'') => quote = Some(character),
            (None, ' ') => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
            (Some(open), _) if open == character => quote = None,
            _ => word.push(character),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// README.md and every page that is not generated.
fn written_pages() -> impl Iterator<Item = PathBuf> {
    let pages = pages(&docs()).into_iter().filter(|page| !page.starts_with(docs().join("rules")));
    pages.chain([docs().join("../README.md")])
}

#[test]
fn every_documented_command_exists() {
    let mut count = 0;
    for page in written_pages() {
        let text = read(&page);
        let blocks = blocks(&text);
        for command in blocks.iter().flat_map(|(_, block)| block.lines()).filter_map(command) {
            // clap reports wrong arguments before it prints help.
            let mut words = words(&command);
            words.push("--help".to_owned());
            let ran = run(&words[1..].iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(ran.code, Some(0), "{}: {command}: {}", page.display(), ran.stderr);
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

/// The blocks of a page with their languages, in order.
fn blocks_by_language(text: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            blocks.push((
                language,
                lines.by_ref().take_while(|line| !line.starts_with("```")).collect::<Vec<_>>().join("\n"),
            ));
        }
    }
    blocks
}

/// What in a command only a POSIX shell understands.
fn only_posix(line: &str) -> Option<&'static str> {
    let line = line.trim_start_matches("$ ");
    let starts_with_variable = line.split_once('=').is_some_and(|(name, rest)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_') && rest.contains(' ')
    });
    // Windows PowerShell drops the quotation marks.
    let quotes_inside = line.split('\'').skip(1).step_by(2).any(|text| text.contains('"'));
    let has = |part: &str| line.contains(part);
    [
        (has(" < ") || has("<("), "redirected input"),
        (has(" && ") || has(" || "), "a list of commands"),
        (line.ends_with('\\'), "a line that goes on"),
        (starts_with_variable, "a variable for one command"),
        (quotes_inside, "quotation marks in an argument"),
        (has("$PWD:"), "a variable before a colon"),
        (has(" > ") || has("| git apply"), "text that Windows PowerShell changes"),
        (line.starts_with("for ") || line == "set -e", "a keyword of the shell"),
    ]
    .into_iter()
    .find_map(|(is_there, what)| is_there.then_some(what))
}

#[test]
fn every_command_works_in_powershell_or_a_block_for_it_follows() {
    let (mut count, mut alone) = (0, Vec::new());
    // What is measured with valgrind is measured on Linux.
    for page in written_pages().filter(|page| !page.ends_with("performance.md")) {
        let text = read(&page);
        let blocks = blocks_by_language(&text);
        for (at, (language, block)) in blocks.iter().enumerate() {
            if *language == "powershell" {
                // Both are errors in Windows PowerShell.
                assert!(!block.contains(" && ") && !block.contains(" < "), "{}: {block}", page.display());
                count += 1;
                continue;
            }
            if !["", "sh"].contains(language) {
                continue;
            }
            let program = |line: &&str| {
                let words = line.trim_start_matches("$ ").split(' ');
                let mut words = words.skip_while(|word| word.contains('='));
                let programs =
                    ["az", "cargo", "cat", "cosign", "docker", "for", "gh", "git", "provlint", "set", "terraform"];
                words.next().is_some_and(|word| programs.contains(&word))
            };
            let only = block.lines().filter(program).find_map(|line| Some((line, only_posix(line)?)));
            if let Some((line, what)) = only
                && blocks.get(at + 1).is_none_or(|(language, _)| *language != "powershell")
            {
                alone.push(format!("{}: {what}: {line}", page.display()));
            }
        }
    }
    assert!(alone.is_empty(), "{alone:#?}");
    assert!(count > 8, "{count}");
}

/// A block that begins with `$ provlint` shows a command and its output; a line `...` stands for any lines.
#[test]
fn every_documented_output_matches_the_command() {
    let mut count = 0;
    for page in written_pages() {
        let text = read(&page);
        let mut outputs = Vec::new();
        for (at, block) in blocks(&text).iter().filter(|(_, block)| block.starts_with("$ provlint ")) {
            let (line, output) = block.split_once('\n').unwrap();
            let words = words(&command(line).unwrap());
            let ran = run(&words[1..].iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(ran.stderr, "", "{line}");
            outputs.push((*at, output.to_owned(), ran.stdout));
            count += 1;
        }
        if env::var_os("PROVLINT_UPDATE").is_some() && !outputs.is_empty() {
            let mut lines: Vec<&str> = text.lines().collect();
            for (at, output, printed) in outputs.iter().rev().filter(|(_, output, _)| !output.contains("...\n")) {
                lines.splice(at + 1..at + 1 + output.lines().count(), printed.lines());
            }
            write_whole(&page, &(lines.join("\n") + "\n"));
            continue;
        }
        for (_, output, printed) in &outputs {
            let mut rest = printed.as_str();
            let parts: Vec<&str> = output.split("...\n").collect();
            let is_shown = parts.iter().all(|part| {
                let found = rest.find(part);
                rest = found.map_or("", |at| &rest[at + part.len()..]);
                found.is_some()
            });
            let is_whole = parts.len() > 1 || output == printed;
            assert!(is_shown && is_whole, "{} shows\n{output}\nbut the command prints\n{printed}", page.display());
        }
    }
    assert!(count >= 3, "{count}");
}

/// Whether a test of that name exists: `fix::file::tests::name` in src, `write::schema::name` in tests/it.
fn is_a_test(name: &str) -> bool {
    let Some((module, test)) = name.rsplit_once("::") else { return false };
    let (room, module) = module.strip_suffix("::tests").map_or(("tests/it", module), |module| ("src", module));
    let path = docs().join("..").join(room).join(module.replace("::", "/"));
    let files = [path.with_extension("rs"), path.join("mod.rs")];
    let text = files.iter().find_map(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.starts_with(&format!("fn {test}(")));
    at.is_some_and(|at| {
        lines[..at].iter().rev().take_while(|line| line.starts_with("#[")).any(|line| *line == "#[test]")
    })
}

#[test]
fn every_row_of_the_threat_model_names_tests_that_exist() {
    let text = read(&docs().join("../SECURITY.md"));
    let model = text.split_once("## Threat model").and_then(|(_, model)| model.split_once("\n## ")).unwrap().0;
    let rows = model.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| attempt "));
    let (mut count, mut lost) = (0, Vec::new());
    for row in rows {
        let tests = row.trim_end_matches(" |").rsplit_once(" | ").unwrap().1;
        for name in tests.split(", ").map(|name| name.trim_matches('`')) {
            let exists = is_a_test(name) || (name.starts_with(".ci/") && docs().join("..").join(name).is_file());
            if !exists {
                lost.push(format!("{name}: {row}"));
            }
            count += 1;
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(count > 50, "{count}");
}

#[test]
fn the_readme_fits_on_one_screen() {
    let lines = read(&docs().join("../README.md")).lines().count();
    assert!(lines < 120, "{lines} lines: move details to docs/");
}
