//! The table of all functions.

use super::{Dialect, Function, Parameter, Takes, convert, date, list, logic, random, replace, text};
use crate::expression::evaluate::Arguments;
use crate::expression::value::{Unknown, Value};

const fn required(name: &'static str, takes: Takes) -> Parameter {
    Parameter { name, key: None, takes, required: true }
}

const fn optional(name: &'static str, takes: Takes) -> Parameter {
    Parameter { name, key: None, takes, required: false }
}

impl Parameter {
    const fn stored_as(self, key: &'static str) -> Parameter {
        Parameter { key: Some(key), ..self }
    }
}

const SOURCE: Parameter = required("source", Takes::Text).stored_as("source");
const EXPRESSION: Parameter = required("expression", Takes::Any);
const COMPARE: Takes = Takes::Word(&["vbTextCompare", "vbBinaryCompare"]);
const ENCODING: Takes = Takes::Word(&["UTF7", "UTF8", "UTF32", "Unicode", "ASCII"]);

/// A function without repeating parameters that apps have.
const fn apps(
    name: &'static str,
    parameters: &'static [Parameter],
    summary: &'static str,
    run: fn(&Arguments<'_, '_>) -> Result<Value, Unknown>,
) -> Function {
    Function { name, dialect: Dialect::Apps, parameters, repeating: 0, older_form: None, summary, open: "", run }
}

impl Function {
    const fn only(self, dialect: Dialect) -> Function {
        Function { dialect, ..self }
    }

    const fn repeating(self, repeating: usize) -> Function {
        Function { repeating, ..self }
    }

    const fn older_form(self, arguments: usize) -> Function {
        Function { older_form: Some(arguments), ..self }
    }

    const fn open(self, open: &'static str) -> Function {
        Function { open, ..self }
    }
}

