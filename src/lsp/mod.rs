//! A language server: what an editor shows in schemas, snapshots and policies while they are edited.
//!
//! A [`Server`] holds the open texts and answers messages with messages. A [`Checker`] checks a text as `check` does.
//! [`wire`] reads and writes messages.
//!
//! The types of the protocol are those of gen-lsp-types, which are generated from its official description.

mod action;
mod buffer;
mod checker;
mod diagnostic;
mod function;
mod hover;
mod lines;
mod policy;
pub mod wire;

use std::ops::Range;

use gen_lsp_types as lsp;
use lsp::ErrorCodes;
use lsp::json_rpc::{Id, RequestObject};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::check::{LocatedFinding, TargetReport};
use crate::rules;
use buffer::Buffers;
pub use checker::Checker;
use lines::TextLines;

/// The result for a text; empty for one that is neither a schema nor a snapshot.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The targets with their findings.
    pub targets: Vec<TargetReport>,
    /// Why it could not be checked.
    pub trouble: Option<Trouble>,
}

/// Why a text could not be checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The bytes at fault, if they are in the text itself.
    pub span: Option<Range<usize>>,
}

impl Verdict {
    fn findings(&self) -> impl Iterator<Item = &LocatedFinding> {
        self.targets.iter().flat_map(|target| &target.findings)
    }
}

/// The answer to a message.
#[derive(Debug, Default)]
pub struct Answer {
    /// The messages to the editor.
    pub messages: Vec<Value>,
    /// Set when the server must end: whether the editor sent `shutdown` before.
    pub end: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Before `initialize`.
    New,
    Running,
    ShutDown,
}

/// A language server.
#[derive(Debug)]
pub struct Server {
    checker: Checker,
    buffers: Buffers,
    phase: Phase,
}

/// Why a request is rejected.
struct Refusal(ErrorCodes, String);

impl Server {
    /// A server that has received no message yet.
    pub fn new(checker: Checker) -> Self {
        Server { checker, buffers: Buffers::default(), phase: Phase::New }
    }

    /// Handles any message.
    pub fn receive(&mut self, message: &[u8]) -> Answer {
        let request = match serde_json::from_slice::<RequestObject>(message) {
            Ok(request) => request,
            Err(error) => {
                let refusal = Refusal(ErrorCodes::ParseError, error.to_string());
                return Answer { messages: vec![response(&Id::Null, Err(refusal))], end: None };
            }
        };
        let (method, id, params) = request.into_parts();
        let params = params.unwrap_or_default();
        match id {
            // An answer; this server sends no requests.
            _ if method.is_empty() => Answer::default(),
            Some(id) => Answer { messages: vec![response(&id, self.request(&method, params))], end: None },
            None if method == "exit" => Answer { messages: Vec::new(), end: Some(self.phase == Phase::ShutDown) },
            None if self.phase == Phase::Running => Answer { messages: self.notice(&method, params), end: None },
            None => Answer::default(),
        }
    }

