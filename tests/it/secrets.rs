//! No credential of a file, a server or this run is in anything that the program writes, not even a piece of one.

use std::fs;
use std::path::Path;

use crate::common::graph::{JOB, PRINCIPAL, Reply, StandIn};
use crate::common::{Ran, finish, provlint, run_in, run_with_input, side_by_side};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Whoever sees that much of a credential has seen it.
const PIECE: usize = 8;
/// A token without a shape; JSON escapes some of it.
const OPAQUE: &str = r#"zK7qV9/wX2+yB4"pL6<dT8&hN3\mR5'sG1"#;
/// A client secret of Entra ID.
const CLIENT: &str = "abc8Q~kW3xR7tY1uP5oL9mN2bV6cX4zA8sD0fGhJ";

/// A token much longer than what messages quote.
fn jwt() -> String {
    let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signature: String = (0..200).map(|n| char::from(b'a' + (n * 7 % 26) as u8)).collect();
    let claims = json!({"aud": "4711", "iss": "https://vendor.example.com/issuer", "sub": "b3d9", "scp": "scim.write"});
    format!("{}.{}.{signature}", encoded(json!({"alg": "RS256", "kid": "k-81"})), encoded(claims))
}

/// The piece of a credential that a text has, in any spelling.
fn leak<'s>(text: &str, secrets: &'s [String]) -> Option<&'s str> {
    let pieces = |secret: &'s String| {
        secret
            .char_indices()
            .filter_map(move |(at, _)| secret.get(at..at + PIECE).filter(|_| at + PIECE <= secret.len()))
    };
    secrets.iter().flat_map(pieces).find(|piece| text.contains(piece))
}

/// A credential in the spellings of JSON, .NET, HTML, URLs and base64.
fn spellings(secret: &str) -> Vec<String> {
    let json = json!(secret).to_string();
    let net = json.replace('+', "\\u002B").replace('<', "\\u003C").replace('&', "\\u0026").replace('\'', "\\u0027");
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;");
    let url = encoded(secret);
    [secret.to_owned(), json.trim_matches('"').to_owned(), net.trim_matches('"').to_owned(), html, url]
        .into_iter()
        .chain([STANDARD.encode(secret), STANDARD.encode(format!("u:{secret}"))])
        .collect()
}

fn encoded(text: &str) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

/// What a run says that holds no credential itself.
fn expect_silence(ran: &Ran, secrets: &[String], arguments: &[&str], place: &str) {
    for text in [&ran.stdout, &ran.stderr] {
        assert_eq!(leak(text, secrets), None, "{place}: {arguments:?}: {text}");
    }
    assert!(!ran.stdout.is_empty() || !ran.stderr.is_empty(), "{place}: {arguments:?}");
    assert!(!ran.stderr.contains("unexpected argument"), "{ran:?}");
}

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A snapshot with a schema that is not as it should be, so that there is much to say.
fn snapshot() -> Value {
    let mut snapshot = fixture("snapshot.json");
    snapshot["jobs"][0]["schema"] = fixture("default-export.json");
    snapshot
}

/// A snapshot with credentials at one place, and the place's name.
fn hidden_in(change: impl Fn(&mut Value), place: &'static str) -> (&'static str, String) {
    let mut snapshot = snapshot();
    change(&mut snapshot);
    (place, format!("{snapshot:#}"))
}

