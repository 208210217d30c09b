//! The JSON layouts of different tools.

use serde_json::Value;

/// The layout of a tool.
pub struct Layout {
    pub name: &'static str,
    newline: &'static str,
    unit: &'static str,
    colon: &'static str,
    /// The separator between parts on one line.
    comma: &'static str,
    /// Indents from the column of the bracket and writes an empty list on two lines, like Windows PowerShell 5.1.
    from_bracket: bool,
    one_line: bool,
    end: &'static str,
}

const GRAPH: Layout = Layout {
    name: "two blanks",
    newline: "\n",
    unit: "  ",
    colon: ": ",
    comma: ",",
    from_bracket: false,
    one_line: false,
    end: "\n",
};

pub const LAYOUTS: &[Layout] = &[
    // Like jq and PowerShell 7.
    GRAPH,
    Layout { name: "one line", colon: ":", one_line: true, end: "", ..GRAPH },
    Layout { name: "one line of Python", comma: ", ", one_line: true, ..GRAPH },
    Layout { name: "four blanks", unit: "    ", end: "", ..GRAPH },
    Layout { name: "tabs, no last line end", unit: "\t", end: "", ..GRAPH },
    Layout { name: "lines of Windows", newline: "\r\n", end: "\r\n", ..GRAPH },
    Layout {
        name: "Windows PowerShell 5.1",
        newline: "\r\n",
        unit: "    ",
        colon: ":  ",
        from_bracket: true,
        end: "\r\n",
        ..GRAPH
    },
];

impl Layout {
    pub fn print(&self, value: &Value) -> String {
        let mut out = String::new();
        self.add(value, "", &mut out);
        out + self.end
    }

    fn add(&self, value: &Value, outer: &str, out: &mut String) {
        let column = || " ".repeat(out.rsplit('\n').next().unwrap().chars().count());
        let outer = if self.from_bracket { column() } else { outer.to_owned() };
        let (brackets, parts): (_, Vec<(Option<&String>, &Value)>) = match value {
            Value::Array(items) => (["[", "]"], items.iter().map(|item| (None, item)).collect()),
            Value::Object(members) => (["{", "}"], members.iter().map(|(key, member)| (Some(key), member)).collect()),
            scalar => return out.push_str(&scalar.to_string()),
        };
        let inner = format!("{outer}{}", self.unit);
        let line = format!("{}{inner}", self.newline);
        let [first, next, last] = if parts.is_empty() {
            let last = if self.from_bracket { format!("{0}{0}{outer}", self.newline) } else { String::new() };
            [String::new(), String::new(), last]
        } else if self.one_line {
            [String::new(), self.comma.to_owned(), String::new()]
        } else {
            [line.clone(), format!(",{line}"), format!("{}{outer}", self.newline)]
        };
        out.push_str(brackets[0]);
        for (number, (key, value)) in parts.into_iter().enumerate() {
            out.push_str(if number == 0 { &first } else { &next });
            if let Some(key) = key {
                out.push_str(&format!("{}{}", Value::from(key.as_str()), self.colon));
            }
            self.add(value, &inner, out);
        }
        out.push_str(&last);
        out.push_str(brackets[1]);
    }
}

/// The value with the first letter of every key changed.
pub fn spelled(value: &Value, spell: &dyn Fn(char) -> char) -> Value {
    let key = |key: &str| key.chars().take(1).map(spell).chain(key.chars().skip(1)).collect::<String>();
    match value {
        Value::Object(members) => members.iter().map(|(name, member)| (key(name), spelled(member, spell))).collect(),
        Value::Array(items) => items.iter().map(|item| spelled(item, spell)).collect(),
        other => other.clone(),
    }
}

/// The value with PowerShell's PascalCase keys.
pub fn pascal(value: &Value) -> Value {
    spelled(value, &|letter| letter.to_ascii_uppercase())
}

/// The value of a text, with Graph's camelCase keys.
pub fn camel(text: &str) -> Value {
    spelled(&serde_json::from_str(text).unwrap(), &|letter| letter.to_ascii_lowercase())
}
