//! The table of all functions.

use super::reference::{APPS, CLOUD_SYNC, CUSTOMIZING, FUNCTION_LIST, NEWER_LIST, OLDER_LIST, Reference};
use super::{Dialect, Function, Missing, Parameter, Takes, case, convert, date, list, logic, random, replace, text};
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
const ROLES: Parameter = required("source", Takes::Roles).stored_as("source");
const INTERVAL: Parameter = required("interval", Takes::OneOf(date::INTERVALS));
const COMPARE: Takes = Takes::Word(&["vbTextCompare", "vbBinaryCompare"]);
const ENCODING: Takes = Takes::Word(&["UTF7", "UTF8", "UTF32", "Unicode", "ASCII"]);

/// A function of app provisioning without repeating parameters.
const fn apps(
    name: &'static str,
    parameters: &'static [Parameter],
    summary: &'static str,
    run: fn(&Arguments<'_, '_>) -> Result<Value, Unknown>,
) -> Function {
    Function {
        name,
        dialect: Dialect::Apps,
        reference: &APPS,
        parameters,
        repeating: 0,
        older_form: None,
        ways: &[],
        missing: Missing::Flows,
        summary,
        open: "",
        run,
    }
}

impl Function {
    const fn only(self, dialect: Dialect) -> Function {
        Function { dialect, ..self }
    }

    const fn of_cloud_sync(self) -> Function {
        self.only(Dialect::CloudSync).documented_in(&CLOUD_SYNC)
    }

    const fn documented_in(self, reference: &'static Reference) -> Function {
        Function { reference, ..self }
    }