/// Every place in which a file may hold a credential.
fn hiding_places() -> Vec<(&'static str, String)> {
    let jwt = jwt();
    let secret = |value: &str| json!([{"key": "BaseAddress", "value": "http://total.example.com"}, {"key": "SecretToken", "value": value}]);
    let row = |snapshot: &mut Value| {
        let mappings = &mut snapshot["jobs"][0]["schema"]["synchronizationRules"][0]["objectMappings"];
        mappings.as_array_mut().unwrap().last_mut().unwrap()["attributeMappings"][0].take()
    };
    let with_row = |change: &dyn Fn(&mut Value), place| {
        let put = |snapshot: &mut Value| {
            let mut changed = row(snapshot);
            change(&mut changed);
            let mappings = &mut snapshot["jobs"][0]["schema"]["synchronizationRules"][0]["objectMappings"];
            mappings.as_array_mut().unwrap().last_mut().unwrap()["attributeMappings"][0] = changed;
        };
        hidden_in(put, place)
    };
    let url = |url: String| move |snapshot: &mut Value| snapshot["secrets"][0]["value"] = json!(url);
    let whole = format!("{:#}", {
        let mut snapshot = snapshot();
        snapshot["secrets"] = secret(OPAQUE);
        snapshot
    });
    let mut places = vec![
        hidden_in(url(format!("http://total.example.com/scim?org=1&token={jwt}")), "a query"),
        hidden_in(url(format!("http://total.example.com/scim/{jwt}/v2")), "a path"),
        hidden_in(url(format!("https://{}:{CLIENT}@total.example.com/scim", encoded(OPAQUE))), "a user"),
        hidden_in(url(format!("http://total.example.com/scim?api_key={}", encoded(OPAQUE))), "a key in a query"),
        hidden_in(|snapshot| snapshot["secrets"] = secret(OPAQUE), "a token"),
        hidden_in(|snapshot| snapshot["secrets"] = secret(&format!("Bearer {jwt}")), "a token with Bearer"),
        hidden_in(
            |snapshot| {
                snapshot["secrets"] = secret(OPAQUE);
                snapshot["servicePrincipal"]["displayName"] = json!(format!("TOTAL {OPAQUE}"));
                snapshot["appRoleAssignedTo"][0]["principalDisplayName"] = json!(format!("Group {OPAQUE}"));
                snapshot["groups"][0]["displayName"] = json!(format!("Group {OPAQUE}"));
                snapshot["provlint"]["unread"] =
                    json!({"owners": format!("403: {OPAQUE} has no access"), "users": STANDARD.encode(OPAQUE)});
            },
            "a token that names and reasons repeat",
        ),
        hidden_in(|snapshot| snapshot["servicePrincipal"]["displayName"] = json!(format!("TOTAL {jwt}")), "an app"),
        hidden_in(|snapshot| snapshot["groups"][0]["displayName"] = json!(format!("G {CLIENT}")), "a group"),
        hidden_in(
            |snapshot| snapshot["appRoleAssignedTo"][0]["principalDisplayName"] = json!(format!("G {jwt}")),
            "an assignment",
        ),
        hidden_in(
            |snapshot| {
                snapshot["provlint"]["unread"] =
                    json!({"schema": jwt, "jobs": format!("403 {jwt}"), "secrets": CLIENT});
                snapshot.as_object_mut().unwrap().retain(|part, _| !["jobs", "secrets"].contains(&part.as_str()));
            },
            "reasons",
        ),
        hidden_in(
            |snapshot| {
                snapshot["jobs"][0]["status"]["quarantine"] = json!({"reason": "EncounteredQuarantineException", "error": {"code": CLIENT, "message": format!("{} {jwt}", "x".repeat(70))}});
            },
            "a quarantine",
        ),
        hidden_in(|snapshot| snapshot["jobs"][0]["id"] = json!(jwt), "a job"),
        hidden_in(|snapshot| snapshot[jwt.as_str()] = json!(1), "a key"),
        with_row(&|row| row["targetAttributeName"] = json!(format!("x{jwt}")), "an attribute"),
        with_row(
            &|row| {
                row["source"] = json!({"type": "Function", "name": "x", "parameters": [], "expression": format!("Append(\"Bearer {}\", [x])", &jwt)});
            },
            "an expression",
        ),
        with_row(&|row| row["defaultValue"] = json!(CLIENT), "a default"),
        with_row(
            &|row| row["metadata"] = json!([{"value": OPAQUE, "key": "ClientSecret"}, {"key": "x", "value": jwt}]),
            "metadata",
        ),
        with_row(&|row| row["targetAttributeName"] = json!({"clientSecret": OPAQUE}), "a value of a wrong type"),
        with_row(&|row| row["metadata"] = json!(format!("@{{key=ClientSecret; value={CLIENT}}}")), "a hashtable"),
        ("a list of a wrong type", json!({"synchronizationRules": jwt}).to_string()),
        (
            "a setting of a wrong type",
            json!({"provlint": {"snapshot": 1}, "secrets": {"client_secret": OPAQUE, "access_token": [OPAQUE]}})
                .to_string(),
        ),
        (
            "an error answer",
            json!({"error": {"code": jwt, "message": format!("{} {jwt}", "x".repeat(70))}}).to_string(),
        ),
        ("JSON of another kind", json!({jwt.as_str(): 1, "access_token": OPAQUE}).to_string()),
        ("a bare token", jwt.clone()),
    ];
    let escaped =
        whole.replace('+', "\\u002B").replace('<', "\\u003C").replace('&', "\\u0026").replace('\'', "\\u0027");
    let twice = |key: &str| format!("{{\"synchronizationRules\": [], \"{key}\": 1, \"{key}\": 2}}");
    let with_key =
        format!("{{\"synchronizationRules\": [], \"SecretToken\": {0}, \"SecretToken\": {0}}}", json!(OPAQUE));
    places.extend([
        ("escapes", escaped.clone()),
        ("one line", serde_json::from_str::<Value>(&escaped).unwrap().to_string()),
        ("capitals", whole.replace("\"key\"", "\"Key\"").replace("\"value\"", "\"Value\"")),
        ("a repeated key", twice(&jwt)),
        ("a repeated secret", with_key),
        ("a file that ends in a token", whole[..whole.find("mR5").unwrap()].to_owned()),
        ("a file that ends behind a token", whole[..whole.find("mR5").unwrap() + 9].to_owned()),
        ("a comment", format!("// {jwt}\n{whole}")),
        ("a comment behind a token", whole.replace("\"SyncAll\"", "// x").replace("sG1\"", "sG1\" // x")),
        ("a missing comma", whole.replace("sG1\"", "sG1\" x")),
        ("single quotes", format!("{{\"synchronizationRules\": [], 'a': '{jwt}'}}")),
    ]);
    places
}

