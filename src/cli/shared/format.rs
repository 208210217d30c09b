//! `--format`: the formats of a command.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::report::Offered;

/// Parses the name of an entry of the list; help and completions describe each.
pub(in crate::cli) fn one_of<F: Offered + Send + Sync>(
    list: &'static [F],
) -> impl TypedValueParser<Value = &'static F> {
    let names = list.iter().map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(names).map(|name| {
        // clap lets no other name through.
        list.iter().find(|format| format.name() == name).unwrap_or(&list[0])
    })
}
