//! Report formats for other programs; no name in an export can break out of them.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use crate::common::graph::{PRINCIPAL, StandIn, online, tenant};
use crate::common::schema::Schema;
use crate::common::{finish, provlint, run, run_in, run_with_input};
use serde_json::Value;
use tempfile::TempDir;

const FORMATS: [&str; 7] = ["sarif", "github", "azure", "gitlab", "junit", "markdown", "html"];
const DEFAULT: &str = "fixtures/default-export.json";
const GROUPS: [&str; 4] = ["--group", "TOTAL-Admin", "--group", "3f0c1c52-0000-4000-8000-000000000002"];

fn fixture(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
}

/// A report for a snapshot, shortened to the rules with findings and one other: of SARIF's rules
/// those with more than one line, of the HTML page the visible part, one tag per line, of JUnit the first of each kind.
fn agreed(format: &str, report: String) -> String {
    match format {
        "html" => return agreed_html(&report),
        "junit" => return agreed_junit(&report),
        "sarif" => {}
        _ => return report,
    }
    let mut report: Value = serde_json::from_str(&report).unwrap();
    let rules = report["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap();
    rules.retain(|rule| rule["help"].is_object());
    // The rule pages have their own tests.
    for rule in rules {
        for page in ["text", "markdown"] {
            let start = rule["help"][page].as_str().unwrap().lines().next().unwrap().to_owned();
            rule["help"][page] = format!("{start} ...").into();
        }
    }
    // The entries of rules without findings list all rules.
    let notes = report["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array_mut();
    for note in notes.into_iter().flatten().filter(|note| note["level"] == "note") {
        let text = note["message"]["text"].as_str().unwrap();
        note["message"]["text"] = text.split_once("; ").map_or(text, |(first, _)| first).into();
    }
    format!("{report:#}")
}

fn agreed_html(report: &str) -> String {
    let page = report[report.find("<body>").unwrap()..].replace("><", ">\n<");
    let lists = regex_lite::Regex::new(r"(?s)(</summary>\n<ul>\n<li>.*?</li>\n).*?</ul>\n</details>").unwrap();
    lists.replace_all(&page, "$1…\n</ul>\n</details>").into_owned()
}

fn agreed_junit(report: &str) -> String {
    let passed = regex_lite::Regex::new(r"(    <testcase [^>]*/>\n)(?:    <testcase [^>]*/>\n)*").unwrap();
    let skipped = regex_lite::Regex::new(r"    <testcase [^>]*[^/]>\n\s*<skipped [^>]*/>\n\s*</testcase>\n").unwrap();
    let first = skipped.find(report).map_or("", |found| found.as_str());
    let rest = skipped.replace_all(report, "");
    let first_passed = passed.find(&rest).map_or("", |found| found.as_str().split_inclusive('\n').next().unwrap());
    let rest = passed.replace_all(&rest, "");
    rest.replacen("    <testcase", &format!("{first_passed}{first}    <testcase"), 1)
}

#[test]
fn every_format_matches_its_snapshots() {
    for format in FORMATS {
        let ran = run(&["check", DEFAULT, "--format", format]);
        assert_agreed!(format!("default-export-{format}"), agreed(format, ran.stdout));
        let snapshot = ["check", "fixtures/snapshot.json", "--format", format];
        let ran = run(&[&snapshot[..], &GROUPS].concat());
        assert_agreed!(format!("snapshot-{format}"), agreed(format, ran.stdout));
    }
}

#[test]
fn exit_code_does_not_depend_on_the_format() {
    for format in FORMATS {
        assert_eq!(run(&["check", DEFAULT, "--format", format]).code, Some(1), "{format}");
        assert_eq!(run(&["check", "fixtures/total-export.json", "--format", format]).code, Some(0), "{format}");
        let ran = run(&["check", "fixtures/broken/cut-short.json", "--format", format]);
        assert_eq!(ran.code, Some(2), "{format}");
        assert!(ran.stdout.contains("ends too early"), "{format}: {}", ran.stdout);
    }
}

/// A name with markup and commands of every format.
const EVIL: &str = "<img src=x onerror=alert(1)>]]></failure><!--\n::error::pwned\r\n::add-mask::pwned\n\
                    ##vso[task.setvariable variable=pwned]x##[add-mask]\u{1b}[31m\u{202e}evil\u{2028}`` ` | \
                    [pwned](https://evil.example) {0} @team #1 %0A%25 ; , ' \" & \\ \u{feff}";

/// A schema and a snapshot in which every name is evil, in a file with an evil name.
fn evil() -> (TempDir, Vec<&'static str>) {
    let folder = tempfile::tempdir().unwrap();
    let mut schema: Value = serde_json::from_str(&fixture("default-export.json")).unwrap();
    let mappings = schema["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    for mapping in mappings {
        for (number, row) in mapping["attributeMappings"].as_array_mut().unwrap().iter_mut().enumerate() {
            match number % 3 {
                0 => row["targetAttributeName"] = format!("{EVIL}{number}").into(),
                1 => row["source"]["name"] = EVIL.into(),
                _ => row["source"]["expression"] = format!("[{EVIL}]").into(),
            }
        }
    }
    let mut snapshot: Value = serde_json::from_str(&fixture("snapshot.json")).unwrap();
    snapshot["servicePrincipal"]["displayName"] = EVIL.into();
    for assignment in snapshot["appRoleAssignedTo"].as_array_mut().unwrap() {
        assignment["principalDisplayName"] = EVIL.into();
    }
    // Windows file names cannot contain these characters.
    let names =
        if cfg!(windows) { ["a ,;%0A]#1.json", "b.json"] } else { ["::error::<b> ,;%0A]#1.json", "##vso[b].json"] };
    fs::write(folder.path().join(names[0]), schema.to_string()).unwrap();
    fs::write(folder.path().join(names[1]), snapshot.to_string()).unwrap();
    (folder, names.to_vec())
}

/// The report on these files, and the number of findings.
fn report_on_evil(format: &str) -> (String, usize) {
    let (folder, names) = evil();
    let check = |format: &str| {
        let arguments = ["check", names[0], names[1], "--group", EVIL, "--group", "x", "--fail-on", "never"];
        let ran = run_in(folder.path(), &[&arguments[..], &["--format", format]].concat());
        assert_eq!(ran.code, Some(0), "{format}");
        assert_no_control_characters(&ran.stderr);
        ran.stdout
    };
    let count = serde_json::from_str::<Value>(&check("json")).unwrap()["findings"].as_array().unwrap().len();
    assert!(count > 20, "{count}");
    (check(format), count)
}

fn assert_no_control_characters(text: &str) {
    let steering = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}')
    };
    assert!(!text.contains(steering), "{:?}", text.lines().find(|line| line.contains(steering)));
}