/// The formats of `check` besides pretty.
const FORMATS: [&str; 10] =
    ["compact", "json", "jsonl", "sarif", "github", "azure", "gitlab", "junit", "markdown", "html"];
/// Those that are written also if nothing could be checked.
const DOCUMENTS: [&str; 4] = ["json", "sarif", "junit", "html"];

/// Every command that reads a file, in every format.
fn commands() -> Vec<Vec<&'static str>> {
    let mut commands = vec![
        vec!["fix", "a.json", "--unsafe", "-o", "fixed.json"],
        vec!["preview", "plain.json", "--user", "a.json"],
        vec!["eval", "[a]", "--user", "a.json"],
        vec!["check", "plain.json", "--policy", "a.json"],
        vec!["check", "plain.json", "--baseline", "a.json"],
        vec!["check", ".", "-v", "--write-baseline", "written.json"],
    ];
    let formats: [(&[&str], &[&str]); 5] = [
        (&["fix", "a.json", "--dry-run", "--unsafe"], &["pretty", "json", "patch"]),
        (&["diff", "a.json", "plain.json"], &["pretty", "json", "markdown"]),
        (&["preview", "a.json", "--user", "user.json", "-v"], &["pretty", "json"]),
        (&["preview", "plain.json", "--user", "user.json", "--diff", "a.json"], &["pretty", "json"]),
        (&["guide", "a.json"], &["pretty", "json"]),
    ];
    for (command, formats) in formats {
        commands.extend(formats.iter().map(|format| [command, &["--format", format]].concat()));
    }
    commands
}

fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    put("a.json", text);
    put("plain.json", &format!("{:#}", fixture("default-export.json")));
    put("user.json", &fixture("users/jane.json").to_string());
    folder
}

#[test]
fn no_piece_of_a_credential_in_a_file_is_in_any_output() {
    let jwt = jwt();
    let secrets: Vec<String> = [OPAQUE, CLIENT, &jwt].into_iter().flat_map(spellings).collect();
    side_by_side(hiding_places(), |(place, text)| {
        let folder = folder(&text);
        assert!(leak(&text, &secrets).is_some(), "{place}: nothing is hidden there");
        for arguments in commands() {
            expect_silence(&run_in(folder.path(), &arguments), &secrets, &arguments, place);
        }
        // One run writes every format.
        let mut all = vec!["check", "a.json", "-v", "--group", "g", "--format", "pretty"];
        for format in FORMATS {
            all.extend(["--format", format, "--output", format]);
        }
        expect_silence(&run_in(folder.path(), &all), &secrets, &all, place);
        for file in FORMATS.iter().chain(&["written.json"]) {
            let text = fs::read_to_string(folder.path().join(file)).unwrap_or_default();
            assert!(!text.is_empty() || !DOCUMENTS.contains(file), "{place}: {file}");
            assert_eq!(leak(&text, &secrets), None, "{place}: {file}: {text}");
        }
        let piped = run_with_input(&["check", "-"], text.as_bytes());
        expect_silence(&piped, &secrets, &["check", "-"], place);
    });
}

