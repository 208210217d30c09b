//! Whatever ends a rehearsal, it leaves nothing behind. `inside.rs` ends it at each request, here it is a process that ends.

use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::endpoint::{Endpoint, TOKEN};
use crate::common::graph::Reply;
use crate::common::{Ran, finish, flat, side_by_side};

use super::{Rehearsal, both};

/// How many requests a rehearsal sends.
fn requests() -> usize {
    let endpoint = Endpoint::with(&[]);
    let (url, rehearsal) = (endpoint.url(), Rehearsal::new());
    rehearsal.run(&words(&both(&url)));
    endpoint.requests().len()
}

fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

fn expect_empty(endpoint: &Endpoint, rehearsal: &Rehearsal, what: &str, ran: &Ran) {
    assert!(endpoint.left().is_empty(), "{what}: {:#?}: {ran:?}", endpoint.left());
    assert_eq!(rehearsal.files(), [""; 0], "{what}");
}

#[test]
fn an_error_in_the_middle_leaves_nothing() {
    let all = requests();
    side_by_side((0..all).step_by(37), |failing| {
        let endpoint = Endpoint::hooked(&[], move |_, number, usual| match number == failing {
            true => Reply::Text(500, "text/html", "<html>".into()),
            false => usual(),
        });
        let (url, rehearsal) = (endpoint.url(), Rehearsal::new());
        let ran = rehearsal.run(&words(&both(&url)));
        expect_empty(&endpoint, &rehearsal, &format!("500 for request {failing}"), &ran);
    });
}

#[test]
fn an_error_after_the_work_was_done_leaves_nothing() {
    for status in [500, 400] {
        let endpoint = Endpoint::hooked(&[], move |request, _, usual| {
            let reply = usual();
            if request.method == "POST" { Reply::Text(status, "text/plain", "no".into()) } else { reply }
        });
        let (url, rehearsal) = (endpoint.url(), Rehearsal::new());
        let ran = rehearsal.run(&words(&both(&url)));
        assert_eq!(ran.code, Some(1), "{ran:?}");
        expect_empty(&endpoint, &rehearsal, &format!("{status} after POST"), &ran);
    }
}

#[test]
fn a_connection_that_is_lost_after_something_was_created_leaves_nothing() {
    side_by_side(0..4_usize, |lost| {
        let posts = Mutex::new(0);
        let endpoint = Endpoint::hooked(&[], move |request, _, usual| {
            let reply = usual();
            if request.method != "POST" {
                return reply;
            }
            let mut posts = posts.lock().unwrap();
            *posts += 1;
            if *posts == lost + 1 { Reply::Reset } else { reply }
        });
        let (url, rehearsal) = (endpoint.url(), Rehearsal::new());
        let ran = rehearsal.run(&words(&both(&url)));
        expect_empty(&endpoint, &rehearsal, &format!("POST {lost} is lost"), &ran);
    });
}