/// Whether a line of a text report is a finding, and not what could not be evaluated.
fn is_finding(line: &str) -> bool {
    line.contains(".json:") && !line.contains(" could not be evaluated: ")
}

#[test]
fn no_name_breaks_out_of_text_output() {
    for format in ["compact", "pretty"] {
        let (report, count) = report_on_evil(format);
        assert_no_control_characters(&report);
        assert!(report.lines().all(|line| !line.trim_start().starts_with("::")), "{report}");
        assert!(!report.contains("##vso[") && !report.contains("##["), "{report}");
        if format == "compact" {
            assert_eq!(report.lines().filter(|line| is_finding(line)).count(), count, "{report}");
        }
    }
}

#[test]
fn no_name_breaks_out_of_json() {
    let (report, count) = report_on_evil("jsonl");
    assert_no_control_characters(&report);
    assert!(!report.contains("##"), "{report}");
    let findings: Vec<Value> = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(findings.len(), count);
}

#[test]
fn no_name_breaks_out_of_github() {
    let (report, count) = report_on_evil("github");
    assert_no_control_characters(&report);
    assert!(!report.contains("##vso[") && !report.contains("##["), "{report}");
    let mut commands = 0;
    for line in report.lines().filter(|line| line.trim_start().starts_with("::")) {
        commands += 1;
        let (word, rest) = line.strip_prefix("::").unwrap().split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&word), "{line}");
        let (properties, _) = rest.split_once("::").unwrap();
        let names: Vec<&str> = properties.split(',').map(|property| property.split_once('=').unwrap().0).collect();
        let known = ["file", "line", "col", "endLine", "endColumn", "title"];
        assert!(names.iter().all(|name| known.contains(name)), "{line}");
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{line}");
    }
    let plain = report.lines().filter(|line| is_finding(line) && !line.starts_with("::")).count();
    assert_eq!(commands + plain, count, "{report}");
    assert!((11..=30).contains(&commands), "at most ten of each kind: {commands}");
}