#[test]
fn a_masked_value_is_shown_as_asterisks_of_its_length_and_the_rest_stays_readable() {
    let url = format!("http://total.example.com/scim?org=1&token={}", jwt());
    let (_, text) = hidden_in(|snapshot| snapshot["secrets"][0]["value"] = json!(url), "");
    let folder = folder(&text);
    let report = run_in(folder.path(), &["check", "a.json", "--format", "json"]).json();
    let said = report["findings"].to_string();
    assert!(said.contains("`http://total.example.com/scim?org=1&token=******"), "{said}");
    let (_, text) =
        hidden_in(|snapshot| snapshot["servicePrincipal"]["displayName"] = json!(format!("My {CLIENT}")), "");
    fs::write(folder.path().join("a.json"), text).unwrap();
    let report = run_in(folder.path(), &["check", "a.json", "--format", "json"]).json();
    assert_eq!(
        report["targets"][0]["app"]["displayName"],
        json!(format!("My {}", "*".repeat(CLIENT.len()))),
        "{report}"
    );
}

/// The schema with a credential of one character in the metadata of a mapping.
fn with_short_secret(value: &str) -> String {
    let mut schema = fixture("default-export.json");
    schema["synchronizationRules"][0]["objectMappings"][0]["metadata"] =
        json!([{"key": "ClientSecret", "value": value}]);
    format!("{schema:#}\n")
}

#[test]
fn a_secret_of_one_character_hides_nothing_else_and_prevents_no_fix() {
    let [short, none] = ["e", "*"].map(|value| {
        let folder = folder(&with_short_secret(value));
        let run = |arguments: &[&str]| {
            let ran = run_in(folder.path(), &[arguments, &["--ignore", "secret-in-file"]].concat());
            (ran.code, ran.stdout, ran.stderr)
        };
        let shown = [
            run(&["check", "a.json"]),
            run(&["check", "a.json", "--format", "json"]),
            run(&["fix", "a.json", "--dry-run", "--unsafe"]),
            run(&["fix", "a.json", "--unsafe"]),
        ];
        (shown, fs::read_to_string(folder.path().join("a.json")).unwrap())
    });
    assert_eq!(short.0, none.0);
    let other = short.1.replace("\"value\": \"e\"", "\"value\": \"*\"");
    assert!(short.1 != none.1 && other == none.1, "the secret itself stays in the file: {}", short.1);
}