    const fn works_with(self, ways: &'static [&'static [&'static str]]) -> Function {
        Function { ways, ..self }
    }

    const fn missing(self, missing: Missing) -> Function {
        Function { missing, ..self }
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
        "Appends the suffix to the source.",
        text::append,
    )
    .open("Unknown without a source, because the result is not documented."),
    apps("AppRoleAssignments", &[ROLES], "The app roles of a user.", list::roles)
        .documented_in(&FUNCTION_LIST)
        .open("Always unknown, because a user's data does not include the roles."),
    apps("AppRoleAssignmentsComplex", &[ROLES], "The app roles of a user, as SCIM roles.", list::roles)
        .open("Always unknown, because a user's data does not include the roles."),
    apps(
        "AssertiveAppRoleAssignmentsComplex",
        &[ROLES],
        "The app roles of a user, as SCIM roles that replace those in the app.",
        list::roles,
    )
    .documented_in(&CUSTOMIZING)
    .open("Always unknown, because a user's data does not include the roles."),
    apps(
        "BitAnd",
        &[required("value1", Takes::Number), required("value2", Takes::Number)],
        "The bits that are set in both numbers.",
        convert::bit_and,
    ),
    apps(
        "CBool",
        &[required("expression", Takes::Condition)],
        "True for a condition that is true and for every number except 0.",
        logic::cbool,
    )
    .open("Unknown for a text other than True, False or a number, because the result is not documented."),
    apps("CDate", &[EXPRESSION], "A date and time, in UTC, as M/d/yyyy h:mm:ss tt.", date::cdate)
        .open("Reads ISO 8601 and M/d/yyyy, with or without time and offset; unknown for any other form."),
    apps(
        "Coalesce",
        &[required("source1", Takes::Any), optional("sourceN", Takes::Any)],
        "The first argument that is not null.",
        logic::coalesce,
    )
    .missing(Missing::Chosen(logic::coalesce_choice))
    .repeating(1),
    apps(
        "Contains",
        &[required("attribute", Takes::List), required("find", Takes::Text)],
        "The position of the first value that contains a text.",
        list::contains,
    )
    .of_cloud_sync(),
    apps(
        "ConvertFromBase64",
        &[SOURCE, optional("encoding", ENCODING)],
        "The text that is encoded as base64.",
        convert::from_base64,
    )
    .of_cloud_sync(),
    apps("ConvertToBase64", &[SOURCE], "The text in UTF-16, encoded as base64.", convert::to_base64),
    apps("ConvertToUTF8Hex", &[SOURCE], "The text in UTF-8, as hexadecimal digits.", convert::to_utf8_hex),
    apps("Count", &[required("attribute", Takes::List)], "The number of values of an attribute.", list::count),
    apps("CRef", &[required("dn", Takes::Text)], "A distinguished name as a reference.", text::as_is).of_cloud_sync(),
    apps("CStr", &[required("value", Takes::Any)], "The value as a text.", convert::cstr),
    apps(
        "DateAdd",
        &[INTERVAL, required("value", Takes::Number), required("dateTime", Takes::Date)],
        "A date plus a number of intervals.",
        date::date_add,
    ),
    apps(
        "DateDiff",
        &[INTERVAL, required("date1", Takes::Date), required("date2", Takes::Date)],
        "The number of intervals between two dates.",
        date::date_diff,
    )
    .open(
        "Counts calendar weeks, starting on Sunday. Truncates days, hours, minutes and seconds, \
         as in Visual Basic.",
    ),
    apps(
        "DateFromNum",
        &[required("value", Takes::Number)],
        "A date that Active Directory stores as a number.",
        date::date_from_num,
    ),
    apps("DefaultDomain", &[], "The tenant's default domain.", text::default_domain)
        .open("Always unknown, because the tenant's domain is not in the input."),
    apps(
        "DNComponent",
        &[required("dn", Takes::Text), required("index", Takes::Number)],
        "A part of a distinguished name.",
        text::dn_component,
    )
    .of_cloud_sync(),
    apps("Error", &[required("message", Takes::Text)], "Stops with a message.", text::error).of_cloud_sync(),
    apps(
        "FormatDateTime",
        &[
            SOURCE,
            optional("dateTimeStyles", Takes::DateStyles),
            required("inputFormat", Takes::InputFormat).stored_as("inputFormat"),
            required("outputFormat", Takes::OutputFormat).stored_as("outputFormat"),
        ],
        "A date, converted from one .NET format to another.",
        date::format_date_time,
    )
    .older_form(3)
    .open(
        "With three arguments, the older form, there are no styles. Unknown if the result depends \
         on the service's time zone.",
    ),
    apps("Guid", &[], "A new GUID each time.", random::guid),
    apps(
        "IgnoreFlowIfNullOrEmpty",
        &[EXPRESSION],
        "The value. If there is none, the attribute is omitted.",
        logic::ignore_flow_if_null_or_empty,
    ),
    apps(
        "IIF",
        &[
            required("condition", Takes::Condition),
            required("valueIfTrue", Takes::Any),
            required("valueIfFalse", Takes::Any),
        ],
        "One of two values, depending on a condition.",
        logic::iif,
    )
    .missing(Missing::Chosen(logic::iif_choice))
    .open(
        "According to the documentation, a condition on an attribute without a value \"fails\". \
         The result is not documented: unknown. Whether = is case-sensitive is not documented \
         either.",
    ),
    apps(
        "InStr",
        &[
            required("value1", Takes::Text),
            required("value2", Takes::Literal),
            optional("start", Takes::Number),
            optional("compareType", COMPARE),
        ],
        "The position of a text in another, starting at 1; 0 if it is not found.",
        text::in_str,
    ),
    apps("IsNothing", &[SOURCE], "Whether there is no value.", logic::is_null)
        .documented_in(&OLDER_LIST)
        .open("Named in an older list of functions, without a description. In Visual Basic it is true for no value."),
    apps("IsNull", &[EXPRESSION], "Whether there is no value.", logic::is_null),
    apps("IsNullOrEmpty", &[EXPRESSION], "Whether there is no value or an empty text.", logic::is_null_or_empty),
    apps("IsPresent", &[EXPRESSION], "Whether there is a value that is not empty.", logic::is_present),
    apps("IsString", &[EXPRESSION], "Whether the value is a text.", logic::is_string),
    apps(
        "Item",
        &[required("attribute", Takes::List), required("index", Takes::Within(1, i64::MAX))],
        "One of an attribute's values, counted from 1.",
        list::item,
    )
    .open("Unknown for a position that does not exist, because the result is not documented."),
    apps(
        "Join",
        &[
            required("separator", Takes::Literal).stored_as("separator"),
            required("source1", Takes::Any).stored_as("source"),
            optional("sourceN", Takes::Any).stored_as("source"),
        ],
        "The sources with the separator between them, without empty ones.",
        list::join,
    )
    .repeating(1),
    apps(
        "Left",
        &[required("source", Takes::Text), required("length", Takes::Number)],
        "The first characters; all of them for a negative length.",
        text::left,
    ),
    apps("Len", &[required("source", Takes::Any)], "The number of characters; 0 without a value.", text::len)
        .missing(Missing::Replaced)
        .open("Counts as .NET does: an emoji has two characters. Unknown for several values."),
    apps(
        "Mid",
        &[
            SOURCE,
            required("start", Takes::Number).stored_as("start"),
            required("length", Takes::Number).stored_as("length"),
        ],
        "A part of a text; positions start at 1.",
        text::mid,
    ),
    apps(
        "NormalizeDiacritics",
        &[SOURCE],
        "The text without accents: é becomes e, ß ss, ø oe.",
        text::normalize_diacritics,
    ),
    apps(
        "NormalizeDiacriticsByCulture",
        &[SOURCE, optional("culture", Takes::Any)],
        "The text without accents, as a culture replaces them.",
        text::normalize_diacritics_by_culture,
    )
    .repeating(1)
    .documented_in(&NEWER_LIST)
    .open("Always unknown: only its name is documented."),
    apps("Not", &[SOURCE], "False for True, and True for everything else.", logic::not),
    apps("Now", &[], "The current time in UTC, as M/d/yyyy h:mm:ss tt.", date::now),
    apps(
        "NumFromDate",
        &[required("value", Takes::Text)],
        "A date as a number, as Active Directory stores it.",
        date::num_from_date,
    ),
    apps(
        "PCase",
        &[SOURCE, optional("wordSeparators", Takes::Literal)],
        "Every word with its first letter in upper case and the rest in lower case.",
        case::pcase,
    ),
    apps(
        "Prepend",
        &[required("prefix", Takes::Text).stored_as("prefix"), SOURCE],
        "Adds the prefix before the source.",
        text::prepend,
    )
    .documented_in(&OLDER_LIST)
    .open("Unknown without a source, because the result is not documented."),
    apps(
        "RandomString",
        &[
            required("length", Takes::Within(0, random::LONGEST)),
            required("minimumNumbers", Takes::Within(0, random::LONGEST)),
            required("minimumSpecialCharacters", Takes::Within(0, random::LONGEST)),
            required("minimumCapital", Takes::Within(0, random::LONGEST)),
            required("minimumLowerCase", Takes::Within(0, random::LONGEST)),
            optional("charactersToAvoid", Takes::Literal),
        ],
        "A random text with at least the requested characters of each kind.",
        random::random_string,
    ),
    apps("Redact", &[required("value", Takes::Any)], "The value. Logs show [Redact] instead.", logic::redact)
        .open("provlint does not show it either."),
    apps(
        "RemoveDuplicates",
        &[required("attribute", Takes::List)],
        "An attribute's values without duplicates.",
        list::remove_duplicates,
    ),
    apps(
        "Replace",
        &[
            SOURCE,
            optional("oldValue", Takes::Literal).stored_as("Find"),
            optional("regexPattern", Takes::Pattern).stored_as("RegularExpression"),
            optional("regexGroupName", Takes::Group).stored_as("RegularExpressionGroupName"),
            optional("replacementValue", Takes::Replacement).stored_as("Replacement"),
            optional("replacementAttributeName", Takes::Any).stored_as("ReplacementPropertyName"),
            optional("template", Takes::Literal).stored_as("Template"),
        ],
        "Replaces a text or the matches of a regular expression; works in five ways, depending on the arguments.",
        replace::replace,
    )
    .works_with(&[
        &["oldValue", "replacementValue"],
        &["oldValue", "template"],
        &["regexPattern", "replacementValue"],
        &["regexPattern", "regexGroupName", "replacementValue"],
        &["regexPattern", "regexGroupName", "replacementAttributeName"],
    ])
    .open(
        "Unknown for a template without a source, and for a combination of arguments other than \
         the five described.",
    ),
    apps(
        "SelectUniqueValue",
        &[
            required("uniqueValueRule1", Takes::Any),
            required("uniqueValueRule2", Takes::Any),
            optional("uniqueValueRuleN", Takes::Any),
        ],
        "The first of its values that is not yet used in the target.",
        list::select_unique_value,
    )
    .repeating(1)
    .only(Dialect::ActiveDirectory)
    .open("Always unknown, because the values used in the target are not in the input."),
    apps("SingleAppRoleAssignment", &[ROLES], "The only app role of a user.", list::roles)
        .open("Always unknown, because a user's data does not include the roles."),
    apps(
        "Split",
        &[SOURCE, optional("delimiter", Takes::Literal).stored_as("delimiter")],
        "The parts of a text as a list.",
        list::split,
    )
    .open(
        "In the documented example, a space at the edge of a part disappears without explanation: \
         unknown for such a part.",
    ),
    apps("StringFromSid", &[required("sid", Takes::Any)], "A security identifier as a text.", text::as_is)
        .of_cloud_sync(),
    apps("StripSpaces", &[SOURCE], "The text without spaces.", text::strip_spaces),
    apps(
        "Switch",
        &[
            SOURCE,
            optional("defaultValue", Takes::Any).stored_as("defaultValue"),
            required("key1", Takes::Literal).stored_as("switchValue"),
            required("value1", Takes::Any).stored_as("switchValue"),
        ],
        "The value of the key that equals the source; otherwise the default.",
        logic::switch,
    )
    .missing(Missing::Chosen(logic::switch_choice))
    .repeating(2)
    .open("Unknown if a key is True or False in other upper and lower case: vendors' guides have such keys."),
    apps("ToLower", &[SOURCE, optional("culture", Takes::Culture)], "The text in lower case.", case::to_lower).open(
        "Uses Unicode's simple case mapping without a culture, and with every culture except \
         Turkish and Azerbaijani.",
    ),
    apps("ToUpper", &[SOURCE, optional("culture", Takes::Culture)], "The text in upper case.", case::to_upper)
        .open("Same as ToLower."),
    apps("Trim", &[SOURCE], "The text without spaces at its ends.", text::trim).of_cloud_sync(),
    apps(
        "Word",
        &[required("source", Takes::Text), required("number", Takes::Number), required("delimiters", Takes::Literal)],
        "One word of a text, counted from 1; empty if there is none.",
        text::word,
    )
    .open("Unknown if it matters whether two delimiters in a row make an empty word, which is not documented."),
];