#[test]
fn no_name_breaks_out_of_azure() {
    let (report, count) = report_on_evil("azure");
    assert_no_control_characters(&report);
    assert!(report.lines().all(|line| !line.trim_start().starts_with("::")), "{report}");
    let mut issues = 0;
    for line in report.lines().filter(|line| line.contains("##vso[") || line.contains("##[")) {
        issues += 1;
        let properties = line.strip_prefix("##vso[task.logissue ").unwrap().split_once(']').unwrap().0;
        let names: Vec<&str> =
            properties.trim_end_matches(';').split(';').map(|property| property.split_once('=').unwrap().0).collect();
        assert!(["type", "code"].iter().all(|name| names.contains(name)), "{line}");
        assert!(names.len() <= 5 && line.matches("##vso[").count() == 1 && !line.contains("##["), "{line}");
    }
    let notes = report.lines().filter(|line| line.contains(": info[")).count();
    assert_eq!(issues + notes, count, "{report}");
}

#[test]
fn no_name_breaks_out_of_gitlab() {
    let (report, count) = report_on_evil("gitlab");
    assert_no_control_characters(&report);
    let report: Value = serde_json::from_str(&report).unwrap();
    let issues = report.as_array().unwrap();
    let fingerprints: HashSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!((issues.len(), fingerprints.len()), (count, count));
}

#[test]
fn no_name_breaks_out_of_junit() {
    let (report, _) = report_on_evil("junit");
    assert_no_control_characters(&report);
    let document = roxmltree::Document::parse(&report).unwrap();
    let names: HashSet<&str> =
        document.descendants().filter(roxmltree::Node::is_element).map(|node| node.tag_name().name()).collect();
    assert!(names.is_subset(&HashSet::from([
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "skipped",
        "error",
        "system-out",
    ])));
    let root = document.root_element();
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count().to_string();
    for (attribute, element) in [("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")] {
        assert_eq!(root.attribute(attribute), Some(count(element).as_str()), "{attribute}");
    }
    assert!(document.descendants().any(|node| node.text().is_some_and(|text| text.contains("]]></failure>"))));
}

#[test]
fn no_name_breaks_out_of_markdown() {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    let (report, count) = report_on_evil("markdown");
    assert_no_control_characters(&report);
    let (mut rows, mut links, mut code) = (0, 0, false);
    for event in Parser::new_ext(&report, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let known = ["<details>", "</details>", "<summary>"];
                assert!(known.iter().any(|tag| html.trim().starts_with(tag)), "{html}");
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                links += 1;
                assert!(
                    dest_url.starts_with("https://github.com/provlint/provlint/blob/main/docs/rules/"),
                    "{dest_url}"
                );
            }
            Event::Start(Tag::Image { dest_url, .. }) => panic!("{dest_url}"),
            Event::End(TagEnd::TableRow) => rows += 1,
            Event::Code(_) => code = true,
            Event::Text(text) => {
                for sign in ["@", "://", "#1"] {
                    assert!(!text.contains(sign), "{text}");
                }
            }
            _ => {}
        }
    }
    assert_eq!((rows, links), (count, count));
    assert!(code);
}

