//! The strings of a text, read one by one.

use std::borrow::Cow;
use std::ops::Range;

use super::judged::{HASHTABLE, Judged, TYPES};
use super::{CutOff, Inspection};
use crate::document::Pointer;
use crate::document::strings::{Token, in_content, unescaped};
use crate::secret::{self, Fault, Masked, Secret, Values};

/// The levels below which nothing is read: a parser refuses more.
const DEEPEST: usize = 128;
/// The credentials in a string that are masked one by one, and the longest string with escapes in which they are.
const MOST_IN_STRING: usize = 64;
const LONGEST_ESCAPED: usize = 64 << 10;

/// A step on the way to a value.
#[derive(Clone, Debug)]
enum Step {
    /// The content of the key.
    Key(Range<usize>),
    Index(usize),
}

/// An object or a list that is being read.
#[derive(Debug)]
struct Frame {
    is_object: bool,
    /// The way to the next value.
    step: Option<Step>,
    /// The string at `key` of an entry.
    entry: Option<Range<usize>>,
    /// The strings at `value` of an entry, whose key may follow.
    values: Vec<(Step, Range<usize>)>,
}

/// A credential before its place has a name: the names of places are masked, too.
struct Found {
    start: usize,
    way: Vec<Step>,
    what: Option<&'static str>,
    fault: Option<Fault>,
}

/// The strings of a text as they are read.
pub(super) struct Search<'t> {
    text: &'t str,
    judged: Judged,
    frames: Vec<Frame>,
    /// The end of the last token.
    at: usize,
    hidden: Vec<Range<usize>>,
    values: Vec<String>,
    secrets: Vec<Found>,
    cut_off: Vec<(Vec<Step>, Range<usize>)>,
}

impl<'t> Search<'t> {
    pub(super) fn new(text: &'t str, judged: Judged) -> Self {
        // Members without an object stand in a text that was cut in two.
        let outside = Frame { is_object: true, step: None, entry: None, values: Vec::new() };
        let (frames, hidden, values, secrets) = (vec![outside], Vec::new(), Vec::new(), Vec::new());
        Search { text, judged, frames, at: 0, hidden, values, secrets, cut_off: Vec::new() }
    }

