//! Sign-in with stand-ins for Entra's token endpoint over https and for the issuers of workload tokens.

use crate::common::graph::{Reply, Request, StandIn, TOKEN, tenant};
use crate::common::writable::{Fate, Writable};
use crate::common::{Ran, clear_environment, finish, flat, provlint, side_by_side};
use base64::Engine;
use serde_json::json;
use std::path::Path;

const SECRET: &str = "a-client-secret-that-must-stay-hidden";

/// The app that signs in.
const APP: [(&str, &str); 2] = [("AZURE_TENANT_ID", "t-1"), ("AZURE_CLIENT_ID", "c-1")];

/// A token with readable claims, like Entra's.
fn readable_token() -> String {
    token_with(json!({"roles": ["Application.Read.All", "Synchronization.ReadWrite.All"]}))
}

/// A token with these claims about permissions.
fn token_with(permissions: serde_json::Value) -> String {
    let part = |value: serde_json::Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let mut claims = json!({"aud": "https://graph.microsoft.com", "appid": "c-1", "tid": "t-1", "exp": 1_900_000_000});
    claims.as_object_mut().unwrap().extend(permissions.as_object().unwrap().clone());
    format!("{}.{}.c2ln", part(json!({"alg": "RS256"})), part(claims))
}

struct Ways {
    authority: StandIn,
    folder: tempfile::TempDir,
}

impl Ways {
    fn new(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let (authority, pem) = StandIn::start_secure(answer);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
        Ways { authority, folder }
    }

    fn granting() -> Self {
        Ways::new(|_, _| Reply::ok(json!({"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN})))
    }

    /// Runs with these variables and none of the machine's own.
    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = provlint(arguments);
        clear_environment(&mut command).env("AZURE_AUTHORITY_HOST", &self.authority.url);
        command.envs(variables.iter().copied());
        command.arg("--ca-bundle").arg(self.folder.path().join("ca.pem")).args(["--max-wait", "1"]);
        let ran = finish(&mut command);
        for secret in [TOKEN, SECRET] {
            assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "a secret is shown: {ran:?}");
        }
        ran
    }

    /// Checks the correct tenant and returns the form that Entra received.
    fn check(&self, kind: &str, variables: &[(&str, &str)]) -> Vec<(String, String)> {
        let graph = StandIn::start(|request, _| tenant(request));
        let ran = self.run(&["check", "--app", "TOTAL", "--graph-url", &graph.url], variables);
        assert_eq!(ran.code, Some(0), "{kind}: {}{}", ran.stdout, ran.stderr);
        assert!(graph.requests().iter().all(|request| request.authorization == format!("Bearer {TOKEN}")), "{kind}");
        let status = self.run(&["auth", "status", "--format", "json", "--graph-url", &graph.url], variables);
        assert_eq!(status.json()["kind"], kind, "{}", status.stderr);
        let sent = self.authority.requests();
        let Some(sent) = sent.first() else { return Vec::new() };
        assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/t-1/oauth2/v2.0/token"));
        url::form_urlencoded::parse(sent.body.as_bytes()).into_owned().collect()
    }
}

fn value<'f>(form: &'f [(String, String)], name: &str) -> &'f str {
    form.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

#[test]
fn client_secret_works_with_both_variable_prefixes() {
    for prefix in ["AZURE", "ARM"] {
        let names = ["TENANT_ID", "CLIENT_ID", "CLIENT_SECRET"].map(|name| format!("{prefix}_{name}"));
        let ways = Ways::granting();
        let form = ways.check("client-secret", &[(&names[0], "t-1"), (&names[1], "c-1"), (&names[2], SECRET)]);
        assert_eq!((value(&form, "client_secret"), value(&form, "client_id")), (SECRET, "c-1"));
        assert!(value(&form, "scope").ends_with("/.default"), "{form:?}");
    }
}

#[test]
fn a_refused_sign_in_shows_the_reason_and_sends_no_graph_request() {
    let ways = Ways::new(|_, _| {
        let description = format!("AADSTS7000215: Invalid client secret provided: {SECRET}.\r\nTrace ID: x");
        Reply::Json(
            401,
            Vec::new(),
            json!({"error": "invalid_client", "error_codes": [7000215], "error_description": description}),
        )
    });
    let graph = StandIn::start(|request, _| tenant(request));
    let variables = [APP[0], APP[1], ("AZURE_CLIENT_SECRET", SECRET)];
    let ran = ways.run(&["check", "--app", "TOTAL", "--graph-url", &graph.url], &variables);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("AADSTS7000215") && ran.stderr.contains("client-secret"), "{}", ran.stderr);
    assert!(graph.requests().is_empty());
}

