//! Graph's resources as serde types, and how they are read from a file.
//!
//! Fields are optional if a file may lack them: an absent field is unknown, and rules must not assume a default. Types: <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema>.

mod action;
mod assignments;
mod authentication;
mod claims;
mod content;
mod difference;
mod filter;
mod names;
mod notification;
mod request;
mod schema;
mod snapshot;
mod standing;
mod text;

pub use action::Action;
pub use assignments::Assignment;
pub use authentication::Authentication;
pub use claims::{Claim, ClaimAttribute, ClaimConfiguration, ClaimsMappingPolicy, ClaimsPolicy};
pub use content::{Content, PlacedSchema, ReadError, Resource, is_spoken_of, read};
pub use difference::{Difference, MappingName, Name, Subject, differences, differences_of_texts};
pub use filter::{Filter, FilterClause, FilterGroup, FilterOperand};
pub use names::{NON_GALLERY_DIRECTORY, ObjectKind, is_entra_directory};
pub use notification::{NOTIFICATION, NotificationSettings};
pub use request::{GraphRequest, TenantChange};
pub use schema::{
    AttributeDefinition, AttributeMapping, AttributeMappingSource, DirectoryDefinition, ObjectDefinition,
    ObjectMapping, SourceKind, SourceParameter, SynchronizationRule, SynchronizationSchema,
};
pub use snapshot::{
    AppRole, AppRoleAssignment, Application, ConnectionTest, DirectoryObject, EntryCount, Group, Member,
    MemberIdentity, NON_GALLERY_TEMPLATE, NamedGroup, Offered, Organization, PasswordCredential, SNAPSHOT_SCHEMA,
    Secret, ServicePlan, ServicePrincipal, Snapshot, SnapshotHeader, SubscribedSku, SynchronizationError,
    SynchronizationJob, SynchronizationQuarantine, SynchronizationSchedule, SynchronizationStatus,
    SynchronizationTaskExecution, time,
};
pub use standing::State;
pub use text::Text;
