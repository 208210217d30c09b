//! The judgement of one app, for commands that read it live.

pub(super) use super::shared::judging::judged;