#[test]
fn no_name_breaks_out_of_html_and_the_page_loads_nothing() {
    let (report, _) = report_on_evil("html");
    assert_no_control_characters(&report);
    let tags = [
        "!DOCTYPE", "a", "body", "code", "details", "div", "g", "h1", "h2", "h3", "h4", "head", "header", "html", "li",
        "link", "main", "meta", "ol", "p", "path", "rect", "section", "span", "strong", "style", "summary", "svg",
        "table", "tbody", "td", "text", "th", "thead", "title", "tr", "ul",
    ];
    for after in report.split('<').skip(1) {
        let tag = after.trim_start_matches('/').split([' ', '>']).next().unwrap();
        assert!(tags.contains(&tag), "<{}", &after[..after.len().min(80)]);
        let inside = after.split('>').next().unwrap();
        for attribute in [" on", " src", " style="] {
            assert!(!inside.contains(attribute), "<{inside}");
        }
        if let Some((_, link)) = inside.split_once("href=\"") {
            assert!(
                ["#", "data:,", "https://github.com/provlint/provlint/blob/main/docs/rules/"]
                    .iter()
                    .any(|start| link.starts_with(start)),
                "<{inside}"
            );
        }
    }
    assert!(!report.contains("url(") && !report.contains("@import") && report.contains("default-src 'none'"));
    assert!(report.contains("&lt;img src=x onerror=alert(1)&gt;"));
}

#[test]
fn html_page_shows_required_and_missing_rows() {
    let page = run(&["check", "fixtures/externalid-missing.json", "--format", "html"]).stdout;
    let row = |target: &str| {
        let start = page.find(&format!("<td><code>{target}</code>")).unwrap();
        page[start..].split("</tr>").next().unwrap().to_owned()
    };
    assert!(row("title").contains("required</span> from <code>jobTitle</code>"), "{}", row("title"));
    let groups = page.find("Provision Microsoft Entra ID Groups").unwrap();
    let missing = page[..groups].rfind("no row</span>").unwrap();
    assert!(page[missing..groups].contains("required</span> from <code>objectId</code>"));
}

/// A report, validated with the official SARIF schema.
fn valid_sarif(report: &str) -> Value {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let schema: Value = serde_json::from_str(include_str!("../data/sarif-2.1.0.json")).unwrap();
        Schema::new(&schema)
    });
    let report: Value = serde_json::from_str(report).unwrap();
    let errors: Vec<String> = SCHEMA.objections(&report);
    assert!(errors.is_empty(), "{errors:?}");
    report
}

#[test]
fn sarif_is_valid_and_no_name_breaks_out_of_it() {
    for path in [DEFAULT, "fixtures/snapshot.json", "fixtures/minified.json", "fixtures/title-twice.json", "fixtures"] {
        valid_sarif(&run(&[&["check", path, "--format", "sarif"], &GROUPS[..]].concat()).stdout);
    }
    let text = fixture("default-export.json");
    let report = valid_sarif(&run_with_input(&["check", "-", "--format", "sarif"], text.as_bytes()).stdout);
    assert!(report["runs"][0]["results"][0]["locations"][0]["physicalLocation"].is_null(), "{report}");

    let (report, count) = report_on_evil("sarif");
    assert_no_control_characters(&report);
    assert!(!report.contains("##"), "{report}");
    let report = valid_sarif(&report);
    let results = report["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), count);
    let rules = report["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!text.contains("](") && !text.contains("{0"), "{text}");
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%.-_~/".contains(&byte)), "{uri}");
    }
}

#[test]
fn live_findings_have_no_file_location() {
    let stand_in = StandIn::start(|request, _| tenant(request));
    let check = |more: &[&str]| {
        let ran = online(&stand_in, &[&["check", "--app", "TOTAL", "--group", "TOTAL-Nobody"], more].concat());
        assert!(!ran.stdout.contains("file=") && !ran.stdout.contains("sourcepath="), "{}", ran.stdout);
        ran
    };
    let sarif = valid_sarif(&check(&["--format", "sarif"]).stdout);
    let location = &sarif["runs"][0]["results"][0]["locations"][0];
    assert!(location["physicalLocation"].is_null(), "{location}");
    assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"], "graph:TOTAL/Group/TOTAL-Nobody");
    assert!(sarif["runs"][0]["originalUriBaseIds"].is_null());
    let notes = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["message"]["text"].as_str().unwrap().contains("member-disabled")));

    assert!(check(&["--format", "github"]).stdout.contains("::graph:TOTAL:"));
    assert!(check(&["--format", "azure"]).stdout.contains("code=group-not-assigned;]graph:TOTAL:"));
    assert_eq!(check(&["--format", "gitlab"]).json()[0]["location"]["path"], "graph:TOTAL");
    for format in ["junit", "markdown", "html"] {
        assert!(check(&["--format", format]).stdout.contains("TOTAL-Nobody"), "{format}");
    }

    let folder = tempfile::tempdir().unwrap();
    let baseline = folder.path().join("baseline.json");
    let baseline = baseline.to_str().unwrap();
    assert_eq!(check(&["--write-baseline", baseline]).code, Some(0));
    let entry = format!(r#"{{"target":"graph:{PRINCIPAL}","rule":"group-not-assigned""#);
    assert!(fs::read_to_string(baseline).unwrap().contains(&entry));
    let ran = check(&["--baseline", baseline]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
}

/// Applies the fixes of a SARIF report, as a consumer does.
fn with_fixes(text: &str, sarif: &Value) -> String {
    let offset = |line: &Value, column: &Value| {
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap() - 1;
        let start: usize = text.split_inclusive('\n').take(number(line)).map(str::len).sum();
        start + text[start..].chars().take(number(column)).map(char::len_utf8).sum::<usize>()
    };
    let mut edits: Vec<(usize, usize, &str)> = Vec::new();
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        for replacement in result["fixes"][0]["artifactChanges"][0]["replacements"].as_array().unwrap() {
            let region = &replacement["deletedRegion"];
            let start = offset(&region["startLine"], &region["startColumn"]);
            let end = offset(&region["endLine"], &region["endColumn"]);
            edits.push((start, end, replacement["insertedContent"]["text"].as_str().unwrap()));
        }
    }
    edits.sort_unstable();
    let mut fixed = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        fixed.replace_range(start..end, new);
    }
    fixed
}

