//! TOML as a tree whose every node knows where it was written.
//!
//! Files are merged as trees, so after any number of merges a value still points at its own line, in its own file.

use litemap::LiteMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::contract::{Problem, Span};
use crate::problem;

/// Tables, sorted by key.
pub(crate) type Table = LiteMap<String, Node>;

/// A value and its places.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    /// The value's own place; none if a parameter gave it.
    pub(crate) at: Option<Span>,
    /// The place of its key; for a table, of its header.
    pub(crate) key: Option<Span>,
}

/// What TOML can say.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Datetime,
    Array(Vec<Node>),
    Table(Table),
    /// A parameter's text, whose type is the one that its key asks for.
    Untyped(String),
    /// Where a faulty item of an array was, so that those after it keep their numbers.
    Gone,
}

impl Node {
    /// An empty table that nobody wrote.
    pub(crate) fn empty() -> Node {
        Node { value: Value::Table(Table::new()), at: None, key: None }
    }

    /// The table, if it is one.
    pub(crate) fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Untyped(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is an array without items.
    pub(crate) fn is_empty_array(&self) -> bool {
        matches!(&self.value, Value::Array(items) if items.is_empty())
    }

    /// The entry of a table.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.table()?.get(key)
    }

    /// The node at a dotted key of bare names.
    pub(crate) fn find(&self, dotted: &str) -> Option<&Node> {
        dotted.split('.').try_fold(self, |node, key| node.get(key))
    }

    /// Moves an entry of another table into this one.
    pub(crate) fn take_from(&mut self, other: &mut Node, key: &str) {
        if let (Value::Table(table), Some(node)) = (&mut self.value, other.remove(&[key])) {
            table.insert(key.to_owned(), node);
        }
    }

    /// Takes the node at a path of keys out of the tree.
    pub(crate) fn remove<S: AsRef<str>>(&mut self, path: &[S]) -> Option<Node> {
        let (key, rest) = path.split_first()?;
        let Value::Table(table) = &mut self.value else { return None };
        if rest.is_empty() { table.remove(key.as_ref()) } else { table.get_mut(key.as_ref())?.remove(rest) }
    }

    /// Takes the node at a path of keys and of numbers of items out of the tree; tells whether it was there.
    pub(crate) fn take_out(&mut self, path: &[String]) -> bool {
        let Some((key, rest)) = path.split_first() else { return false };
        let below = match &mut self.value {
            Value::Table(table) if rest.is_empty() => return table.remove(key).is_some(),
            Value::Table(table) => table.get_mut(key),
            Value::Array(items) => key.parse().ok().and_then(|it: usize| items.get_mut(it)),
            _ => None,
        };
        let Some(below) = below else { return false };
        if !rest.is_empty() {
            return below.take_out(rest);
        }
        below.value = Value::Gone;
        true
    }

    /// The place to point at when the node as a whole is meant: a table's header, any other value itself.
    pub(crate) fn place(&self) -> Option<Span> {
        if self.table().is_some() { self.key.or(self.at) } else { self.at.or(self.key) }
    }

    /// What the value is, for a message.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) | Value::Untyped(_) => "a string",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a fraction",
            Value::Boolean(_) => "true or false",
            Value::Datetime => "a date or time",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
            Value::Gone => "nothing",
        }
    }
}

/// The most values of one file. Forty lines hold some hundred, and whatever is wrong is looked for again after each fault.
const N_VALUES: usize = 5000;

/// Parses a file, or says all that is wrong with its TOML.
pub(crate) fn parse(file: u32, text: &str) -> Result<Node, Vec<Problem>> {
    let start = Span { file, start: 0, end: 0 };
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|it| syntax(it.message()).at(Some(it.span().map_or(start, |it| span(file, it)))))
        .collect();
    let n_values = count(document.get_ref());
    if n_values > N_VALUES {
        let message = format!("the file holds {n_values} values; at most {N_VALUES} are read");
        let problem = Problem::error("SG002", message).at(Some(start));
        return Err(vec![problem.help("take out what does not belong there")]);
    }
    let root = Node { value: table(file, document.get_ref(), &mut problems), at: Some(start), key: None };
    if problems.is_empty() { Ok(root) } else { Err(as_people_read(problems)) }
}