    fn request(&mut self, method: &str, params: Value) -> Result<Value, Refusal> {
        match (self.phase, method) {
            (Phase::New, "initialize") => {
                self.phase = Phase::Running;
                Ok(value(&hello()))
            }
            (Phase::New, _) => Err(Refusal(ErrorCodes::ServerNotInitialized, "initialize must come first".to_owned())),
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Ok(Value::Null)
            }
            (Phase::Running, "textDocument/hover") => Ok(value(&self.hover(&read(params)?))),
            (Phase::Running, "textDocument/completion") => Ok(value(&self.complete(&read(params)?))),
            (Phase::Running, "textDocument/codeAction") => Ok(value(&self.actions(&read(params)?))),
            (Phase::Running, "initialize") | (Phase::ShutDown, _) => {
                Err(Refusal(ErrorCodes::InvalidRequest, format!("{method} is not allowed now")))
            }
            (Phase::Running, _) => Err(Refusal(ErrorCodes::MethodNotFound, format!("{method} is not supported"))),
        }
    }

    /// Handles a message without an answer, and publishes the new diagnostics. A message that cannot be read has no effect.
    fn notice(&mut self, method: &str, params: Value) -> Vec<Value> {
        match method {
            "textDocument/didOpen" => {
                let Ok(params) = read::<lsp::DidOpenTextDocumentParams>(params) else { return Vec::new() };
                let uri = params.text_document.uri.clone();
                self.buffers.open(params.text_document);
                self.changed(&uri)
            }
            "textDocument/didChange" => {
                let Ok(params) = read::<lsp::DidChangeTextDocumentParams>(params) else { return Vec::new() };
                let uri = params.text_document.text_document_identifier.uri.clone();
                self.buffers.change(params);
                self.changed(&uri)
            }
            "textDocument/didClose" => {
                let Ok(params) = read::<lsp::DidCloseTextDocumentParams>(params) else { return Vec::new() };
                let uri = params.text_document.uri;
                self.buffers.close(&uri);
                let nothing = vec![published(lsp::PublishDiagnosticsParams::new(uri.clone(), None, Vec::new()))];
                // Unsaved changes to a policy are gone.
                let others = if self.checker.is_policy(&buffer::path(&uri)) { self.judge_all() } else { Vec::new() };
                nothing.into_iter().chain(others).collect()
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.judge_all(),
            _ => Vec::new(),
        }
    }

    /// Publishes diagnostics after a text changed; a change of a policy affects other texts.
    fn changed(&mut self, uri: &lsp::Uri) -> Vec<Value> {
        if self.checker.is_policy(&buffer::path(uri)) { self.judge_all() } else { self.judge_one(uri) }
    }

    fn judge_all(&mut self) -> Vec<Value> {
        let uris = self.buffers.uris();
        uris.iter().flat_map(|uri| self.judge_one(uri)).collect()
    }

    fn judge_one(&mut self, uri: &lsp::Uri) -> Vec<Value> {
        let Some(buffer) = self.buffers.get(uri) else { return Vec::new() };
        if self.checker.is_policy(&buffer.path) {
            let read = crate::policy::read(&buffer.text, None, rules::ids());
            let mistakes = read.err().map(|errors| diagnostic::of_policy(&buffer.text, &errors)).unwrap_or_default();
            let version = Some(buffer.version);
            return vec![published(lsp::PublishDiagnosticsParams::new(uri.clone(), version, mistakes))];
        }
        let verdict = self.checker.check(&buffer.path, &buffer.text, &self.buffers);
        self.buffers.settle(uri, verdict);
        let Some(buffer) = self.buffers.get(uri) else { return Vec::new() };
        let (version, wrong) = (Some(buffer.version), diagnostic::of_findings(buffer));
        vec![published(lsp::PublishDiagnosticsParams::new(uri.clone(), version, wrong))]
    }

    fn hover(&self, params: &lsp::HoverParams) -> Option<lsp::Hover> {
        let at = &params.text_document_position_params;
        let buffer = self.buffers.get(&at.text_document.uri)?;
        let places = TextLines::of(&buffer.text);
        let offset = places.offset(at.position);
        let (span, text) = if self.checker.is_policy(&buffer.path) {
            policy::hover(&buffer.text, offset)?
        } else {
            hover::hover(buffer, offset)?
        };
        let markdown = lsp::MarkupContent::new(lsp::MarkupKind::Markdown, text);
        Some(lsp::Hover::new(markdown.into(), Some(places.range(&span))))
    }

    fn complete(&self, params: &lsp::CompletionParams) -> Vec<lsp::CompletionItem> {
        let at = &params.text_document_position_params;
        let Some(buffer) = self.buffers.get(&at.text_document.uri) else { return Vec::new() };
        if !self.checker.is_policy(&buffer.path) {
            return Vec::new();
        }
        policy::complete(&buffer.text, TextLines::of(&buffer.text).offset(at.position))
    }

    fn actions(&self, params: &lsp::CodeActionParams) -> Vec<lsp::CodeAction> {
        let buffer = self.buffers.get(&params.text_document.uri);
        buffer.map(|buffer| action::actions(&self.checker, &self.buffers, buffer, params)).unwrap_or_default()
    }
}

/// The capabilities of this server.
fn hello() -> lsp::InitializeResult {
    let sync = lsp::TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(lsp::TextDocumentSyncKind::Incremental),
        save: Some(true.into()),
        ..Default::default()
    };
    let actions = lsp::CodeActionOptions {
        code_action_kinds: Some(vec![lsp::CodeActionKind::QuickFix, action::FIX_ALL.to_owned().into()]),
        ..Default::default()
    };
    let completion = lsp::CompletionOptions {
        // After a key, and within brackets.
        trigger_characters: Some([" ", "[", "{"].map(str::to_owned).to_vec()),
        ..Default::default()
    };
    let capabilities = lsp::ServerCapabilities {
        position_encoding: Some(lsp::PositionEncodingKind::UTF16),
        text_document_sync: Some(sync.into()),
        hover_provider: Some(true.into()),
        completion_provider: Some(completion),
        code_action_provider: Some(actions.into()),
        ..Default::default()
    };
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    lsp::InitializeResult {
        capabilities,
        server_info: Some(lsp::ServerInfo::new(env!("CARGO_PKG_NAME").to_owned(), version)),
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params).map_err(|error| Refusal(ErrorCodes::InvalidParams, error.to_string()))
}

/// The result as JSON; all types of the protocol can be serialised.
fn value(result: &impl Serialize) -> Value {
    serde_json::to_value(result).unwrap_or_default()
}

fn response(id: &Id, result: Result<Value, Refusal>) -> Value {
    match result {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err(Refusal(code, message)) => {
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": i32::from(code), "message": message}})
        }
    }
}

fn published(params: lsp::PublishDiagnosticsParams) -> Value {
    json!({"jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": value(&params)})
}