#[test]
fn applying_the_sarif_fixes_fixes_the_file() {
    for name in ["default-export.json", "minified.json", "externalid-missing.json", "title-twice.json"] {
        let folder = tempfile::tempdir().unwrap();
        let text = fixture(name).replace("\"displayName\",", "\"displayName\" ,");
        fs::write(folder.path().join("ä.json"), &text).unwrap();
        let ran = run_in(folder.path(), &["check", "ä.json", "--format", "sarif"]);
        fs::write(folder.path().join("ä.json"), with_fixes(&text, &ran.json())).unwrap();
        let ran = run_in(folder.path(), &["check", "ä.json", "--fail-on", "info"]);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.page());
    }
}

#[test]
fn fingerprints_survive_a_new_layout() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let fingerprints = |text: &str| -> Vec<Value> {
        fs::write(&file, text).unwrap();
        let sarif = run_in(folder.path(), &["check", "a.json", "--format", "sarif"]).json();
        let gitlab = run_in(folder.path(), &["check", "a.json", "--format", "gitlab"]).json();
        let results = sarif["runs"][0]["results"].as_array().unwrap().iter();
        let ours = results.map(|result| result["partialFingerprints"]["provlint/v1"].clone());
        ours.chain(gitlab.as_array().unwrap().iter().map(|issue| issue["fingerprint"].clone())).collect()
    };
    let text = fixture("scope-filters.json");
    let value: Value = serde_json::from_str(&text).unwrap();
    let before = fingerprints(&text);
    assert!(before.len() > 4);
    assert_eq!(before, fingerprints(&format!("\n\n\n{value}")));
}

#[test]
fn baseline_findings_are_suppressed_in_sarif_and_omitted_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), fixture("default-export.json")).unwrap();
    run_in(folder.path(), &["check", "a.json", "--write-baseline", "baseline.json"]);
    fs::write(folder.path().join("b.json"), fixture("title-twice.json")).unwrap();
    let check = |format: &str| {
        run_in(folder.path(), &["check", "a.json", "b.json", "--baseline", "baseline.json", "--format", format])
    };
    let sarif = check("sarif").json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let suppressed: Vec<usize> =
        results.iter().map(|result| result["suppressions"].as_array().unwrap().len()).collect();
    assert_eq!(suppressed, [1, 0]);
    assert_eq!(check("gitlab").json().as_array().unwrap().len(), 1);
    for format in ["github", "azure", "markdown", "junit", "html"] {
        let report = check(format).stdout.replace("<code>", "`").replace("</code>", "`");
        assert!(!report.contains("`externalId` is mapped from") && report.contains("`title`"), "{format}: {report}");
    }
    assert!(check("junit").stdout.contains("its findings are in the baseline"));
}

