//! An editor that is connected to `provlint lsp`.

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use provlint::lsp::wire;
use serde_json::{Value, json};

use super::provlint;

pub struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: u64,
    /// The last diagnostics, by URI.
    pub wrong: BTreeMap<String, Value>,
}

impl Editor {
    /// Starts a server without initializing it.
    pub fn silent(arguments: &[&str]) -> Self {
        Self::silent_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments)
    }

    fn silent_in(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = provlint(&[&["lsp"], arguments].concat());
        command.current_dir(folder);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().expect("a pipe")));
        Editor { child, input, output, next: 0, wrong: BTreeMap::new() }
    }

    /// Starts a server and initializes it.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments)
    }

    /// The same in another working directory.
    pub fn start_in(folder: &Path, arguments: &[&str]) -> Self {
        let mut editor = Self::silent_in(folder, arguments);
        let hello = editor.ask("initialize", json!({"processId": null, "rootUri": null, "capabilities": {}}));
        assert_eq!(hello["result"]["capabilities"]["positionEncoding"], "utf-16", "{hello}");
        editor.tell("initialized", json!({}));
        editor
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("an open pipe");
        input.write_all(bytes).expect("it is read");
        input.flush().expect("it is read");
    }

    pub fn send(&mut self, message: &str) {
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{message}", message.len()).as_bytes());
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string());
    }

    /// Sends a request and returns its response; diagnostics that arrive meanwhile are kept.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = json!(self.next);
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string());
        self.answer(&id)
    }

    pub fn answer(&mut self, id: &Value) -> Value {
        loop {
            let message = wire::read(&mut self.output).expect("a message").expect("the server is there");
            let message: Value = serde_json::from_slice(&message).expect("JSON");
            if message["method"] == "textDocument/publishDiagnostics" {
                let uri = message["params"]["uri"].as_str().expect("a URI").to_owned();
                self.wrong.insert(uri, message["params"].clone());
            } else if message["id"] == *id && message["method"].is_null() {
                return message;
            }
        }
    }

    pub fn open(&mut self, uri: &str, text: &str) {
        let item = json!({"uri": uri, "languageId": "x", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": item}));
    }

    /// Replaces a range, or the whole text without one.
    pub fn change(&mut self, uri: &str, range: Option<Value>, text: &str) {
        let change = range.map_or_else(|| json!({"text": text}), |range| json!({"range": range, "text": text}));
        let document = json!({"uri": uri, "version": 2});
        self.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": [change]}));
    }

    /// The diagnostics of a text after all messages so far.
    pub fn wrong(&mut self, uri: &str) -> Vec<Value> {
        self.at("textDocument/hover", uri, 0, 0);
        self.wrong[uri]["diagnostics"].as_array().expect("a list").clone()
    }

    /// Sends a request about a position; lines and characters start at 0.
    pub fn at(&mut self, method: &str, uri: &str, line: u64, character: u64) -> Value {
        let position = json!({"line": line, "character": character});
        self.ask(method, json!({"textDocument": {"uri": uri}, "position": position}))["result"].take()
    }

    pub fn actions(&mut self, uri: &str, range: &Value, only: &[&str]) -> Vec<Value> {
        let context =
            if only.is_empty() { json!({"diagnostics": []}) } else { json!({"diagnostics": [], "only": only}) };
        let params = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
        self.ask("textDocument/codeAction", params)["result"].as_array().expect("a list").clone()
    }

    /// Closes the pipe and returns the exit code.
    pub fn end(mut self) -> Option<i32> {
        drop(self.input.take());
        self.child.wait().expect("it ends").code()
    }
}

pub fn uri(path: &Path) -> String {
    // Without a drive, a path of Windows is not absolute.
    let path = std::path::absolute(path).expect("a path");
    url::Url::from_file_path(path).expect("an absolute path").to_string()
}

/// A text after an editor has applied the edits of an action.
pub fn edited(text: &str, action: &Value, uri: &str) -> String {
    let offset = |place: &Value| {
        let line = usize::try_from(place["line"].as_u64().expect("a line")).expect("small");
        let ends = text.char_indices().filter(|(at, sign)| match sign {
            '\r' => !text[at + 1..].starts_with('\n'),
            other => *other == '\n',
        });
        let start = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).nth(line).expect("a line");
        let mut units = place["character"].as_u64().expect("a character");
        let mut at = start;
        for character in text[start..].chars() {
            if units == 0 {
                break;
            }
            units -= u64::try_from(character.len_utf16()).expect("small");
            at += character.len_utf8();
        }
        at
    };
    let edits = action["edit"]["changes"][uri].as_array().expect("edits");
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| {
            (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]), edit["newText"].as_str().expect("text"))
        })
        .collect();
    edits.sort_unstable();
    let mut result = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        result.replace_range(start..end, new);
    }
    result
}