#[test]
fn a_fix_keeps_the_credentials_of_the_file_and_a_difference_in_one_counts() {
    let schema = |value: &str| {
        let mut schema = fixture("default-export.json");
        let rows = &mut schema["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"];
        rows[0]["defaultValue"] = json!(value);
        format!("{schema:#}\n")
    };
    let folder = folder(&schema(CLIENT));
    let ran = run_in(folder.path(), &["fix", "a.json", "--unsafe"]);
    assert!(ran.stdout.contains("Fixed") || ran.stdout.contains("fixed"), "{ran:?}");
    let fixed = fs::read_to_string(folder.path().join("a.json")).unwrap();
    assert!(fixed.contains(CLIENT) && !fixed.contains("****"), "{fixed}");
    let other: String = CLIENT.chars().rev().collect::<String>().replace("~Q8cba", "") + "~";
    let other = format!("xyz9Q~{}", &other[..34]);
    fs::write(folder.path().join("a.json"), schema(CLIENT)).unwrap();
    fs::write(folder.path().join("b.json"), schema(&other)).unwrap();
    let ran = run_in(folder.path(), &["diff", "a.json", "b.json", "--format", "json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    expect_silence(&ran, &[CLIENT.to_owned(), other], &["diff"], "a default");
}

/// A token as vendors and Entra make them, without a shape.
const OWN: &str = "q7Fz2LmX9vT4/bN6+cR1wK8=yH3dJ5sPaG0uEoQiZtVnBxCkMlWr";

/// What a server may do with the token that it gets.
fn echoes() -> Vec<(&'static str, String)> {
    vec![
        ("whole", OWN.to_owned()),
        ("in words", format!("{} the token {OWN} is not valid {}", "x".repeat(50), "y".repeat(50))),
        ("in a header", format!("Bearer {OWN}")),
        ("in a URL", format!("https://h.example.com/?t={}", encoded(OWN))),
        ("in base64", STANDARD.encode(format!("user:{OWN}"))),
        ("in JSON", json!({"token": OWN}).to_string()),
        ("cut off", OWN[..30].to_owned()),
        ("without its beginning", OWN[10..].to_owned()),
    ]
}

#[test]
fn a_token_that_a_server_sends_back_is_masked_wherever_it_is() {
    let secrets = spellings(OWN);
    let commands: [&[&str]; 9] = [
        &["check", "--app", "TOTAL", "-v"],
        &["check", "--app", "TOTAL", "--format", "json"],
        &["check", "--all-apps", "--policy", "policy.yaml"],
        &["export", "--app", "TOTAL", "-o", "a.json"],
        &["guide", "--app", "TOTAL"],
        &["status", "--app", "TOTAL", "--format", "json"],
        &["logs", "--app", "TOTAL"],
        &["fix", "--app", "TOTAL", "--dry-run"],
        &["pause", "--app", "TOTAL", "--yes"],
    ];
    side_by_side(echoes(), |(place, echo)| {
        for kind in 0..6 {
            let said = echo.clone();
            let stand_in = StandIn::start(move |request, _| {
                let app = json!({"id": PRINCIPAL, "appId": "b", "displayName": "TOTAL"});
                if request.path.contains("/servicePrincipals?") && kind > 3 {
                    return Reply::ok(json!({"value": [app]}));
                }
                match kind {
                    0 => Reply::error(403, "Forbidden", &said),
                    1 => Reply::error(401, &said, "no"),
                    2 => Reply::Json(302, vec![("Location", format!("/x?t={said}"))], json!({})),
                    3 => Reply::Text(200, "text/html", said.clone()),
                    4 => Reply::error(403, &said, &said),
                    _ if request.path.contains("/jobs") && !request.path.contains("/schema") => {
                        let error = json!({"code": said, "message": said});
                        let status = json!({"code": "Quarantine", "quarantine": {"reason": said, "error": error}});
                        Reply::ok(
                            json!({"value": [{"id": JOB, "templateId": "scim", "status": status, "schedule": {"state": "Active"}}]}),
                        )
                    }
                    _ => Reply::error(403, "Forbidden", &said),
                }
            });
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("policy.yaml"), "version: 1\nprofile: truu-total\napp: { names: [TOTAL] }\n")
                .unwrap();
            for arguments in commands {
                let _ = fs::remove_file(folder.path().join("a.json"));
                let mut command = provlint(arguments);
                command.args(["--graph-url", &stand_in.url, "--max-wait", "0"]);
                let ran = finish(command.current_dir(folder.path()).env("PROVLINT_ACCESS_TOKEN", OWN));
                expect_silence(&ran, &secrets, arguments, &format!("{place}, {kind}"));
                let written = fs::read_to_string(folder.path().join("a.json")).unwrap_or_default();
                assert!(kind == 5 || leak(&written, &secrets).is_none(), "{place}, {kind}: {written}");
            }
        }
    });
}

#[test]
fn a_token_that_an_endpoint_sends_back_is_masked_wherever_it_is() {
    let secrets = spellings(OWN);
    side_by_side(echoes(), |(place, echo)| {
        let answers: [fn(&str) -> Reply; 4] = [
            |said| Reply::Json(302, vec![("Location", format!("https://h.example.com/?t={said}"))], json!({})),
            |said| Reply::Json(302, vec![("Location", format!("/login/{said}"))], json!({})),
            |said| Reply::Text(200, "application/scim+json", json!({"schemas": [said], "detail": said}).to_string()),
            |said| Reply::Text(400, "text/plain", said.to_owned()),
        ];
        for answer in answers {
            let said = echo.clone();
            let endpoint = StandIn::start(move |_, _| answer(&said));
            for format in ["pretty", "json"] {
                let url = format!("{}/scim", endpoint.url);
                let arguments = ["probe", "--tenant-url", &url, "--format", format];
                let ran = finish(provlint(&arguments).env("PROVLINT_SCIM_TOKEN", OWN));
                expect_silence(&ran, &secrets, &arguments, place);
            }
        }
    });
    let url = format!("http://total.example.com/scim?token={OWN}");
    let arguments = ["probe", "--tenant-url", &url];
    let ran = finish(provlint(&arguments).env("PROVLINT_SCIM_TOKEN", "another"));
    expect_silence(&ran, &secrets, &arguments, "the tenant URL");
}
