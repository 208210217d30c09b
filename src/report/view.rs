//! What a configuration looks like, for formats that show more of it than what is wrong.
//!
//! Plain texts, credentials masked. They are gathered only where such a format is asked for.

/// One app's configuration in rows and boxes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The object mappings to the app, those of users first.
    pub mappings: Vec<MappingTable>,
    /// Who is assigned; `None` where the input doesn't say.
    pub assigned: Option<Vec<Assigned>>,
    /// The state of the job in Graph's word, where the input has one.
    pub job: Option<String>,
    /// Where objects are sent, where the input says so.
    pub endpoint: Option<String>,
}

/// An object mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingTable {
    /// The name that subjects of findings begin with: `User`.
    pub name: String,
    /// What the portal calls it.
    pub portal: String,
    /// Whether it is on, as far as the file says.
    pub on: bool,
    /// Its rows, and those that it lacks behind them.
    pub rows: Vec<MappingRow>,
}

/// A row of an object mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingRow {
    /// The subject of findings about it: `User/externalId`.
    pub subject: String,
    /// The attribute that is written.
    pub target: String,
    /// What feeds it; `None` where the row is missing.
    pub source: Option<String>,
    /// When it is applied, in Graph's word.
    pub apply: Option<String>,
    /// Its matching precedence, where it is a matching attribute.
    pub precedence: Option<i64>,
    /// The attributes one of which the policy requires it to come from.
    pub required: Option<Vec<String>>,
}

/// Somebody who is assigned to the app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assigned {
    /// The subject of findings about them: `Group/TOTAL-Admin`.
    pub subject: String,
    /// The name, else the id.
    pub name: String,
    /// Whether it is a group.
    pub group: bool,
    /// How many members it has, where the input lists them.
    pub members: Option<usize>,
}