/// Every function, by name.
pub static FUNCTIONS: &[Function] = &[
    apps(
        "Append",
        &[SOURCE, required("suffix", Takes::Text).stored_as("suffix")],
        "Puts the suffix behind the source.",
        text::append,
    )
    .open("What it gives without a source isn't documented: unknown."),
    apps("AppRoleAssignments", &[SOURCE], "The app roles of a user.", list::roles)
        .open("Who has which role isn't in a user's data: unknown."),
    apps("AppRoleAssignmentsComplex", &[SOURCE], "The app roles of a user, as SCIM roles.", list::roles)
        .open("Who has which role isn't in a user's data: unknown."),
    apps(
        "AssertiveAppRoleAssignmentsComplex",
        &[SOURCE],
        "The app roles of a user, as SCIM roles that replace those at the target.",
        list::roles,
    )
    .open("Who has which role isn't in a user's data: unknown."),
    apps(
        "BitAnd",
        &[required("value1", Takes::Number), required("value2", Takes::Number)],
        "The bits that both numbers have.",
        convert::bit_and,
    ),
    apps(
        "CBool",
        &[required("expression", Takes::Condition)],
        "True for a condition that holds and for every number but 0.",
        logic::cbool,
    )
    .open("What it gives for a text that is neither True, False nor a number isn't documented: unknown."),
    apps("CDate", &[EXPRESSION], "A date and time, in UTC, as M/d/yyyy h:mm:ss tt.", date::cdate)
        .open("ISO 8601 and M/d/yyyy are read, with or without time and offset; any other form gives unknown."),
    apps(
        "Coalesce",
        &[required("source1", Takes::Any), optional("sourceN", Takes::Any)],
        "The first of its arguments that isn't null.",
        logic::coalesce,
    )
    .repeating(1),
    apps(
        "Contains",
        &[required("attribute", Takes::List), required("find", Takes::Text)],
        "The place of the value that contains a text.",
        list::contains,
    )
    .only(Dialect::CloudSync),
    apps(
        "ConvertFromBase64",
        &[SOURCE, optional("encoding", ENCODING)],
        "The text that a base64 text stands for.",
        convert::from_base64,
    )
    .only(Dialect::CloudSync),
    apps("ConvertToBase64", &[SOURCE], "The text in UTF-16, written as base64.", convert::to_base64),
    apps("ConvertToUTF8Hex", &[SOURCE], "The text in UTF-8, written as hexadecimal digits.", convert::to_utf8_hex),
    apps("Count", &[required("attribute", Takes::List)], "How many values an attribute has.", list::count),
    apps("CRef", &[required("dn", Takes::Text)], "A distinguished name as a reference.", text::as_is)
        .only(Dialect::CloudSync),
    apps("CStr", &[required("value", Takes::Any)], "The value as a text.", convert::cstr),
    apps(
        "DateAdd",
        &[required("interval", Takes::Text), required("value", Takes::Number), required("dateTime", Takes::Date)],
        "A date moved by a number of intervals.",
        date::date_add,
    ),
    apps(
        "DateDiff",
        &[required("interval", Takes::Text), required("date1", Takes::Date), required("date2", Takes::Date)],
        "How many intervals lie between two dates.",
        date::date_diff,
    )
    .open(
        "Weeks are counted by the calendar, from Sunday; days, hours, minutes and seconds are \
         cut off, not rounded, as in Visual Basic.",
    ),
    apps(
        "DateFromNum",
        &[required("value", Takes::Number)],
        "The date that Active Directory keeps as a number.",
        date::date_from_num,
    ),
    apps("DefaultDomain", &[], "The tenant's default domain.", text::default_domain)
        .open("The tenant isn't at hand: unknown."),
    apps(
        "DNComponent",
        &[required("dn", Takes::Text), required("index", Takes::Number)],
        "A part of a distinguished name.",
        text::dn_component,
    )
    .only(Dialect::CloudSync),
    apps("Error", &[required("message", Takes::Text)], "Stops with a message.", text::error).only(Dialect::CloudSync),
    apps(
        "FormatDateTime",
        &[
            SOURCE,
            optional("dateTimeStyles", Takes::Text),
            required("inputFormat", Takes::Text).stored_as("inputFormat"),
            required("outputFormat", Takes::Text).stored_as("outputFormat"),
        ],
        "A date written in one .NET format, written in another.",
        date::format_date_time,
    )
    .older_form(3)
    .open(
        "With three arguments, the older form, there are no styles. Where the result hangs on \
         the service's own time zone it is unknown.",
    ),
    apps("Guid", &[], "A new GUID each time.", random::guid),
    apps(
        "IgnoreFlowIfNullOrEmpty",
        &[EXPRESSION],
        "The value; without one the attribute is left out.",
        logic::ignore_flow_if_null_or_empty,
    ),
    apps(
        "IIF",
        &[
            required("condition", Takes::Condition),
            required("valueIfTrue", Takes::Any),
            required("valueIfFalse", Takes::Any),
        ],
        "One of two values, by a condition.",
        logic::iif,
    )
    .open(
        "A condition on an attribute without a value \"fails\", by the documentation, which \
         doesn't say what comes of it: unknown. Whether = tells capitals from small \
         letters isn't documented either.",
    ),
    apps(
        "InStr",
        &[
            required("value1", Takes::Text),
            required("value2", Takes::Text),
            optional("start", Takes::Number),
            optional("compareType", COMPARE),
        ],
        "Where a text stands in another, from 1; 0 where it doesn't.",
        text::in_str,
    ),
    apps("IsNull", &[EXPRESSION], "Whether there is no value.", logic::is_null),
    apps("IsNullOrEmpty", &[EXPRESSION], "Whether there is no value, or an empty text.", logic::is_null_or_empty),
    apps("IsPresent", &[EXPRESSION], "Whether there is a value that isn't empty.", logic::is_present),
    apps("IsString", &[EXPRESSION], "Whether it is a text.", logic::is_string),
    apps(
        "Item",
        &[required("attribute", Takes::List), required("index", Takes::Number)],
        "One of an attribute's values, from 1.",
        list::item,
    )
    .open("What it gives for a place that doesn't exist isn't documented: unknown."),
    apps(
        "Join",
        &[
            required("separator", Takes::Text).stored_as("separator"),
            required("source1", Takes::Any).stored_as("source"),
            optional("sourceN", Takes::Any).stored_as("source"),
        ],
        "The sources with the separator between them; empty ones are left out.",
        list::join,
    )
    .repeating(1),
    apps(
        "Left",
        &[required("source", Takes::Text), required("length", Takes::Number)],
        "The first characters; all for a negative length.",
        text::left,
    ),
    apps(
        "Mid",
        &[
            SOURCE,
            required("start", Takes::Number).stored_as("start"),
            required("length", Takes::Number).stored_as("length"),
        ],
        "A part of a text, from 1.",
        text::mid,
    ),
    apps(
        "NormalizeDiacritics",
        &[SOURCE],
        "The text without accents: é becomes e, ß ss, ø oe.",
        text::normalize_diacritics,
    ),
    apps("Not", &[SOURCE], "False for True, True for everything else.", logic::not),
    apps("Now", &[], "The time in UTC, as M/d/yyyy h:mm:ss tt.", date::now),
    apps(
        "NumFromDate",
        &[required("value", Takes::Text)],
        "A date as Active Directory keeps it, a number.",
        date::num_from_date,
    ),
    apps(
        "PCase",
        &[SOURCE, optional("wordSeparators", Takes::Text)],
        "Every word with a capital, the rest small.",
        text::pcase,
    ),
    apps(
        "Prepend",
        &[SOURCE, required("prefix", Takes::Text).stored_as("prefix")],
        "Puts the prefix before the source.",
        text::prepend,
    )
    .open("What it gives without a source isn't documented: unknown."),
    apps(
        "RandomString",
        &[
            required("length", Takes::Number),
            required("minimumNumbers", Takes::Number),
            required("minimumSpecialCharacters", Takes::Number),
            required("minimumCapital", Takes::Number),
            required("minimumLowerCase", Takes::Number),
            optional("charactersToAvoid", Takes::Text),
        ],
        "A random text that has what is asked.",
        random::random_string,
    ),
    apps("Redact", &[required("value", Takes::Any)], "The value, which logs show as [Redact].", logic::redact)
        .open("It isn't shown here either."),
    apps(
        "RemoveDuplicates",
        &[required("attribute", Takes::List)],
        "An attribute's values, each once.",
        list::remove_duplicates,
    ),
    apps(
        "Replace",
        &[
            SOURCE,
            optional("oldValue", Takes::Text).stored_as("Find"),
            optional("regexPattern", Takes::Text).stored_as("RegularExpression"),
            optional("regexGroupName", Takes::Text).stored_as("RegularExpressionGroupName"),
            optional("replacementValue", Takes::Text).stored_as("Replacement"),
            optional("replacementAttributeName", Takes::Any).stored_as("ReplacementPropertyName"),
            optional("template", Takes::Text).stored_as("Template"),
        ],
        "Replaces a text or what a regular expression finds; five ways, by which arguments there are.",
        replace::replace,
    )
    .open(
        "A template without a source, and another mixture of arguments than the five described, \
         give unknown.",
    ),
    apps(
        "SelectUniqueValue",
        &[
            required("uniqueValueRule1", Takes::Any),
            required("uniqueValueRule2", Takes::Any),
            optional("uniqueValueRuleN", Takes::Any),
        ],
        "The first of its values that nobody has at the target.",
        list::select_unique_value,
    )
    .repeating(1)
    .only(Dialect::ActiveDirectory)
    .open("Who has which value at the target isn't at hand: unknown."),
    apps("SingleAppRoleAssignment", &[SOURCE], "The one app role of a user.", list::roles)
        .open("Who has which role isn't in a user's data: unknown."),
    apps(
        "Split",
        &[SOURCE, optional("delimiter", Takes::Text).stored_as("delimiter")],
        "The parts of a text as a list.",
        list::split,
    )
    .open(
        "The documented example loses a blank at the edge of a part, and nothing says why: such \
         a list is unknown.",
    ),
    apps("StringFromSid", &[required("sid", Takes::Any)], "A security identifier as a text.", text::as_is)
        .only(Dialect::CloudSync),
    apps("StripSpaces", &[SOURCE], "The text without any blank.", text::strip_spaces),
    apps(
        "Switch",
        &[
            SOURCE,
            optional("defaultValue", Takes::Any).stored_as("defaultValue"),
            required("key1", Takes::Any).stored_as("switchValue"),
            required("value1", Takes::Any).stored_as("switchValue"),
        ],
        "The value behind the key that is the source; else the default.",
        logic::switch,
    )
    .repeating(2),
    apps("ToLower", &[SOURCE, optional("culture", Takes::Text)], "The text in small letters.", text::to_lower).open(
        "Without a culture, and with every one but Turkish and Azerbaijani, letters change as in \
         Unicode's simple case mapping.",
    ),
    apps("ToUpper", &[SOURCE, optional("culture", Takes::Text)], "The text in capitals.", text::to_upper)
        .open("As ToLower."),
    apps("Trim", &[SOURCE], "The text without blanks at its ends.", text::trim).only(Dialect::CloudSync),
    apps(
        "Word",
        &[required("source", Takes::Text), required("number", Takes::Number), required("delimiters", Takes::Text)],
        "One word of a text, from 1; empty where there is none.",
        text::word,
    )
    .open("Whether two delimiters in a row make an empty word isn't documented: unknown where it matters."),
];