/// Says it in the words of people who write TOML, where the parser speaks of itself.
fn syntax(message: &str) -> Problem {
    if message.contains("recurs") {
        return Problem::error("SG010", NESTING).help("write fewer tables and arrays inside of each other");
    }
    let problem = Problem::error("SG010", format!("this is not TOML: {}", message.replace('\n', ", ")));
    match message {
        "duplicate key" => problem.help("a key and a table's header stand once in a file: put both together"),
        _ => problem,
    }
}

const NESTING: &str = "this is nested too deeply to be read";

/// In the order of the file. What is nested too deeply makes the parser stumble over each level, and over all that follows.
fn as_people_read(mut problems: Vec<Problem>) -> Vec<Problem> {
    problem::sort(&mut problems);
    if let Some(nesting) = problems.iter().position(|it| it.message == NESTING) {
        problems.truncate(nesting + 1);
    }
    problems
}

fn count(table: &DeTable<'_>) -> usize {
    fn of(value: &DeValue<'_>) -> usize {
        match value {
            DeValue::Array(items) => 1 + items.iter().map(|it| of(it.get_ref())).sum::<usize>(),
            DeValue::Table(table) => 1 + count(table),
            _ => 1,
        }
    }
    table.values().map(|it| of(it.get_ref())).sum()
}

fn span(file: u32, range: std::ops::Range<usize>) -> Span {
    Span { file, start: offset(range.start), end: offset(range.end) }
}

/// The host reads no file of 4 GiB, so an offset always fits; the largest one stands for what cannot be.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn table(file: u32, it: &DeTable<'_>, problems: &mut Vec<Problem>) -> Value {
    let entries = it.iter().map(|(key, value)| {
        let mut node = node(file, value, problems);
        node.key = Some(span(file, key.span()));
        (key.get_ref().to_string(), node)
    });
    Value::Table(entries.collect())
}

fn node(file: u32, it: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Node {
    let at = span(file, it.span());
    let value = match it.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(digits) => {
            let whole = i64::from_str_radix(digits.as_str(), digits.radix()).ok();
            Value::Integer(number(whole, "a whole number of 64 bits", at, problems))
        }
        DeValue::Float(digits) => {
            let finite = digits.as_str().parse().ok().filter(|it: &f64| it.is_finite());
            Value::Float(number(finite, "a finite number", at, problems))
        }
        DeValue::Boolean(it) => Value::Boolean(*it),
        DeValue::Datetime(_) => Value::Datetime,
        DeValue::Array(items) => Value::Array(items.iter().map(|it| node(file, it, problems)).collect()),
        DeValue::Table(it) => table(file, it, problems),
    };
    Node { value, at: Some(at), key: None }
}

fn number<T: Default>(parsed: Option<T>, expected: &str, at: Span, problems: &mut Vec<Problem>) -> T {
    parsed.unwrap_or_else(|| {
        let message = format!("this number cannot be used; expected {expected}");
        problems.push(Problem::error("SG010", message).at(Some(at)));
        T::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_place() {
        let text = "a = 1\n[b]\nc = \"x\"\n";
        let root = parse(3, text).unwrap();
        let at = root.find("b.c").unwrap().at.unwrap();
        assert_eq!((at.file, &text[at.start as usize..at.end as usize]), (3, "\"x\""));
        let header = root.get("b").unwrap().place().unwrap();
        assert_eq!(&text[header.start as usize..header.end as usize], "b");
    }

    #[test]
    fn numbers_that_json_cannot_carry_are_refused() {
        for text in ["a = nan", "a = inf", "a = 1e999", "a = 9223372036854775808"] {
            assert_eq!(parse(0, text).unwrap_err()[0].code, "SG010", "{text}");
        }
    }

    #[test]
    fn nesting_without_end_is_a_problem_and_no_crash() {
        let text = format!("a = {}", "[".repeat(100_000));
        assert_eq!(parse(0, &text).unwrap_err()[0].message, NESTING);
    }

    #[test]
    fn values_without_end_are_one_problem() {
        let text =
            "a.b = 1\n".to_owned() + &(0..N_VALUES).map(|it| format!("x{it} = 1\n")).collect::<String>();
        let problems = parse(0, &text).unwrap_err();
        assert_eq!((problems.len(), problems[0].code), (1, "SG002"));
    }
}