#[test]
fn github_gets_the_worst_ten_of_each_level_and_a_summary() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..15 {
        fs::write(folder.path().join(format!("{number:02}.json")), fixture("default-export.json")).unwrap();
    }
    fs::write(folder.path().join("00.json"), fixture("scope-filters.json")).unwrap();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "# Before\n").unwrap();
    let ran = finish(
        provlint(&["check", ".", "--format", "github"]).current_dir(folder.path()).env("GITHUB_STEP_SUMMARY", &summary),
    );
    assert_eq!(ran.code, Some(1), "{}", ran.page());
    let words: Vec<&str> = ran.stdout.lines().filter_map(|line| line.strip_prefix("::")?.split(' ').next()).collect();
    let of = |word: &str| words.iter().filter(|other| **other == word).count();
    assert_eq!(of("error"), 10);
    assert!(words.is_sorted_by_key(|word| ["error", "warning", "notice"].iter().position(|other| other == word)));
    assert!(ran.stdout.contains("beyond the number that GitHub shows"), "{}", ran.stdout);
    let written = fs::read_to_string(&summary).unwrap();
    assert!(written.starts_with("# Before\n## provlint: "), "{written}");
    assert!(written.contains("`User/externalId` `./14.json:"), "{written}");
}

#[test]
fn a_long_report_fits_into_a_comment() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..40 {
        fs::write(folder.path().join(format!("{number:03}.json")), fixture("expressions-broken.json")).unwrap();
    }
    let ran = run_in(folder.path(), &["check", ".", "--format", "markdown"]);
    assert!(ran.stdout.len() < 65_536, "{}", ran.stdout.len());
    assert!(ran.stdout.contains("more findings not shown here."), "{}", ran.stdout);
}

#[test]
fn one_run_writes_several_formats_to_their_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), fixture("default-export.json")).unwrap();
    let mut arguments = vec!["check".to_owned(), "a.json".to_owned()];
    for format in FORMATS {
        arguments.extend(["--format", format, "--output", &format!("report.{format}")].map(str::to_owned));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = run_in(folder.path(), &arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.page());
    for format in FORMATS {
        let written = fs::read_to_string(folder.path().join(format!("report.{format}"))).unwrap();
        assert!(written.contains("required-mapping-source"), "{format}");
    }
}

/// All formats, including those with their own tests.
fn all_formats() -> impl Iterator<Item = &'static str> {
    ["pretty", "compact", "json", "jsonl"].into_iter().chain(FORMATS)
}

#[test]
fn no_format_prints_credentials_of_the_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let mut value: Value = serde_json::from_str(&fixture("snapshot.json")).unwrap();
    let url = "https://somebody:hunter2pass@x.example.com/scim?api_key=k3yk3y&aadOptscim062020";
    value["secrets"] = serde_json::json!([{ "key": "BaseAddress", "value": url }]);
    fs::write(folder.path().join("app.json"), value.to_string()).unwrap();
    for format in all_formats() {
        let ran = run_in(folder.path(), &["check", "app.json", "--format", format]);
        assert!(ran.stdout.contains("tenant URL"), "{format}: {}", ran.page());
        for secret in ["hunter2pass", "k3yk3y"] {
            assert!(!ran.page().contains(secret), "{format}: {}", ran.page());
        }
    }
}

#[test]
fn a_run_without_targets_never_looks_clean() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), r#"{"synchronizationRules": 1}"#).unwrap();
    for format in all_formats() {
        let ran = run_in(folder.path(), &["check", "a.json", "--format", format]);
        assert_eq!(ran.code, Some(2), "{format}");
        assert!(!ran.page().to_lowercase().contains("no findings"), "{format}: {}", ran.page());
    }
    let said = run_in(folder.path(), &["check", "a.json", "--format", "markdown"]).stdout;
    assert!(said.starts_with("## provlint: 1 target not checked\n"), "{said}");
}

