//! The scripts of the GitHub action and the workflows: what is released was tested and is verified, only that is
//! installed, and the action's inputs are never run as commands.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Ran, finish};
use serde_json::Value;
use tempfile::TempDir;

/// A GitHub Actions job, and a folder of releases.
struct Job(TempDir);

impl Job {
    fn start() -> Self {
        let job = Job(tempfile::tempdir().unwrap());
        fs::create_dir(job.path("temp")).unwrap();
        fs::create_dir(job.path("tools")).unwrap();
        // As where neither is installed, whatever this machine has.
        for program in ["gh", "cosign"] {
            job.tool(program, "#!/bin/sh\nexit 127\n");
        }
        job
    }

    fn tool(&self, name: &str, script: &str) {
        let path = self.path("tools").join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Installs a program that verifies attestations, notes its arguments, and ends with that code.
    fn verifier(&self, name: &str, code: i32) {
        let said = self.path(&format!("{name}.said")).display().to_string();
        self.tool(
            name,
            &format!("#!/bin/sh\ncase $* in *--help) exit 0 ;; esac\necho \"$*\" >>'{said}'\nexit {code}\n"),
        );
    }

    /// The arguments of the verifier.
    fn verified(&self, name: &str) -> String {
        fs::read_to_string(self.path(&format!("{name}.said"))).unwrap_or_default()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, script: &str, variables: &[(&str, &str)]) -> Ran {
        let mut command = Command::new("bash");
        command.arg(root().join("action").join(script)).current_dir(root()).envs(variables.iter().copied());
        command.env("RUNNER_TEMP", self.path("temp")).env("NO_COLOR", "1").env_remove("GITHUB_STEP_SUMMARY");
        command.env_remove("BASH_ENV").env("LC_ALL", "C");
        command.env("GITHUB_PATH", self.path("path")).env("GITHUB_OUTPUT", self.path("output"));
        let here = Path::new(env!("CARGO_BIN_EXE_provlint")).parent().unwrap().display();
        let tools = self.path("tools").display().to_string();
        command.env("PATH", format!("{tools}:{here}:{}", std::env::var("PATH").unwrap()));
        finish(&mut command)
    }

    /// Releases version 1.2.3, whose program prints that version, and returns the URL of the releases.
    fn release(&self) -> String {
        let (system, machine) = (printed("uname", &["-s"]), printed("uname", &["-m"]));
        let target = match (system.as_str(), machine.as_str()) {
            ("Linux", machine) => format!("{machine}-unknown-linux-musl"),
            (_, "arm64") => "aarch64-apple-darwin".to_owned(),
            _ => "x86_64-apple-darwin".to_owned(),
        };
        let (name, folder) = (format!("provlint-{target}"), self.path("releases/v1.2.3"));
        fs::create_dir_all(folder.join(&name)).unwrap();
        let program = folder.join(&name).join("provlint");
        fs::write(&program, "#!/bin/sh\necho provlint 1.2.3\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let archive = format!("{name}.tar.gz");
        let folder = folder.to_str().unwrap();
        printed("tar", &["-czf", &format!("{folder}/{archive}"), "-C", folder, &name]);
        let sum = printed("sh", &["-c", &format!("cd '{folder}' && (sha256sum {archive} || shasum -a 256 {archive})")]);
        fs::write(format!("{folder}/SHA256SUMS"), format!("{sum}\n")).unwrap();
        fs::write(format!("{folder}/provenance.json"), "{}\n").unwrap();
        format!("file://{}", self.path("releases").display())
    }

    fn archive(&self) -> PathBuf {
        let files = fs::read_dir(self.path("releases/v1.2.3")).unwrap().map(|entry| entry.unwrap().path());
        files.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "gz")).unwrap()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn printed(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn install_accepts_an_archive_that_matches_its_checksum() {
    let job = Job::start();
    let releases = job.release();
    job.verifier("gh", 0);
    let ran = job.run("install.sh", &[("PROVLINT_VERSION", "v1.2.3"), ("PROVLINT_RELEASES", &releases)]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    let folder = fs::read_to_string(job.path("path")).unwrap();
    let program = Path::new(folder.trim()).join("provlint");
    assert_eq!(printed(program.to_str().unwrap(), &[]), "provlint 1.2.3");
}

#[test]
fn install_refuses_an_archive_with_another_checksum() {
    let job = Job::start();
    let releases = job.release();
    job.verifier("gh", 0);
    let variables = |sha: &'static str| [("PROVLINT_VERSION", "1.2.3"), ("PROVLINT_SHA256", sha)];
    let install = |sha| job.run("install.sh", &[&variables(sha)[..], &[("PROVLINT_RELEASES", &releases)]].concat());
    let refused = |ran: &Ran| {
        assert!(ran.stdout.contains("::error title=provlint::provlint-") && ran.code == Some(2), "{ran:?}");
        assert!(!job.path("path").exists(), "{ran:?}");
    };
    // An archive whose checksum is in the release's list but not in the workflow.
    refused(&install("0000000000000000000000000000000000000000000000000000000000000000"));
    let mut archive = fs::File::options().append(true).open(job.archive()).unwrap();
    archive.write_all(b"more").unwrap();
    refused(&install(""));
    fs::write(job.path("releases/v1.2.3/SHA256SUMS"), "").unwrap();
    refused(&install(""));
}

#[test]
fn install_refuses_an_archive_that_the_release_workflow_did_not_build() {
    for program in ["gh", "cosign"] {
        let job = Job::start();
        let releases = job.release();
        let variables = [("PROVLINT_VERSION", "1.2.3"), ("PROVLINT_RELEASES", releases.as_str())];
        job.verifier(program, 1);
        let ran = job.run("install.sh", &variables);
        assert!(ran.stdout.contains("was not built by the release workflow") && ran.code == Some(2), "{ran:?}");
        assert!(!job.path("path").exists(), "{ran:?}");
        let said = job.verified(program);
        let signer = "https://github.com/provlint/provlint/.github/workflows/release.yml@refs/tags/v1.2.3";
        assert!(said.contains(&format!("-identity {signer} ")) && said.contains("/provenance.json"), "{said}");

        job.verifier(program, 0);
        assert_eq!(job.run("install.sh", &variables).code, Some(0));
        fs::remove_file(job.path("releases/v1.2.3/provenance.json")).unwrap();
        fs::remove_file(job.path("path")).unwrap();
        let ran = job.run("install.sh", &variables);
        assert!(ran.stdout.contains("provenance.json of release 1.2.3") && ran.code == Some(2), "{ran:?}");
        assert!(!job.path("path").exists(), "{ran:?}");
    }
}

#[test]
fn install_without_a_verifier_needs_a_checksum_from_elsewhere() {
    let job = Job::start();
    let releases = job.release();
    let variables = [("PROVLINT_VERSION", "1.2.3"), ("PROVLINT_RELEASES", releases.as_str())];
    let ran = job.run("install.sh", &variables);
    assert!(ran.stdout.contains("cannot be verified: install gh") && ran.code == Some(2), "{ran:?}");
    assert!(!job.path("path").exists(), "{ran:?}");
    let sums = fs::read_to_string(job.path("releases/v1.2.3/SHA256SUMS")).unwrap();
    let pinned = [("PROVLINT_SHA256", sums.split_whitespace().next().unwrap())];
    let ran = job.run("install.sh", &[&variables[..], &pinned].concat());
    assert!(ran.stdout.contains("is not verified: neither gh nor cosign") && ran.code == Some(0), "{ran:?}");
}

#[test]
fn install_refuses_an_invalid_or_unreleased_version() {
    let job = Job::start();
    let releases = job.release();
    for version in ["latest", "1.2", "1.2.3/../../x", "$(touch pwned)", "9.9.9"] {
        let ran = job.run("install.sh", &[("PROVLINT_VERSION", version), ("PROVLINT_RELEASES", &releases)]);
        assert!(ran.stdout.contains("::error title=provlint::") && ran.code == Some(2), "{version}: {ran:?}");
    }
}

#[test]
fn check_step_writes_annotations_sarif_and_the_exit_code() {
    let job = Job::start();
    let ran = job.run("check.sh", &[("PROVLINT_PATHS", "fixtures/default-export.json\nfixtures/total-export.json\n")]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let annotation = "::error file=fixtures/default-export.json,line=";
    let line: usize = ran.stdout.split_once(annotation).unwrap().1.split_once(',').unwrap().0.parse().unwrap();
    let export = fs::read_to_string(root().join("fixtures/default-export.json")).unwrap();
    let wrong = export.lines().position(|line| line.contains("\"[mailNickname]\"")).unwrap() + 1;
    assert!((wrong - 3..=wrong).contains(&line), "{}", ran.stdout);
    let report = job.path("temp/provlint.sarif");
    assert_eq!(fs::read_to_string(job.path("output")).unwrap(), format!("exit-code=1\nsarif={}\n", report.display()));
    let sarif: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
    // An incomplete report would close open code scanning alerts, so there is no report, not even an earlier one.
    let ran = job.run("check.sh", &[("PROVLINT_POLICY", "no-such.yaml"), ("PROVLINT_PATHS", "fixtures")]);
    assert_eq!(ran.code, Some(2));
    assert!(fs::read_to_string(job.path("output")).unwrap().ends_with("exit-code=2\n"));
    let ran = job.run("check.sh", &[("PROVLINT_PATHS", "fixtures/total-export.json\nfixtures/broken/cut-short.json")]);
    assert!(fs::read_to_string(job.path("output")).unwrap().ends_with("exit-code=2\n"), "{ran:?}");
}

#[test]
#[ignore = "needs jq"]
fn check_step_omits_baseline_findings_from_sarif() {
    let job = Job::start();
    let baseline = job.path("baseline.json");
    let known = "fixtures/default-export.json";
    let mut written = Command::new(env!("CARGO_BIN_EXE_provlint"));
    written.current_dir(root()).args(["check", known, "--write-baseline"]).arg(&baseline);
    assert_eq!(finish(&mut written).code, Some(0));
    let baseline = baseline.to_str().unwrap();
    let paths = format!("{known}\r\nfixtures/snapshot.json\r\n");
    let ran = job.run("check.sh", &[("PROVLINT_PATHS", &paths), ("PROVLINT_BASELINE", baseline)]);
    let report = job.path("temp/provlint.sarif");
    let sarif: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let artifact = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert!(results.iter().all(|result| artifact(result) != known), "{results:?}");
    assert!(ran.code.is_some_and(|code| code < 2), "{ran:?}");
}

#[test]
fn inputs_are_never_run_as_commands() {
    let job = Job::start();
    let evil = format!("$(touch {0}) `touch {0}`; touch {0} && * \" '", job.path("pwned").display());
    for name in ["PATHS", "POLICY", "PROFILE", "BASELINE", "FAIL_ON", "ARGUMENTS"] {
        let ran = job.run("check.sh", &[(&format!("PROVLINT_{name}"), &evil), ("PROVLINT_X", "")]);
        assert_eq!(ran.code, Some(2), "{name}: {ran:?}");
        assert!(!job.path("pwned").exists(), "{name}");
    }
    let arguments = "--select\nusername-source,required-mapping-source\n--min-severity=error";
    let ran = job.run(
        "check.sh",
        &[
            ("PROVLINT_ARGUMENTS", arguments),
            ("PROVLINT_PATHS", "fixtures/default-export.json"),
            ("PROVLINT_FAIL_ON", "never"),
        ],
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

/// GitHub inserts the value of an expression into the script, which allows script injection.
#[test]
fn action_and_workflow_scripts_contain_no_expressions() {
    let workflows = ["ci", "docs", "release"].map(|name| format!(".github/workflows/{name}.yml"));
    for file in ["action.yml".to_owned()].into_iter().chain(workflows) {
        let yaml = yaml(&file);
        let jobs = yaml["jobs"].as_object().into_iter().flat_map(|jobs| jobs.values());
        let steps = jobs.chain([&yaml["runs"]]).filter_map(|job| job["steps"].as_array()).flatten();
        let mut count = 0;
        for step in steps {
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "{file}: {script}");
            let pinned = |uses: &str| uses.split_once('@').is_some_and(|(_, commit)| commit.len() == 40);
            assert!(step["uses"].as_str().is_none_or(pinned), "{file}: {}", step["uses"]);
            count += 1;
        }
        assert!(count > 2, "{file}");
    }
}

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

fn yaml(file: &str) -> Value {
    serde_yaml::from_str(&text(file)).unwrap()
}

/// The scripts of a workflow's job, in order.
fn scripts(workflow: &Value, job: &str) -> Vec<String> {
    let steps = workflow["jobs"][job]["steps"].as_array().unwrap();
    steps.iter().map(|step| step["run"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_release_is_built_with_the_toolchain_that_passed_the_tests() {
    let (ci, release) = (yaml(".github/workflows/ci.yml"), yaml(".github/workflows/release.yml"));
    assert_eq!(release["jobs"]["ci"]["uses"], "./.github/workflows/ci.yml");
    assert_eq!(
        (&release["jobs"]["build"]["needs"], &release["jobs"]["publish"]["needs"]),
        (&"ci".into(), &"build".into())
    );
    let toolchain = release["env"]["RUST"].as_str().unwrap();
    assert_eq!(ci["env"]["RUST"], toolchain);
    assert!(text("Dockerfile").contains(&format!("FROM rust:{toolchain}-alpine AS build\n")), "{toolchain}");
    assert!(text("Cargo.toml").contains("rust-version = \"1.95\"") && toolchain.starts_with("1.95."), "{toolchain}");
    for (workflow, job) in [(&ci, "run"), (&ci, "dependencies"), (&ci, "install"), (&release, "build")] {
        let installs = |script: &String| script.contains("rustup toolchain install \"$RUST\"");
        assert!(scripts(workflow, job).iter().any(installs), "{job}");
    }
}

#[test]
fn a_release_is_a_draft_until_its_attestation_is_verified() {
    let scripts = scripts(&yaml(".github/workflows/release.yml"), "publish");
    let at = |part: &str| {
        scripts.iter().position(|script| script.contains(part)).unwrap_or_else(|| panic!("no step with {part}"))
    };
    let order = [
        at("gh release create \"$TAG\" --draft"),
        at("gh attestation verify \"$archive\""),
        at("bash action/install.sh"),
        at("gh release edit \"$TAG\" --draft=false"),
    ];
    assert!(order.is_sorted() && order[0] < order[3], "{order:?}");
}

#[test]
fn a_release_contains_the_notices_of_what_it_is_built_from() {
    let packs = scripts(&yaml(".github/workflows/release.yml"), "build").concat();
    for file in ["THIRD-PARTY.txt", "COPYRIGHT-rust.html"] {
        assert!(packs.contains(&format!("\"$folder/{file}\"")) && text("Dockerfile").contains(file), "{file}");
    }
    // The packages have them too.
    assert!(
        text("Cargo.toml").contains("\"target/notices/*\"") && text("packages/npm/build").contains("THIRD-PARTY.txt")
    );
    assert!(text("pyproject.toml").contains("license-files = [\"[LTC]*-*\"]"));
    assert!(
        text(".ci/run").contains(".ci/dependencies") && text(".ci/dependencies").contains(".ci/notices \"$target\"")
    );
}

#[test]
fn the_steps_for_azure_pipelines_report_to_the_log_to_tests_and_to_scans() {
    let template = yaml("packages/azure-pipelines.yml");
    let parameters = template["parameters"].as_array().unwrap();
    let version = parameters.iter().find(|parameter| parameter["name"] == "version").unwrap();
    assert_eq!(version["default"], env!("CARGO_PKG_VERSION"), "the template installs the release that it belongs to");
    let steps = template["steps"].as_array().unwrap();
    let scripts: Vec<&str> = steps.iter().filter_map(|step| step["bash"].as_str()).collect();
    assert!(scripts.len() == 2 && scripts.iter().all(|script| !script.contains("${{")), "{scripts:?}");
    let job = Job::start();
    let script = job.path("check.sh");
    fs::write(&script, scripts[1]).unwrap();
    let check = |paths: &str| {
        let temp = job.path("temp").display().to_string();
        let mut variables = vec![("AGENT_TEMPDIRECTORY", temp.as_str()), ("PROVLINT_PATHS", paths)];
        variables.push(("PROVLINT_FAIL_ON", "error"));
        variables.extend(["PROVLINT_POLICY", "PROVLINT_PROFILE", "PROVLINT_BASELINE"].map(|name| (name, "")));
        job.run(script.to_str().unwrap(), &variables)
    };
    let ran = check("fixtures/default-export.json\nfixtures/total-export.json\n");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("##vso[task.logissue type=error;sourcepath=fixtures/default-export.json"), "{ran:?}");
    let report = |name: &str| fs::read_to_string(job.path("temp/provlint").join(name)).unwrap();
    let sarif: Value = serde_json::from_str(&report("provlint.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "required-mapping-source");
    let tests = report("provlint.xml");
    assert_eq!(roxmltree::Document::parse(&tests).unwrap().root_element().tag_name().name(), "testsuites");
    let evil = format!("$(touch '{0}'); `touch '{0}'`", job.path("pwned").display());
    assert_eq!(check(&evil).code, Some(2));
    assert!(!job.path("pwned").exists());
}
