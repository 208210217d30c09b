//! What Entra would do with an object, simulated without a tenant: whether it is in scope, how it is matched, and what
//! is sent, as values and as requests.

mod crowd;
mod preview;
pub mod request;
mod resource;
mod scope;
mod solve;
mod source;
mod strange;
mod user;

pub use crowd::{Collision, Crowd, Lack};
pub use preview::{Match, Plan, Preview, RowPreview, Scope, Sent, breaks_a_filter, read_of_users};
pub use scope::{FilterOperator, Passing, passes};
pub use solve::{Claim, claim, group_excludes_all};
pub use source::{RowSource, stored};
pub use strange::{Strange, strange};
pub use user::{User, WrongType, graph_properties, graph_property, is_user_property};