#[test]
fn every_format_says_why_nothing_was_checked() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("exports")).unwrap();
    let nothing = "there is no provisioning schema";
    for (policy, why) in [(None, nothing), (Some("version: 1\nrules:\n  no-such-rule: off\n"), "no-such-rule")] {
        if let Some(policy) = policy {
            fs::write(folder.path().join("provlint.yaml"), policy).unwrap();
        }
        for format in ["json", "sarif", "github", "azure", "gitlab", "junit", "markdown", "html"] {
            let ran = run_in(folder.path(), &["check", "exports", "--format", format]);
            assert_eq!(ran.code, Some(2), "{format}");
            assert!(ran.stdout.contains("exports") && ran.stdout.contains(why), "{format}: {}", ran.stdout);
            if format == "sarif" {
                let sarif: Value = serde_json::from_str(&ran.stdout).unwrap();
                assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
            }
        }
        for format in ["pretty", "compact"] {
            assert_eq!(run_in(folder.path(), &["check", "exports", "--format", format]).stdout, "", "{format}");
        }
    }
}

#[test]
fn a_usage_error_does_not_overwrite_the_input_with_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let text = fixture("total-export.json");
    fs::write(folder.path().join("a.json"), &text).unwrap();
    fs::write(folder.path().join("provlint.yaml"), "no: policy\n").unwrap();
    let ran = run_in(folder.path(), &["check", ".", "--format", "sarif", "--output", "a.json"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), text);
}

#[test]
fn markdown_lists_findings_as_a_table_below_unchecked_files() {
    let ran = run(&["check", DEFAULT, "fixtures/broken/cut-short.json", "--format", "markdown"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let head = lines.iter().position(|line| line.starts_with("| | Where")).unwrap();
    assert!(lines[..head].iter().any(|line| line.starts_with("- **not checked**")), "{}", ran.stdout);
    assert_eq!(lines[head - 1], "", "{}", ran.stdout);
    let said = run(&["check", DEFAULT, "fixtures/broken/cut-short.json", "--format", "compact"]).stdout;
    assert!(said.lines().any(|line| line.ends_with("; 1 target not checked")), "{said}");
}

#[test]
fn output_dash_means_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), fixture("total-export.json")).unwrap();
    let ran = run_in(folder.path(), &["check", "a.json", "--format", "json", "--output", "-"]);
    assert!(ran.stdout.starts_with('{') && !folder.path().join("-").exists(), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn no_name_controls_the_log_next_to_a_report_file() {
    let folder = tempfile::tempdir().unwrap();
    let name = "##vso[task.complete result=Succeeded]\u{1b}[31m\u{202e}\n::error::x.json";
    fs::write(folder.path().join(name), "{").unwrap();
    fs::write(folder.path().join("provlint.yaml"), "rules:\n  \"##vso[task.x]\\e[31m\": off\n").unwrap();
    for policy in [true, false] {
        if !policy {
            fs::remove_file(folder.path().join("provlint.yaml")).unwrap();
        }
        for arguments in [&["check", "."][..], &["check", ".", "--profile", name], &["check", ".", "--baseline", name]]
        {
            let said = run_in(folder.path(), &[arguments, &["--format", "azure"]].concat()).stderr;
            assert!(
                !said.is_empty() && !said.contains("##vso[") && !said.contains(provlint::text::is_unprintable),
                "{said:?}"
            );
            assert!(!said.lines().any(|line| line.trim_start().starts_with("::")), "{said}");
        }
    }
}

#[test]
fn unchecked_files_are_shortened_and_counted_in_comments() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..300 {
        fs::write(folder.path().join(format!("{number:03}.json")), r#"{"synchronizationRules": 1}"#).unwrap();
    }
    let ran = run_in(folder.path(), &["check", ".", "--format", "github"]);
    assert_eq!(ran.stdout.matches("::error ").count(), 10);
    assert!(ran.stdout.contains("290 more targets beyond the number that GitHub shows"), "{}", ran.stdout);
    let ran = run_in(folder.path(), &["check", ".", "--format", "markdown"]);
    assert!(ran.stdout.len() < 65_536 && ran.stdout.contains("- and "), "{}", ran.stdout.len());
    assert!(ran.stdout.starts_with("## provlint: 300 targets not checked\n"));
}
