//! The texts that are open in the editor, saved or not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;

use super::Verdict;
use super::lines::TextLines;

/// All open texts.
#[derive(Debug, Default)]
pub(super) struct Buffers(BTreeMap<lsp::Uri, Buffer>);

/// An open text.
#[derive(Debug)]
pub(super) struct Buffer {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) version: i32,
    /// The result of its check, unless it is a policy.
    pub(super) verdict: Verdict,
}

impl Buffers {
    /// The text of a file that is open.
    pub(super) fn text(&self, path: &Path) -> Option<&str> {
        self.0.values().find(|buffer| buffer.path == path).map(|buffer| buffer.text.as_str())
    }

    pub(super) fn get(&self, uri: &lsp::Uri) -> Option<&Buffer> {
        self.0.get(uri)
    }

    pub(super) fn open(&mut self, item: lsp::TextDocumentItem) {
        let path = path(&item.uri);
        let (text, version) = (item.text, item.version);
        self.0.insert(item.uri, Buffer { path, text, version, verdict: Verdict::default() });
    }

    pub(super) fn change(&mut self, params: lsp::DidChangeTextDocumentParams) {
        // Ignore a text that was never opened.
        let document = params.text_document;
        let Some(buffer) = self.0.get_mut(&document.text_document_identifier.uri) else { return };
        buffer.version = document.version;
        for change in params.content_changes {
            match change {
                lsp::TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let span = TextLines::of(&buffer.text).span(&part.range);
                    buffer.text.replace_range(span, &part.text);
                }
                lsp::TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    buffer.text = whole.text;
                }
            }
        }
    }

    pub(super) fn close(&mut self, uri: &lsp::Uri) {
        self.0.remove(uri);
    }

    pub(super) fn uris(&self) -> Vec<lsp::Uri> {
        self.0.keys().cloned().collect()
    }

    pub(super) fn settle(&mut self, uri: &lsp::Uri, verdict: Verdict) {
        if let Some(buffer) = self.0.get_mut(uri) {
            buffer.verdict = verdict;
        }
    }
}

/// The file of a buffer; an unsaved text has the name that the editor gave it.
pub(super) fn path(uri: &lsp::Uri) -> PathBuf {
    uri.to_file_path().unwrap_or_else(|()| PathBuf::from(uri.path()))
}
