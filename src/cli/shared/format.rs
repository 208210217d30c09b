//! `--format`, from the list of what a command offers.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::report::Offered;

/// Takes the names of a list and gives its entries; help and completions show what each is about.
pub(in crate::cli) fn one_of<F: Offered + Send + Sync>(
    list: &'static [F],
) -> impl TypedValueParser<Value = &'static F> {
    let names = list.iter().map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(names).map(|name| {
        // clap lets no other name through.
        list.iter().find(|format| format.name() == name).unwrap_or(&list[0])
    })
}