#[test]
fn expired_tokens_are_renewed_but_missing_permissions_are_not_retried() {
    // The first token expires before the schema is read.
    let ways = Ways::new(|_, count| {
        let token = if count == 0 { "the-first-token" } else { TOKEN };
        Reply::ok(json!({"token_type": "Bearer", "expires_in": 1, "access_token": token}))
    });
    let graph = StandIn::start(|request, _| {
        if request.authorization == "Bearer the-first-token" && request.path.ends_with("/schema") {
            return Reply::error(
                401,
                "InvalidAuthenticationToken",
                "Lifetime validation failed, the token is expired.",
            );
        }
        tenant(&Request { authorization: format!("Bearer {TOKEN}"), ..request.clone() })
    });
    let variables = [APP[0], APP[1], ("AZURE_CLIENT_SECRET", SECRET)];
    let ran = ways.run(&["check", "--app", "TOTAL", "--graph-url", &graph.url], &variables);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ways.authority.requests().len(), 2, "the token is renewed once");

    let ways = Ways::granting();
    let graph = StandIn::start(|request, _| {
        if request.path.ends_with("/schema") { Reply::error(401, "UnknownError", "") } else { tenant(request) }
    });
    ways.run(&["export", "--app", "TOTAL", "--graph-url", &graph.url], &variables);
    assert_eq!(ways.authority.requests().len(), 1, "the token is valid but lacks a permission");
}

/// Getting a new token takes time, in which another administrator may save something.
#[test]
fn a_change_is_not_sent_with_a_new_token_over_what_another_person_saved() {
    let schema = include_str!("../../fixtures/default-export.json");
    let other = schema.replace("[jobTitle]", "[city]");
    for (is_overtaken, code, attempts) in [(false, 0, 2), (true, 2, 1)] {
        let tenant = std::sync::Arc::new(Writable::start(schema));
        tenant.state().fates.push_back(Fate::Refused(401));
        let (shared, saved) = (std::sync::Arc::clone(&tenant), other.clone());
        let ways = Ways::new(move |_, count| {
            let token = if count == 0 { TOKEN } else { "the-second-token" };
            token.clone_into(&mut shared.state().token);
            if count > 0 && is_overtaken {
                saved.clone_into(&mut shared.state().schema);
            }
            Reply::ok(json!({"token_type": "Bearer", "expires_in": 1, "access_token": token}))
        });
        let backups = tenant.folder.path().to_str().unwrap();
        let arguments =
            ["fix", "--app", "TOTAL", "--yes", "--backup-dir", backups, "--graph-url", &tenant.stand_in.url];
        let ran = ways.run(&arguments, &[APP[0], APP[1], ("AZURE_CLIENT_SECRET", SECRET)]);
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(code), attempts), "{ran:?}");
        assert_eq!(ran.stderr.contains("the schema changed since it was read"), is_overtaken, "{ran:?}");
        assert_eq!(tenant.state().schema == other, is_overtaken);
    }
}

#[test]
fn client_certificate_works() {
    let ways = Ways::granting();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/app.pem");
    let variables = [APP[0], APP[1], ("AZURE_CLIENT_CERTIFICATE_PATH", path)];
    let form = ways.check("certificate", &variables);
    let claims = value(&form, "client_assertion").split('.').nth(1).expect("a JWT");
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["aud"], format!("{}/t-1/oauth2/v2.0/token", ways.authority.url));
    assert_eq!(claims["iss"], "c-1");
    let missing = [APP[0], APP[1], ("AZURE_CLIENT_CERTIFICATE_PATH", "/nowhere/app.pem")];
    let ran = ways.run(&["auth", "status"], &missing);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("/nowhere/app.pem"), "{}", ran.stderr);
}

