//! A third-party server for a test.

use std::io::{Read, Seek};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server that stops at the end of the test.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts `command` with a free port and waits until it listens or exits.
    pub fn start(command: impl FnOnce(u16) -> Command, within: Duration) -> Self {
        // The system chooses a free port.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = command(port);
        let mut said = tempfile::tempfile().unwrap();
        let child = command
            .stdout(Stdio::null())
            .stderr(said.try_clone().unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} must be installed: {error}"));
        let mut server = Server { child, port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = server.child.try_wait().unwrap() {
                let mut text = String::new();
                said.rewind().unwrap();
                let _ = said.read_to_string(&mut text);
                panic!("{command:?} ended with {status}: {text}");
            }
            assert!(begun.elapsed() < within, "{command:?} doesn't listen");
            std::thread::yield_now();
        }
        server
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
