//! What a rehearsal made on an endpoint, written down before it is made.
//!
//! A request may be carried out although its answer is lost, and the program may be killed at any time. So the names that
//! something can be found by are saved before the request, and its id after the answer.

use serde::{Deserialize, Serialize};

use super::session::Halt;

/// The version of the file.
const VERSION: u32 = 1;
/// How all names begin that a rehearsal makes.
pub const PREFIX: &str = "provlint-rehearsal-";

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `/Users`
    Users,
    /// `/Groups`
    Groups,
}

impl Kind {
    /// The segment of the path.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Users => "Users",
            Kind::Groups => "Groups",
        }
    }
}

/// One thing that was made, or may have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// Its kind.
    pub kind: Kind,
    /// Attributes with values that nothing else has.
    pub find_by: Vec<(String, String)>,
    /// Its id, once the endpoint has told it.
    pub id: Option<String>,
}

impl Made {
    /// For messages: `the user provlint-rehearsal-…, id 7`
    pub fn described(&self) -> String {
        let what = match self.kind {
            Kind::Users => "user",
            Kind::Groups => "group",
        };
        let name = self.find_by.first().map(|(_, value)| value.as_str()).unwrap_or_default();
        match &self.id {
            Some(id) => format!("{what} {name}, id {id}"),
            None => format!("{what} {name}"),
        }
    }
}

/// The content of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    version: u32,
    /// The tenant URL that it was made at.
    pub tenant_url: String,
    /// What is there.
    pub made: Vec<Made>,
}

impl Page {
    /// Reads the file.
    ///
    /// # Errors
    /// If it is not such a file, as a clause.
    pub fn read(text: &str) -> Result<Self, String> {
        let page: Page = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if page.version != VERSION {
            return Err(format!("it has version {}, which this provlint does not know", page.version));
        }
        let is_ours = |value: &str| value.contains(PREFIX);
        let foreign = |made: &Made| !made.find_by.iter().any(|(_, value)| is_ours(value));
        match page.made.iter().find(|made| foreign(made)) {
            Some(made) => Err(format!("it names {}, which no rehearsal made", made.described())),
            None => Ok(page),
        }
    }
}

/// Saves the file; an empty text removes it.
pub type Save = dyn FnMut(&str) -> std::io::Result<()>;

/// The list of what was made.
pub struct Ledger {
    page: Page,
    /// Whether the ids come from a file, which someone may have changed.
    is_read: bool,
    save: Box<Save>,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.page.fmt(formatter)
    }
}

impl Ledger {
    /// An empty list for an endpoint.
    pub fn new(tenant_url: &str, save: Box<Save>) -> Self {
        let page = Page { version: VERSION, tenant_url: tenant_url.to_owned(), made: Vec::new() };
        Ledger { page, is_read: false, save }
    }

    /// A list that was read.
    pub fn of(page: Page, save: Box<Save>) -> Self {
        Ledger { page, is_read: true, save }
    }

    /// Whether an id must be proved to be that of the name before something is deleted.
    pub(super) fn is_read(&self) -> bool {
        self.is_read
    }

    /// What is there, or may be.
    pub fn made(&self) -> &[Made] {
        &self.page.made
    }

    /// Writes down what is about to be made; returns its number.
    ///
    /// # Errors
    /// If it cannot be saved: then it must not be made.
    pub fn begin(&mut self, kind: Kind, find_by: Vec<(String, String)>) -> Result<usize, Halt> {
        self.page.made.push(Made { kind, find_by, id: None });
        self.write()?;
        Ok(self.page.made.len().saturating_sub(1))
    }

    /// Notes the id that the endpoint told.
    ///
    /// # Errors
    /// If it cannot be saved.
    pub fn tell(&mut self, number: usize, id: &str) -> Result<(), Halt> {
        if let Some(made) = self.page.made.get_mut(number) {
            made.id = Some(id.to_owned());
        }
        self.write()
    }

    /// Forgets what is gone, and removes the file when nothing is left.
    ///
    /// # Errors
    /// If it cannot be saved.
    pub fn keep(&mut self, left: Vec<Made>) -> Result<(), Halt> {
        self.page.made = left;
        self.write()
    }

    fn write(&mut self) -> Result<(), Halt> {
        let text = match self.page.made.as_slice() {
            [] => String::new(),
            _ => serde_json::to_string_pretty(&self.page).map_err(|error| Halt::Ledger(error.to_string()))?,
        };
        (self.save)(&text).map_err(|error| Halt::Ledger(error.to_string()))
    }
}