#[test]
fn workload_identity_reads_the_token_file() {
    let ways = Ways::granting();
    let file = ways.folder.path().join("token");
    std::fs::write(&file, "vouched-for").unwrap();
    let form = ways.check("federated-token", &[APP[0], APP[1], ("AZURE_FEDERATED_TOKEN_FILE", file.to_str().unwrap())]);
    assert_eq!(value(&form, "client_assertion"), "vouched-for");
}

#[test]
fn github_workflows_sign_in_with_the_github_token() {
    let github = StandIn::start(|request, _| {
        assert_eq!(request.authorization, "Bearer of-the-job");
        assert!(request.path.contains("audience=api%3A%2F%2FAzureADTokenExchange"), "{}", request.path);
        Reply::ok(json!({"value": "vouched-for"}))
    });
    let url = format!("{}/token?api-version=2.0", github.url);
    let form = Ways::granting().check(
        "github-actions",
        &[APP[0], APP[1], ("ACTIONS_ID_TOKEN_REQUEST_URL", &url), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job")],
    );
    assert_eq!(value(&form, "client_assertion"), "vouched-for");
}

#[test]
fn azure_pipelines_sign_in_with_the_service_connection() {
    let devops = StandIn::start(|request, _| {
        assert!(request.path.contains("serviceConnectionId=s-1"), "{}", request.path);
        Reply::ok(json!({"oidcToken": "vouched-for"}))
    });
    let url = format!("{}/oidc", devops.url);
    let form = Ways::granting().check(
        "azure-pipelines",
        &[
            APP[0],
            APP[1],
            ("SYSTEM_OIDCREQUESTURI", &url),
            ("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "s-1"),
            ("SYSTEM_ACCESSTOKEN", "of-the-job"),
        ],
    );
    assert_eq!(value(&form, "client_assertion"), "vouched-for");
}

#[test]
fn managed_identity_works() {
    let machine = StandIn::start(|_, _| {
        Reply::ok(json!({"access_token": TOKEN, "expires_on": "1900000000", "resource": "x", "token_type": "Bearer"}))
    });
    let ways = Ways::granting();
    ways.check("managed-identity", &[("IDENTITY_ENDPOINT", &machine.url), ("IDENTITY_HEADER", "h")]);
    assert!(ways.authority.requests().is_empty() && !machine.requests().is_empty());
}

/// Writes an Azure CLI that answers with a token and leaves the directory in which it runs in a file beside itself.
fn write_az(folder: &Path) {
    let answer = json!({"accessToken": TOKEN, "expires_on": 1_900_000_000, "tokenType": "Bearer"});
    #[cfg(windows)]
    std::fs::write(folder.join("az.cmd"), format!("@cd > \"%~dp0ran-in\"\r\n@echo {answer}\r\n")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let script = format!("#!/bin/sh\npwd > '{}/ran-in'\necho '{answer}'\n", folder.display());
        std::fs::write(folder.join("az"), script).unwrap();
        std::fs::set_permissions(folder.join("az"), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Whoever writes exports into a folder may also write an `az` there, and the folder may be on any drive.
#[test]
fn azure_cli_is_run_from_the_path_and_never_from_the_working_directory() {
    let graph = StandIn::start(|request, _| tenant(request));
    // Not in the system's folder for temporary files, which is on the system's drive.
    let planted = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let installed = tempfile::tempdir().unwrap();
    write_az(planted.path());
    write_az(installed.path());
    let checked = |path: &std::ffi::OsStr| {
        let arguments = ["check", "--app", "TOTAL", "--auth", "azure-cli", "--graph-url", &graph.url];
        let ran = finish(provlint(&arguments).current_dir(planted.path()).env("PATH", path));
        assert!(!ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN), "{ran:?}");
        ran
    };
    let elsewhere = std::env::join_paths(["", "."]).unwrap();
    let ran = checked(&elsewhere);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(flat(&ran.stderr).contains("the Azure CLI is not installed"), "{ran:?}");
    let path = std::env::join_paths([Path::new("."), installed.path()]).unwrap();
    let ran = checked(&path);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!planted.path().join("ran-in").exists(), "the planted one was run");
    let ran_in = std::fs::read_to_string(installed.path().join("ran-in")).unwrap();
    let system = if cfg!(windows) { "\\system32" } else { "/bin" };
    assert!(ran_in.trim().to_ascii_lowercase().ends_with(system), "{ran_in}");
}

#[cfg(unix)]
#[test]
fn a_missing_azure_cli_and_a_missing_account_are_told_apart() {
    use std::os::unix::fs::PermissionsExt;
    let ways = Ways::granting();
    let folder = ways.folder.path().to_str().unwrap();
    let said = |path: &str| {
        // As in Cloud Shell, to skip the managed identity.
        let variables = [("PATH", path), ("HOME", folder), ("MSI_ENDPOINT", "x")];
        let ran = ways.run(&["auth", "status"], &variables);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        ran.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
    };
    let missing = said("");
    assert!(missing.contains("the Azure CLI is not installed") && missing.contains("install it"), "{missing}");
    let program = ways.folder.path().join("az");
    std::fs::write(&program, "#!/bin/sh\necho 'ERROR: AADSTS50076: use multi-factor authentication' >&2\nexit 1\n")
        .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let signed_out = said(folder);
    assert!(signed_out.contains("no account is signed in to the Azure CLI"), "{signed_out}");
    assert!(signed_out.contains("run az login,"), "{signed_out}");
    std::fs::create_dir(ways.folder.path().join(".azure")).unwrap();
    let profile = "\u{feff}{\"subscriptions\": [{\"id\": \"s-1\"}]}";
    std::fs::write(ways.folder.path().join(".azure/azureProfile.json"), profile).unwrap();
    let refused = said(folder);
    assert!(refused.contains("AADSTS50076") && refused.contains("az login --scope"), "{refused}");
    for said in [missing, signed_out, refused] {
        assert!(said.contains("--auth") && said.contains("--token-stdin"), "{said}");
    }
}

#[test]
fn a_missing_variable_is_named() {
    let ran = Ways::granting().run(&["auth", "status", "--auth", "client-secret"], &[("ARM_TENANT_ID", "t-1")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("AZURE_CLIENT_ID, AZURE_CLIENT_SECRET"), "{}", ran.stderr);
}

#[test]
fn auth_status_lists_granted_and_missing_permissions() {
    let token = readable_token();
    let ran = Ways::granting().run(&["auth", "status"], &[("PROVLINT_ACCESS_TOKEN", &token)]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(!ran.stdout.contains(&token));
    assert_agreed!(ran.stdout);
    let ran = Ways::granting().run(&["auth", "status"], &[("PROVLINT_ACCESS_TOKEN", "opaque")]);
    assert!(ran.stdout.contains("cannot be decoded"), "{}", ran.stdout);
}

#[test]
fn auth_status_counts_broader_permissions_and_says_what_each_command_lacks() {
    let status = |permissions: serde_json::Value, format: &str| {
        let token = token_with(permissions);
        Ways::granting().run(&["auth", "status", "--format", format], &[("PROVLINT_ACCESS_TOKEN", &token)])
    };
    let missing = |permissions| status(permissions, "json").json()["missing"].clone();
    let broad = missing(json!({"roles": ["Directory.Read.All", "Synchronization.Read.All"]}));
    for purpose in ["check", "members", "licences", "log"] {
        assert_eq!(broad[purpose], json!([]), "{purpose}");
    }
    assert_eq!(broad["fix"], json!(["Synchronization.ReadWrite.All"]));
    assert_eq!(broad["assign-groups"], json!(["Synchronization.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"]));
    let writing = ["Application.ReadWrite.All", "Synchronization.ReadWrite.All", "Group.Read.All", "User.Read.All"];
    let writing = missing(json!({"roles": writing}));
    for purpose in ["check", "members", "test-connection", "fix", "provision", "assign-groups"] {
        assert_eq!(writing[purpose], json!([]), "{purpose}");
    }
    assert_eq!(writing["log"], json!(["ProvisioningLog.Read.All"]));

    let owned = status(json!({"roles": ["Application.ReadWrite.OwnedBy"]}), "table").stdout;
    assert!(owned.contains("Application.ReadWrite.OwnedBy is not counted"), "{owned}");
    assert!(owned.contains("Missing for check: Application.Read.All, Synchronization.Read.All"), "{owned}");
    assert!(!owned.contains("A person also needs"), "{owned}");
    let person = status(json!({"scp": "Directory.Read.All Synchronization.ReadWrite.All", "upn": "a@b.c"}), "table");
    assert!(person.stdout.contains("Nothing is missing for check"), "{}", person.stdout);
    assert!(person.stdout.contains("A person also needs the role Application Administrator"), "{}", person.stdout);
    assert_eq!(
        Ways::granting().run(&["auth", "status", "--format", "json"], &[("PROVLINT_ACCESS_TOKEN", "opaque")]).json()["missing"],
        serde_json::Value::Null
    );
}

/// The device code flow: a code, then "pending", then the decision in the browser.
fn with_code(decided: fn() -> Reply) -> Ways {
    Ways::new(move |request, count| match (request.path.as_str(), count) {
        ("/organizations/oauth2/v2.0/devicecode", _) => Reply::ok(json!({
            "user_code": "ABCD-1234", "device_code": SECRET, "verification_uri": "https://microsoft.com/devicelogin",
            "expires_in": 900, "interval": 0, "message": "To sign in, use a web browser",
        })),
        ("/organizations/oauth2/v2.0/token", 1) => {
            Reply::Json(400, Vec::new(), json!({"error": "authorization_pending", "error_description": "AADSTS70016"}))
        }
        ("/organizations/oauth2/v2.0/token", _) => decided(),
        (path, _) => panic!("unexpected request for {path}"),
    })
}

#[test]
fn device_code_sign_in_works_on_request() {
    let ways = with_code(|| {
        Reply::ok(json!({"token_type": "Bearer", "expires_in": 3599, "scope": "x", "access_token": TOKEN}))
    });
    let graph = StandIn::start(|request, _| tenant(request));
    let arguments = ["check", "--app", "TOTAL", "--graph-url", &graph.url, "--auth", "device-code"];
    let ran = ways.run(&arguments, &[("AZURE_CLIENT_ID", "c-1")]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("https://microsoft.com/devicelogin") && ran.stderr.contains("ABCD-1234"), "{ran:?}");
    assert!(!graph.requests().is_empty());
    let sent = ways.authority.requests();
    let form: Vec<(String, String)> = url::form_urlencoded::parse(sent[2].body.as_bytes()).into_owned().collect();
    assert_eq!((sent.len(), value(&form, "client_id"), value(&form, "device_code")), (3, "c-1", SECRET));
    assert_eq!(value(&form, "grant_type"), "urn:ietf:params:oauth:grant-type:device_code");
}

#[test]
fn device_code_can_be_declined_and_is_never_automatic() {
    let ways = with_code(|| {
        Reply::Json(
            400,
            Vec::new(),
            json!({"error": "authorization_declined", "error_description": "AADSTS50126: declined"}),
        )
    });
    let graph = StandIn::start(|request, _| tenant(request));
    let arguments = ["check", "--app", "TOTAL", "--graph-url", &graph.url];
    let ran = ways.run(&[&arguments[..], &["--auth", "device-code"]].concat(), &[("AZURE_CLIENT_ID", "c-1")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("device-code") && ran.stderr.contains("declined"), "{}", ran.stderr);
    let ran = ways.run(&[&arguments[..], &["--auth", "device-code"]].concat(), &[]);
    assert!(ran.code == Some(2) && ran.stderr.contains("AZURE_CLIENT_ID"), "{}", ran.stderr);
    let before = ways.authority.requests().len();
    ways.run(&arguments, &[("AZURE_CLIENT_ID", "c-1"), ("MSI_ENDPOINT", "x"), ("PATH", "")]);
    assert_eq!(ways.authority.requests().len(), before, "without --auth no device code is requested");
    assert!(graph.requests().is_empty());
}

/// An `az` that writes to a FIFO as long as it lives, and a reader that ends only when all its processes have ended.
#[cfg(unix)]
struct HungCli {
    begun: std::sync::mpsc::Receiver<()>,
    ended: std::thread::JoinHandle<()>,
}

#[cfg(unix)]
impl HungCli {
    fn in_folder(folder: &std::path::Path) -> Self {
        use std::io::Read;
        use std::os::unix::fs::PermissionsExt;
        let (program, fifo) = (folder.join("az"), folder.join("alive"));
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo is there").success());
        // The program has a child of its own, as az has Python. Both hang.
        let script =
            format!("#!/bin/sh\nexec 4>'{}'\necho begun >&4\n/bin/sleep 3600 &\n/bin/sleep 3600\n", fifo.display());
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let (tell, begun) = std::sync::mpsc::channel();
        let ended = std::thread::spawn(move || {
            let mut alive = std::fs::File::open(fifo).unwrap();
            alive.read_exact(&mut [0; 6]).unwrap();
            tell.send(()).unwrap();
            alive.read_to_string(&mut String::new()).unwrap();
        });
        HungCli { begun, ended }
    }

    fn expect_to_have_ended(self) {
        let begun = std::time::Instant::now();
        while !self.ended.is_finished() {
            assert!(begun.elapsed() < std::time::Duration::from_secs(30), "the Azure CLI is still running");
            std::thread::yield_now();
        }
        self.ended.join().unwrap();
    }
}

#[cfg(unix)]
#[test]
fn an_azure_cli_that_hangs_is_ended_after_the_timeout_with_its_children() {
    let ways = Ways::granting();
    let cli = HungCli::in_folder(ways.folder.path());
    let path = [("PATH", ways.folder.path().to_str().unwrap())];
    let begun = std::time::Instant::now();
    let ran = ways.run(&["check", "--app", "TOTAL", "--auth", "azure-cli", "--timeout", "1"], &path);
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{:?}", begun.elapsed());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    assert!(flat(&ran.stderr).contains("azure-cli sign-in did not end within 1 s"), "{ran:?}");
    assert!(flat(&ran.stderr).contains("--timeout"), "{ran:?}");
    cli.expect_to_have_ended();
}

#[cfg(unix)]
#[test]
fn an_azure_cli_that_hangs_ends_with_provlint() {
    let ways = Ways::granting();
    let folder = ways.folder.path();
    let cli = HungCli::in_folder(folder);
    let mut command = provlint(&["check", "--app", "TOTAL", "--auth", "azure-cli"]);
    command.env("PATH", folder).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    cli.begun.recv_timeout(std::time::Duration::from_secs(60)).expect("the Azure CLI is run");
    child.kill().unwrap();
    child.wait().unwrap();
    cli.expect_to_have_ended();
}

#[test]
fn every_issuer_that_is_silent_ends_at_the_timeout() {
    let silent = StandIn::start(|_, _| Reply::Silence);
    let url = format!("{}/token", silent.url);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "vouched-for").unwrap();
    let certificate = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/app.pem");
    let cases: [(&str, Vec<(&str, &str)>); 6] = [
        ("client-secret", vec![("AZURE_CLIENT_SECRET", SECRET)]),
        ("certificate", vec![("AZURE_CLIENT_CERTIFICATE_PATH", certificate)]),
        ("federated-token", vec![("AZURE_FEDERATED_TOKEN_FILE", file.path().to_str().unwrap())]),
        ("github-actions", vec![("ACTIONS_ID_TOKEN_REQUEST_URL", &url), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "x")]),
        (
            "azure-pipelines",
            vec![
                ("SYSTEM_OIDCREQUESTURI", &url),
                ("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "s-1"),
                ("SYSTEM_ACCESSTOKEN", "x"),
            ],
        ),
        ("managed-identity", vec![("IDENTITY_ENDPOINT", &silent.url), ("IDENTITY_HEADER", "h")]),
    ];
    side_by_side(cases, |(kind, variables)| {
        let ways = Ways::new(|_, _| Reply::Silence);
        let begun = std::time::Instant::now();
        let variables = [&APP[..], &variables].concat();
        let ran = ways.run(&["auth", "status", "--auth", kind, "--timeout", "1"], &variables);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{kind}: {ran:?}");
        assert!(ran.stderr.contains(kind), "{kind}: {ran:?}");
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{kind}: {:?}", begun.elapsed());
    });
    let silent = Ways::new(|_, _| Reply::Silence);
    let ran = silent.run(&["auth", "status", "--auth", "device-code", "--timeout", "1"], &[("AZURE_CLIENT_ID", "c-1")]);
    assert!(ran.code == Some(2) && ran.stderr.contains("in time"), "{ran:?}");
}

/// The answers of an issuer that names times at the limits of its numbers.
#[test]
fn no_time_of_an_issuer_crashes_or_blocks_a_sign_in() {
    let variables = [APP[0], APP[1], ("AZURE_CLIENT_SECRET", SECRET)];
    side_by_side(["9223372036854775807", "-9223372036854775808", "18446744073709551615", "1e300"], |lasts| {
        let ways = Ways::new(move |_, _| {
            let body = format!(r#"{{"token_type": "Bearer", "expires_in": {lasts}, "access_token": "{TOKEN}"}}"#);
            Reply::Text(200, "application/json", body)
        });
        let graph = StandIn::start(|request, _| tenant(request));
        let ran = ways.run(&["check", "--app", "TOTAL", "--graph-url", &graph.url], &variables);
        assert!(!ran.stderr.contains("panicked"), "{lasts}: {ran:?}");
        assert_eq!(ran.code, Some(if lasts == "1e300" { 2 } else { 0 }), "{lasts}: {ran:?}");
    });
    let far = ["18446744073709551615", "9223372036854775807", "Fri, 30 Dec 9999 21:00:00 GMT", "86400"];
    side_by_side(far, |pause| {
        let ways =
            Ways::new(move |_, _| Reply::Json(429, vec![("Retry-After", pause.to_owned())], json!({"error": "busy"})));
        let begun = std::time::Instant::now();
        let ran = ways.run(&["auth", "status"], &variables);
        assert_eq!((ran.code, ran.stderr.contains("panicked")), (Some(2), false), "{pause}: {ran:?}");
        assert!(flat(&ran.stderr).contains("asks to wait longer than --max-wait allows"), "{pause}: {ran:?}");
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{pause}: {:?}", begun.elapsed());
    });
    for pause in ["-1", "-9223372036854775808", "NaN", "Mon, 01 Jan 0001 00:00:00 GMT"] {
        let ways = Ways::new(move |_, count| match count {
            0 => Reply::Json(429, vec![("Retry-After", pause.to_owned())], json!({"error": "busy"})),
            _ => Reply::ok(json!({"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN})),
        });
        let ran = ways.run(&["auth", "status"], &variables);
        assert!(ran.code == Some(0) && !ran.stderr.contains("panicked"), "{pause}: {ran:?}");
    }
}

#[test]
fn no_time_of_a_device_code_crashes_a_sign_in() {
    let code = |expires: &str, interval: &str| {
        format!(
            r#"{{"user_code": "ABCD", "device_code": "{SECRET}", "verification_uri": "https://microsoft.com/devicelogin",
                "expires_in": {expires}, "interval": {interval}}}"#
        )
    };
    let largest = "18446744073709551615";
    for (expires, interval, lasts) in [(largest, "0", "1"), ("900", "0", largest), ("900", "0", "9223372036854775807")]
    {
        let codes = code(expires, interval);
        let ways = Ways::new(move |request, _| match request.path.ends_with("/devicecode") {
            true => Reply::Text(200, "application/json", codes.clone()),
            false => Reply::Text(
                200,
                "application/json",
                format!(r#"{{"token_type": "Bearer", "expires_in": {lasts}, "access_token": "{TOKEN}"}}"#),
            ),
        });
        let ran = ways.run(&["auth", "status", "--auth", "device-code"], &[("AZURE_CLIENT_ID", "c-1")]);
        assert!(ran.code == Some(0) && !ran.stderr.contains("panicked"), "{expires} {lasts}: {ran:?}");
    }
    // The library adds five seconds to the interval when it is told to slow down, and then waits that long.
    let codes = code("900", largest);
    let ways = Ways::new(move |request, _| match request.path.ends_with("/devicecode") {
        true => Reply::Text(200, "application/json", codes.clone()),
        false => Reply::Json(400, Vec::new(), json!({"error": "slow_down"})),
    });
    let mut command = provlint(&["auth", "status", "--auth", "device-code"]);
    command.env("AZURE_CLIENT_ID", "c-1").env("AZURE_AUTHORITY_HOST", &ways.authority.url);
    command.arg("--ca-bundle").arg(ways.folder.path().join("ca.pem")).stderr(std::process::Stdio::null());
    let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    while ways.authority.requests().len() < 2 {
        std::thread::yield_now();
    }
    let next = StandIn::start(|request, _| tenant(request));
    assert_eq!(
        ways.run(&["check", "--app", "TOTAL", "--graph-url", &next.url], &[("PROVLINT_ACCESS_TOKEN", TOKEN)]).code,
        Some(0)
    );
    assert!(child.try_wait().unwrap().is_none(), "it waits for the person");
    child.kill().unwrap();
    child.wait().unwrap();
}
