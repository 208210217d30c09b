//! The rules, a folder for each section of the catalogue, and the code that runs them.
//!
//! A rule is a [`Rule`]: its metadata and one function, which looks at a [`Target`] and says what is wrong.
//! It names places by JSON Pointer, does not depend on files or output, and reports when it cannot be evaluated.

mod application;
mod assignment;
mod connection;
mod document;
mod effect;
mod expression;
mod group;
mod hygiene;
pub mod id;
mod job;
mod judge;
mod lifecycle;
mod mapping;
mod matching;
mod member;
mod object;
mod people;
pub mod portal;
mod role;
mod scope;
mod source_change;
mod suggestion;
mod target;
mod view;

use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
pub use judge::{Asked, Findings, Judged, Judgement, NotJudged, RuleReport, RuleState, Selection, judge, unanswered};
pub use mapping::misspelt_target::is_standard_target;
pub use target::Target;
pub use view::{MappingView, ObjectView, RowView, SchemaView};

/// A rule: one kind of mistake.
#[derive(Debug)]
pub struct Rule {
    /// Its metadata.
    pub metadata: Metadata,
    /// Looks at a target and reports what is wrong.
    pub check: fn(&Target<'_>, &mut Findings<'_>) -> Judged,
}

impl Rule {
    /// Whether it is about one job, so that it is evaluated for each.
    fn is_of_job(&self) -> bool {
        let Metadata { id, section, evidence, .. } = self.metadata;
        let of_app = [id::PROVISIONING_NOT_CONFIGURED, id::MULTIPLE_JOBS].contains(&id);
        evidence.contains(&Evidence::Schema) || (section == Section::Job && !of_app)
    }

    /// The same rule with fixes that change who is matched, created, disabled or removed.
    const fn fixed_unsafely(mut self) -> Self {
        self.metadata.fix = Applicability::Unsafe;
        self
    }
}

/// The common properties of the rules of one file or folder. Their findings are fixed by a person, unless the rule has
/// other fixes.
struct Family {
    section: Section,
    evidence: &'static [Evidence],
}

impl Family {
    /// A rule of the family.
    const fn rule(
        &self,
        id: &'static str,
        severity: Severity,
        summary: &'static str,
        page: &'static str,
        check: fn(&Target<'_>, &mut Findings<'_>) -> Judged,
    ) -> Rule {
        let Family { section, evidence } = *self;
        Rule {
            metadata: Metadata { id, section, severity, fix: Applicability::Manual, evidence, summary, page },
            check,
        }
    }
}

/// The rule's page, by id.
macro_rules! page {
    ($id:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules/", $id, ".md"))
    };
}
use page;

