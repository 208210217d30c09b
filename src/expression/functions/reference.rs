//! The pages that document the language, each as of a date, and the bare words of the language.
//!
//! Microsoft adds functions several times a year. What the registry does not know may be newer than these dates.

/// A page that documents functions, as it was on a date.
#[derive(Debug, PartialEq, Eq)]
pub struct Reference {
    /// The title.
    pub title: &'static str,
    /// The address.
    pub url: &'static str,
    /// The date of the version that the registry was compared with, `2026-04-10`: the one that the page states, otherwise the
    /// day on which it was read.
    pub date: &'static str,
}

/// The function reference of app provisioning. The newest version is what "the reference" means in messages.
pub(super) static APPS: Reference = Reference {
    title: "Reference for writing expressions for attribute mappings",
    url: "https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data",
    date: "2026-04-10",
};

/// The tutorial that has the functions for app roles.
pub(super) static CUSTOMIZING: Reference = Reference {
    title: "Customize user provisioning attribute mappings",
    url: "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes",
    date: "2026-08-06",
};

/// The sample answer of Graph, which lists some functions with their parameters.
pub(super) static FUNCTION_LIST: Reference = Reference {
    title: "synchronizationSchema: functions",
    url: "https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions",
    date: "2026-11-30",
};

/// The list of functions in the page of the beta version of Graph.
pub(super) static OLDER_LIST: Reference = Reference {
    title: "synchronizationSchema: functions (beta)",
    url: "https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions?view=graph-rest-beta",
    date: "2026-11-30",
};

/// The function reference for the clouds in China, whose list has one function more.
pub(super) static NEWER_LIST: Reference = Reference {
    title: "Reference for writing expressions for attribute mappings (China)",
    url: "https://docs.azure.cn/entra/identity/app-provisioning/functions-for-customizing-application-data",
    date: "2026-11-30",
};

/// The function reference of cloud sync.
pub(super) static CLOUD_SYNC: Reference = Reference {
    title: "Microsoft Entra Cloud Sync expressions and function reference",
    url: "https://learn.microsoft.com/entra/identity/hybrid/cloud-sync/reference-expressions",
    date: "2025-04-09",
};

/// The guide with the bare words.
static WORKDAY: Reference = Reference {
    title: "Workday expression mapping functions guide",
    url: "https://learn.microsoft.com/entra/identity/app-provisioning/workday-expression-mapping-functions-guide",
    date: "2025-08-12",
};

/// Every page, the main one first.
pub static REFERENCES: [&Reference; 7] =
    [&APPS, &CUSTOMIZING, &FUNCTION_LIST, &OLDER_LIST, &NEWER_LIST, &CLOUD_SYNC, &WORKDAY];

/// A word without brackets or quotation marks that is a value.
#[derive(Debug)]
pub struct BareWord {
    /// The word. Case matters.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// The page that documents it.
    pub reference: &'static Reference,
    /// Whether it drops the whole object, and not only the attribute.
    pub(in crate::expression) drops_object: bool,
}

/// Every bare word that is a value.
pub static BARE_WORDS: [BareWord; 2] = [
    BareWord {
        name: "IgnoreAttributeFlow",
        summary: "The attribute is not sent.",
        reference: &WORKDAY,
        drops_object: false,
    },
    BareWord {
        name: "IgnoreObjectFlow",
        summary: "The object is not provisioned.",
        reference: &WORKDAY,
        drops_object: true,
    },
];
