//! The tree of an expression.

/// An expression, or an argument of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// `[objectId]`
    Attribute(String),
    /// `"text"`, without its quotes and escapes.
    Text(String),
    /// A bare word or number, `1` or `vbTextCompare`.
    Word(String),
    /// `Name(argument, , argument)`; an argument left out is `None`.
    Call {
        /// The function's name as written.
        name: String,
        /// The arguments in order.
        arguments: Vec<Option<Expression>>,
    },
    /// A condition, `[a] = "b"`, which only `IIF` and `CBool` take.
    Comparison {
        /// What stands left.
        left: Box<Expression>,
        /// `=`, `<>`, `<`, `<=`, `>` or `>=`.
        operator: String,
        /// What stands right.
        right: Box<Expression>,
    },
}

impl Expression {
    /// The attributes it reads, each once, in order.
    pub fn attributes(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit(&mut |part| {
            if let Expression::Attribute(name) = part
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        });
        names
    }

    /// The functions it calls, each once, in order.
    pub fn functions(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit(&mut |part| {
            if let Expression::Call { name, .. } = part
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        });
        names
    }

    fn visit<'e>(&'e self, see: &mut impl FnMut(&'e Expression)) {
        see(self);
        match self {
            Expression::Call { arguments, .. } => {
                arguments.iter().flatten().for_each(|argument| argument.visit(see));
            }
            Expression::Comparison { left, right, .. } => {
                left.visit(see);
                right.visit(see);
            }
            Expression::Attribute(_) | Expression::Text(_) | Expression::Word(_) => {}
        }
    }

    /// Whether it gives the value of `attribute` for everyone who has one, as far as its form alone proves.
    ///
    /// `false` means unproven, not disproven.
    pub fn always_yields(&self, attribute: &str) -> bool {
        match self {
            Expression::Attribute(name) => name == attribute,
            Expression::Call { name, arguments } => match (name.as_str(), arguments.as_slice()) {
                ("Coalesce", [Some(first), ..]) | ("IgnoreFlowIfNullOrEmpty", [Some(first)]) => {
                    first.always_yields(attribute)
                }
                ("Join", [_, Some(only)]) => only.always_yields(attribute),
                ("Append", [Some(source), Some(Expression::Text(suffix))]) => {
                    suffix.is_empty() && source.always_yields(attribute)
                }
                _ => false,
            },
            _ => false,
        }
    }
}