/// Every rule, in the catalogue's order.
pub static RULES: &[&Rule] = &[
    &mapping::required_mapping_missing::RULE,
    &mapping::required_mapping_source::RULE,
    &mapping::required_mapping_apply::RULE,
    &mapping::required_mapping_default::RULE,
    &mapping::required_mapping_precedence::RULE,
    &mapping::misspelt_target::RULE,
    &mapping::forbidden_mapping::RULE,
    &object::presence::MISSING,
    &object::presence::DISABLED,
    &object::presence::UNEXPECTED,
    &object::actions::RULE,
    &hygiene::duplicate_target::RULE,
    &hygiene::unknown_target::RULE,
    &hygiene::unknown_source::RULE,
    &hygiene::unsupported_source::RULE,
    &hygiene::custom_attribute_name::RULE,
    &hygiene::anchor_mapped::RULE,
    &hygiene::required_target_unmapped::RULE,
    &hygiene::read_only_target::RULE,
    &hygiene::type_mismatch::RULE,
    &hygiene::source_fields_disagree::RULE,
    &hygiene::attribute_definition_altered::RULE,
    &hygiene::directory::UNRESOLVED,
    &hygiene::directory::UNEXPECTED,
    &hygiene::custom_attribute_type::RULE,
    &hygiene::unsupported_target::RULE,
    &matching::priority::NONE,
    &matching::priority::DUPLICATE,
    &matching::priority::GAP,
    &matching::attribute::WEAK,
    &matching::attribute::MULTI_SOURCE,
    &matching::attribute::CONSTANT,
    &matching::attribute::UNFILTERABLE,
    &lifecycle::username_source::RULE,
    &lifecycle::active::MISSING,
    &lifecycle::active::INVERTED,
    &lifecycle::active::ACCOUNT_ENABLED,
    &lifecycle::email_may_be_empty::RULE,
    &lifecycle::guest_user_name::RULE,
    &lifecycle::manager_reference::RULE,
    &group::incomplete::RULE,
    &group::external_id::RULE,
    &role::role_expression::RULE,
    &role::target::RULE,
    &role::never_removed::RULE,
    &role::unknown_key::RULE,
    &expression::syntax::RULE,
    &expression::function::UNKNOWN,
    &expression::function::ARITY,
    &expression::function::CASE,
    &expression::function::UNSUPPORTED,
    &expression::argument::RULE,
    &expression::too_long::RULE,
    &expression::null_test::SWITCH,
    &expression::null_test::IIF,
    &expression::switch_on_reference::RULE,
    &scope::presence::PRESENT,
    &scope::unsatisfiable::RULE,
    &scope::attribute::RULE,
    &scope::operator::RULE,
    &scope::presence::EXPERIMENTAL,
    &scope::presence::ONE_SIDED,
    &scope::group_id::RULE,
    &document::secret_in_file::RULE,
    &document::schema_of_another_job::RULE,
    &document::stale_export::RULE,
    &document::truncated_export::RULE,
    &job::presence::NOT_CONFIGURED,
    &job::presence::MULTIPLE,
    &job::template::LEGACY,
    &job::template::UNEXPECTED,
    &job::state::NOT_STARTED,
    &job::state::PAUSED,
    &job::quarantine::RULE,
    &job::cycles::FAILING,
    &job::cycles::STALE,
    &job::cycles::INITIAL,
    &job::cycles::NOTHING,
    &job::cycles::NEWER_MAPPING,
    &connection::tenant_url::MISSING,
    &connection::tenant_url::INVALID,
    &connection::tenant_url::MISMATCH,
    &connection::tenant_url::FLAG,
    &connection::secret_token::MISSING,
    &connection::secret_token::MALFORMED,
    &connection::secret_token::EXPIRING,
    &connection::auth_method::RULE,
    &connection::credentials_rejected::RULE,
    &connection::scope::ALL_USERS,
    &connection::scope::UNSET,
    &connection::scope::DELETION_SKIPPED,
    &connection::notification::EMAIL_MISSING,
    &connection::notification::DELETION_GUARD,
    &application::principal::DISABLED,
    &application::principal::ASSIGNMENT_NOT_REQUIRED,
    &application::principal::UNEXPECTED_TEMPLATE,
    &application::owner_missing::RULE,
    &application::client_secret::RULE,
    &application::licence_missing::RULE,
    &application::not_provisionable::RULE,
    &application::tenant_kind::RULE,
    &application::sign_in_identity::RULE,
    &application::duplicate_app_role::RULE,
    &assignment::group_not_assigned::RULE,
    &assignment::who::UNEXPECTED,
    &assignment::group::NAME_COLLISION,
    &assignment::who::DIRECTLY,
    &assignment::who::NOTHING_ASSIGNED,
    &assignment::app_role::INVALID,
    &assignment::app_role::DEFAULT,
    &assignment::who::DUPLICATE,
    &assignment::group::NOT_SECURITY,
    &assignment::group_members::NESTED,
    &assignment::group_members::EMPTY,
    &assignment::group_members::LARGE,
    &assignment::group::PAUSED,
    &assignment::group::DELETED,
    &assignment::matching_characters::RULE,
    &member::MISSING_ATTRIBUTE,
    &member::DISABLED,
    &member::MATCHING_COLLISION,
    &member::OUT_OF_SCOPE,
    &member::MANAGER_NOT_ASSIGNED,
];

/// The rule of that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.metadata.id == id)
}

/// The ids of all rules, in the catalogue's order.
pub fn ids() -> impl Iterator<Item = &'static str> + Clone {
    RULES.iter().map(|rule| rule.metadata.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_page_bears_its_own() {
        let mut seen = std::collections::HashSet::new();
        for rule in RULES {
            let Metadata { id, page, summary, .. } = rule.metadata;
            assert!(seen.insert(id), "{id} is registered twice");
            assert!(page.starts_with(&format!("# {id}\n")), "the page of {id} has another title");
            assert!(!summary.is_empty() && !summary.ends_with('.'), "{id}: {summary}");
        }
    }
}