#[test]
fn an_endpoint_that_goes_away_leaves_a_file_that_names_everything() {
    let gone = std::sync::Arc::new(Mutex::new(true));
    let is_gone = std::sync::Arc::clone(&gone);
    let endpoint = Endpoint::hooked(
        &[],
        move |_, number, usual| {
            if number > 60 && *is_gone.lock().unwrap() { Reply::Reset } else { usual() }
        },
    );
    let (url, rehearsal) = (endpoint.url(), Rehearsal::new());
    let ran = rehearsal.run(&words(&both(&url)));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let files = rehearsal.files();
    assert!(files.len() == 1 && ran.stderr.contains(&files[0]), "{ran:?}");
    assert!(ran.stdout.contains("does not answer"), "{ran:?}");
    // The token is in the environment, so the command takes it from there.
    let command = format!("try again: provlint rehearse --clean-up {} --yes", files[0]);
    assert!(flat(&ran.stderr).contains(&command) && !ran.stderr.contains("token"), "{ran:?}");
    let report = ran.json();
    assert!(!report["left"].as_array().unwrap().is_empty() && !endpoint.left().is_empty());
    *gone.lock().unwrap() = false;
    let ran = rehearsal.run(&["--clean-up", &files[0], "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    expect_empty(&endpoint, &rehearsal, "cleaned up", &ran);
}

/// The command that deletes the rest works as it is shown, with the token in a file.
#[test]
fn the_command_that_cleans_up_works_when_pasted() {
    let gone = Arc::new(AtomicBool::new(true));
    let is_gone = Arc::clone(&gone);
    let endpoint =
        Endpoint::hooked(
            &[],
            move |_, number, usual| {
                if number > 60 && is_gone.load(Ordering::SeqCst) { Reply::Reset } else { usual() }
            },
        );
    let (url, rehearsal, elsewhere) = (endpoint.url(), Rehearsal::new(), tempfile::tempdir().unwrap());
    let token = elsewhere.path().join("token.txt");
    std::fs::write(&token, TOKEN).unwrap();
    let arguments = [both(&url), vec!["--token-stdin".to_owned()]].concat();
    let mut command = rehearsal.command(&words(&arguments));
    let ran = finish(command.env_remove("PROVLINT_SCIM_TOKEN").stdin(std::fs::File::open(&token).unwrap()));
    assert!(ran.code == Some(2) && !endpoint.left().is_empty(), "{ran:?}");
    let said = flat(&ran.stderr);
    let shown = said.split_once("try again: ").expect("a command").1;
    let end = shown.find("--token-stdin").expect("with the token") + "--token-stdin".len();
    gone.store(false, Ordering::SeqCst);
    let pasted = shown[..end].replace("token.txt", token.to_str().unwrap());
    let pasted = pasted.replacen("provlint ", &format!("{} ", env!("CARGO_BIN_EXE_provlint")), 1);
    let mut shell = std::process::Command::new("/bin/sh");
    let ran = finish(shell.args(["-c", &pasted]).current_dir(rehearsal.folder.path()).stdin(Stdio::null()));
    assert_eq!(ran.code, Some(0), "{pasted}: {ran:?}");
    expect_empty(&endpoint, &rehearsal, "pasted", &ran);
}

/// An endpoint that waits at a request until the test has done something.
fn waiting_at(request: usize) -> (Endpoint, Receiver<()>, Sender<()>) {
    let (reached, hears) = channel();
    let (go_on, waits) = channel::<()>();
    let waits = Mutex::new(waits);
    let endpoint = Endpoint::hooked(&[], move |_, number, usual| {
        if number == request {
            let _ = reached.send(());
            let _ = waits.lock().unwrap().recv_timeout(Duration::from_secs(60));
        }
        usual()
    });
    (endpoint, hears, go_on)
}

fn spawned(rehearsal: &Rehearsal, url: &str) -> Child {
    let arguments = both(url);
    let mut command = rehearsal.command(&words(&arguments));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let sent = std::process::Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

#[test]
fn ctrl_c_leaves_nothing() {
    let all = requests();
    side_by_side((0..all).step_by(31), |at| {
        let (endpoint, reached, go_on) = waiting_at(at);
        let rehearsal = Rehearsal::new();
        let child = spawned(&rehearsal, &endpoint.url());
        reached.recv_timeout(Duration::from_secs(60)).unwrap();
        signal(&child, if at % 2 == 0 { "-INT" } else { "-TERM" });
        go_on.send(()).unwrap();
        let ran = ended(child);
        expect_empty(&endpoint, &rehearsal, &format!("Ctrl-C at request {at}"), &ran);
        // During the last requests, which clean up, it may be over before it is heard.
        assert!(ran.code.is_some(), "{at}: {ran:?}");
        let is_early = at + 40 < all;
        assert!(!is_early || (ran.code == Some(2) && ran.stdout.contains("stopped by Ctrl-C")), "{at}: {ran:?}");
    });
}

#[test]
fn what_a_killed_rehearsal_left_is_deleted_by_its_file() {
    let all = requests();
    side_by_side((0..all).step_by(31), |at| {
        let (endpoint, reached, go_on) = waiting_at(at);
        let rehearsal = Rehearsal::new();
        let mut child = spawned(&rehearsal, &endpoint.url());
        reached.recv_timeout(Duration::from_secs(60)).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        go_on.send(()).unwrap();
        // The request is carried out although nobody waits for its answer.
        let files = rehearsal.files();
        if files.is_empty() {
            assert!(endpoint.left().is_empty(), "{at}");
            return;
        }
        let ran = rehearsal.run(&["--clean-up", &files[0], "--yes"]);
        assert_eq!(ran.code, Some(0), "{at}: {ran:?}");
        expect_empty(&endpoint, &rehearsal, &format!("killed at request {at}"), &ran);
    });
}
