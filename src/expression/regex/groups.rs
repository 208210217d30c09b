//! The groups of a regular expression and their numbers.

use foldhash::HashMap;

use super::class;
use super::scan::{CLOSE, Fault, Scanner};

/// The groups of a regular expression. A slot is the place of a group among all, in the order of their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    /// The numbers, sorted; the place of a number is its slot.
    numbers: Vec<u32>,
    /// The numbers of groups with names.
    names: HashMap<String, u32>,
}

impl Groups {
    /// Finds the groups of a pattern. Groups without names are numbered first, then those with names, each with the next
    /// number that no group has.
    ///
    /// # Errors
    /// If a class or a comment is never closed, or a number is too large.
    pub(super) fn count(pattern: &[u16]) -> Result<Self, Fault> {
        let mut scanner = Scanner::new(pattern);
        let mut numbers = vec![0];
        let mut names: Vec<String> = Vec::new();
        let mut next = 1;
        let mut condition_follows = false;
        let mut options = Vec::new();
        loop {
            let at = scanner.at;
            let Some(unit) = scanner.next() else { break };
            match u8::try_from(unit).unwrap_or_default() {
                b'\\' => {
                    scanner.next();
                }
                b'#' if scanner.options.ignore_blank => {
                    scanner.at = at;
                    scanner.skip_blank()?;
                }
                b'[' => scanner.class(at, false, None)?,
                b')' => {
                    if let Some(before) = options.pop() {
                        scanner.options = before;
                    }
                }
                b'(' if scanner.peek() == Some(u16::from(b'?')) && scanner.peek_at(1) == Some(u16::from(b'#')) => {
                    scanner.at = at;
                    scanner.skip_blank()?;
                    condition_follows = false;
                }
                b'(' => {
                    options.push(scanner.options);
                    if !scanner.take('?') {
                        if !scanner.options.explicit_capture && !condition_follows {
                            numbers.push(next);
                            next += 1;
                        }
                        condition_follows = false;
                        continue;
                    }
                    condition_follows = false;
                    let quote = scanner.peek().and_then(|unit| u8::try_from(unit).ok());
                    if matches!(quote, Some(b'<' | b'\'')) && scanner.peek_at(1).is_some() {
                        scanner.next();
                        match scanner.peek() {
                            Some(unit) if (u16::from(b'1')..=u16::from(b'9')).contains(&unit) => {
                                numbers.push(scanner.decimal()?);
                            }
                            Some(unit) if unit != u16::from(b'0') && class::is_word(unit) => {
                                let name = scanner.name();
                                if !names.contains(&name) {
                                    names.push(name);
                                }
                            }
                            _ => {}
                        }
                    } else {
                        scanner.read_options();
                        match scanner.peek() {
                            Some(CLOSE) => {
                                scanner.next();
                                options.pop();
                            }
                            Some(unit) if unit == u16::from(b'(') => condition_follows = true,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        let mut by_name = HashMap::default();
        for name in names {
            while numbers.contains(&next) {
                next += 1;
            }
            numbers.push(next);
            by_name.insert(name, next);
            next += 1;
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(Groups { numbers, names: by_name })
    }

    /// The number of slots, including the one of the whole match.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The slot of a number.
    pub(super) fn slot(&self, number: u32) -> Option<usize> {
        self.numbers.binary_search(&number).ok()
    }

    /// The slot of a name.
    pub(super) fn slot_of_name(&self, name: &str) -> Option<usize> {
        self.names.get(name).and_then(|number| self.slot(*number))
    }

    /// Whether it is the number of a group with a name.
    pub(super) fn is_number_of_name(&self, name: &str) -> bool {
        !self.names.contains_key(name) && self.names.values().any(|number| number.to_string() == name)
    }

    /// The slot of a name or a number.
    pub(super) fn slot_of_any_name(&self, name: &str) -> Option<usize> {
        let by_number = || name.parse().ok().filter(|number: &u32| number.to_string() == name);
        self.slot_of_name(name).or_else(|| self.slot(by_number()?))
    }
}
