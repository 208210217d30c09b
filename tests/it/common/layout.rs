//! JSON as tools lay it out, each of which has its own way.

use serde_json::Value;

/// A tool's way.
pub struct Layout {
    pub name: &'static str,
    newline: &'static str,
    unit: &'static str,
    colon: &'static str,
    /// Between parts on one line.
    comma: &'static str,
    /// Depth counts from the bracket, and what is empty takes lines of its own: Windows PowerShell 5.1.
    from_bracket: bool,
    /// The comma begins the line.
    comma_first: bool,
    /// The elements of an array stay on one line with its brackets: Jackson.
    run_on: bool,
    /// From that depth on everything is on one line.
    one_line_from: usize,
    end: &'static str,
}

const GRAPH: Layout = Layout {
    name: "two blanks",
    newline: "\n",
    unit: "  ",
    colon: ": ",
    comma: ",",
    from_bracket: false,
    comma_first: false,
    run_on: false,
    one_line_from: usize::MAX,
    end: "\n",
};

pub const LAYOUTS: &[Layout] = &[
    GRAPH,
    Layout { name: "one line", colon: ":", one_line_from: 0, end: "", ..GRAPH },
    Layout { name: "one line with blanks", comma: ", ", one_line_from: 0, ..GRAPH },
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
    Layout { name: "Jackson", colon: " : ", comma: ", ", run_on: true, end: "", ..GRAPH },
    Layout { name: "blanks round the colon", unit: "   ", colon: " : ", ..GRAPH },
    Layout { name: "no indentation", unit: "", ..GRAPH },
    Layout { name: "comma first", comma_first: true, ..GRAPH },
    // The rows of a mapping stand five levels deep.
    Layout { name: "a row a line", comma: ", ", one_line_from: 6, ..GRAPH },
];

impl Layout {
    pub fn print(&self, value: &Value) -> String {
        let mut out = String::new();
        self.add(value, "", 0, &mut out);
        out + self.end
    }

    fn add(&self, value: &Value, outer: &str, depth: usize, out: &mut String) {
        let column = || " ".repeat(out.rsplit('\n').next().unwrap().chars().count());
        let outer = if self.from_bracket { column() } else { outer.to_owned() };
        let (brackets, parts): (_, Vec<(Option<&String>, &Value)>) = match value {
            Value::Array(items) => (["[", "]"], items.iter().map(|item| (None, item)).collect()),
            Value::Object(members) => (["{", "}"], members.iter().map(|(key, member)| (Some(key), member)).collect()),
            scalar => return out.push_str(&scalar.to_string()),
        };
        let one_line = depth >= self.one_line_from;
        let run_on = self.run_on && value.is_array();
        let inner = if run_on { outer.clone() } else { format!("{outer}{}", self.unit) };
        let [first, next, last] = if parts.is_empty() {
            let last = match (self.from_bracket, self.run_on) {
                (true, _) => format!("{0}{0}{outer}", self.newline),
                (false, true) => " ".to_owned(),
                (false, false) => String::new(),
            };
            [String::new(), String::new(), last]
        } else if one_line {
            [String::new(), self.comma.to_owned(), String::new()]
        } else if run_on {
            [" ".to_owned(), self.comma.to_owned(), " ".to_owned()]
        } else {
            let line = format!("{}{inner}", self.newline);
            let next = if self.comma_first { format!("{}{inner}, ", self.newline) } else { format!(",{line}") };
            [line, next, format!("{}{outer}", self.newline)]
        };
        out.push_str(brackets[0]);
        for (number, (key, value)) in parts.into_iter().enumerate() {
            out.push_str(if number == 0 { &first } else { &next });
            if let Some(key) = key {
                out.push_str(&format!("{}{}", Value::from(key.as_str()), self.colon));
            }
            self.add(value, &inner, depth + 1, out);
        }
        out.push_str(&last);
        out.push_str(brackets[1]);
    }
}

/// The value with the first letter of every key spelt another way.
pub fn spelled(value: &Value, spell: &dyn Fn(char) -> char) -> Value {
    let key = |key: &str| key.chars().take(1).map(spell).chain(key.chars().skip(1)).collect::<String>();
    match value {
        Value::Object(members) => members.iter().map(|(name, member)| (key(name), spelled(member, spell))).collect(),
        Value::Array(items) => items.iter().map(|item| spelled(item, spell)).collect(),
        other => other.clone(),
    }
}

/// With the keys of PowerShell's objects.
pub fn pascal(value: &Value) -> Value {
    spelled(value, &|letter| letter.to_ascii_uppercase())
}

/// What a text says, with Graph's keys.
pub fn camel(text: &str) -> Value {
    spelled(&serde_json::from_str(text).unwrap(), &|letter| letter.to_ascii_lowercase())
}