    /// Takes the next part of the text.
    pub(super) fn read(&mut self, token: Token) {
        if let Token::Key(content) | Token::Text(content) = &token {
            self.between(self.at..content.start);
            self.at = content.end;
        }
        match token {
            Token::Open { is_object } => {
                let step = (!is_object).then_some(Step::Index(0));
                self.frames.push(Frame { is_object, step, entry: None, values: Vec::new() });
            }
            Token::Close if self.frames.len() > 1 => self.close(),
            Token::Close => {}
            Token::Comma => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.step = match frame.step {
                        Some(Step::Index(index)) => Some(Step::Index(index + 1)),
                        _ => None,
                    };
                }
            }
            Token::Key(content) => {
                self.between(content.clone());
                if let Some(frame) = self.frames.last_mut() {
                    frame.step = Some(Step::Key(content));
                }
            }
            Token::Text(content) => self.string(content),
        }
    }

    /// What is in no value: a key, punctuation, or something that is no JSON.
    fn between(&mut self, gap: Range<usize>) {
        if !self.judged.has_shape(&gap) {
            return;
        }
        for (_, place) in secret::shapes(&self.text[gap.clone()]) {
            self.hidden.push(gap.start + place.start..gap.start + place.end);
        }
    }

    /// A string that is an element, or the value of a member.
    fn string(&mut self, content: Range<usize>) {
        let text = self.text;
        let Some(frame) = self.frames.last_mut().filter(|frame| frame.is_object) else {
            return self.look_at(content, None, None);
        };
        let Some(step) = frame.step.clone() else { return self.look_at(content, None, None) };
        let key = match &step {
            Step::Key(key) => unescaped(&text[key.clone()]),
            Step::Index(_) => "".into(),
        };
        if key == "key" || key == "Key" {
            frame.entry.get_or_insert(content.clone());
        }
        if key.eq_ignore_ascii_case("value") {
            frame.values.push((step, content));
        } else {
            self.look_at(content, Some(&key), None);
        }
    }

    /// Ends an object or a list.
    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        for (step, content) in frame.values {
            let key = unescaped(&self.text[frame.entry.clone().unwrap_or_default()]).into_owned();
            let key = if frame.entry.is_some() { key.as_str() } else { "value" };
            self.look_at(content, Some(key), Some(step));
        }
    }

    /// The way to the value that is being read, as deep as a file is read.
    fn way(&self) -> Vec<Step> {
        self.frames.iter().take(DEEPEST).filter_map(|frame| frame.step.clone()).collect()
    }

    /// Looks at a string; `last` is the step to it that its object no longer has.
    fn look_at(&mut self, content: Range<usize>, key: Option<&str>, last: Option<Step>) {
        let spelt = &self.text[content.clone()];
        let is_cut_off = TYPES.iter().any(|name| spelt.starts_with(name));
        let is_hashtable = spelt.starts_with(HASHTABLE) && spelt.ends_with('}');
        let found = if key.is_some_and(secret::is_sensitive_key) || self.may_have_shape(&content) {
            self.credentials(&content, key)
        } else {
            Vec::new()
        };
        if found.is_empty() && !is_cut_off && !is_hashtable {
            return;
        }
        let way: Vec<Step> = self.way().into_iter().chain(last).collect();
        let of_key = key.filter(|key| secret::is_credential_key(key));
        let fault = of_key.filter(|_| !found.is_empty()).and_then(|_| Fault::of(&unescaped(spelt)));
        self.secrets.extend(found.iter().map(|what| Found {
            start: content.start,
            way: way.clone(),
            what: *what,
            fault,
        }));
        if is_hashtable && secret::names_credential(&unescaped(spelt)) {
            self.hidden.push(content.start + HASHTABLE.len()..content.end - 1);
        }
        if is_hashtable || is_cut_off {
            self.cut_off.push((way, content));
        }
    }

    /// Whether a string may have a credential by its shape. Letters of it may be escaped.
    fn may_have_shape(&self, content: &Range<usize>) -> bool {
        let spelt = &self.text[content.clone()];
        self.judged.has_shape(content) || (spelt.contains('\\') && spelt.contains("\\u"))
    }

    /// Hides the credentials in a string; their kinds.
    fn credentials(&mut self, content: &Range<usize>, key: Option<&str>) -> Vec<Option<&'static str>> {
        let spelt = &self.text[content.clone()];
        let value = unescaped(spelt);
        let mut found = secret::in_string(&value, key);
        let is_escaped = matches!(value, Cow::Owned(_));
        if found.len() > MOST_IN_STRING || (found.len() > 1 && is_escaped && spelt.len() > LONGEST_ESCAPED) {
            // A string of credentials is one, and takes no longer to mask.
            found.truncate(1);
            found.iter_mut().for_each(|(_, inside)| *inside = 0..value.len());
        }
        for (_, inside) in &found {
            let place = if is_escaped { in_content(spelt, inside) } else { inside.clone() };
            self.values.extend([value[inside.clone()].to_owned(), spelt[place.clone()].to_owned()]);
            self.hidden.push(content.start + place.start..content.start + place.end);
        }
        found.into_iter().map(|(what, _)| what).collect()
    }

    /// What was found.
    pub(super) fn end(mut self) -> Inspection<'t> {
        while !self.frames.is_empty() {
            self.close();
        }
        self.between(self.at..self.text.len());
        let values = Values::new(self.values.iter().map(String::as_str));
        self.hidden.extend(values.places(self.text));
        let text = Masked::at(self.text, self.hidden);
        let pointer = |way: &[Step]| {
            way.iter().fold(Pointer::root(), |pointer, step| match step {
                Step::Key(key) => pointer.key(&unescaped(&text[key.clone()])),
                Step::Index(index) => pointer.index(*index),
            })
        };
        self.secrets.sort_by_key(|found| found.start);
        let secret = |found: &Found| Secret { pointer: pointer(&found.way), what: found.what, fault: found.fault };
        let secrets = self.secrets.iter().map(secret);
        let shown = |content: &Range<usize>| unescaped(&text[content.clone()]).into_owned();
        let cut_off = self.cut_off.iter().map(|(way, text)| CutOff { pointer: pointer(way), text: shown(text) });
        let (secrets, cut_off) = (secrets.collect(), cut_off.collect());
        Inspection { text, secrets, cut_off, is_token: false, values }
    }
}
