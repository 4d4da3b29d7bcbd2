//! From a tree to typed values: a serde deserializer whose errors know the key and the place.
//!
//! Serde stops at the first error. So a faulty node is reported, taken out, and the rest is read again, until nothing
//! is left to report; a spec without faults is read once.

mod fault;
mod number;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, Unexpected, Visitor};

use crate::contract::Problem;
use crate::problem::{AT_ONCE, one_of};
use crate::tree::{self, Node, Table, Value};
use fault::{Fault, Kind, shown};

/// What could be read, and everything that could not.
pub(crate) struct Reading<T> {
    /// The values without the faulty ones; none if the root itself is faulty.
    pub(crate) value: Option<T>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads a whole tree, around its faults.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(tree: &Node) -> Reading<T> {
    match T::deserialize(tree) {
        Ok(value) => Reading { value: Some(value), problems: Vec::new() },
        Err(fault) => read_around(tree.clone(), fault),
    }
}

// Apart, so that a spec without faults needs no room on the stack for all this.
#[cold]
#[inline(never)]
fn read_around<T: for<'de> Deserialize<'de>>(mut tree: Node, mut fault: Fault) -> Reading<T> {
    let mut problems = Vec::new();
    let mut taken: Vec<Vec<String>> = Vec::new();
    loop {
        let path: Vec<String> = fault.path.iter().rev().cloned().collect();
        // A key that was taken out is missing for no fault of its own.
        if !fault.misses_one_of(&path, &taken) {
            problems.push(fault.into_problem(&path));
        }
        // A fault of the root itself (it is no table, or lacks a key) leaves nothing to take out.
        if problems.len() > AT_ONCE || !tree.take_out(&path) {
            return Reading { value: None, problems };
        }
        match T::deserialize(&tree) {
            Ok(value) => return Reading { value: Some(value), problems },
            Err(next) => fault = next,
        }
        taken.push(path);
    }
}

impl Node {
    fn mismatch(&self, expected: &str) -> Fault {
        Fault {
            at: Some(self.place()),
            ..Fault::new(Kind::Type {
                expected: expected.into(),
                found: self.kind(),
                text: self.text().map(str::to_owned),
            })
        }
    }

    fn integer(&self) -> Result<i64, Fault> {
        match &self.value {
            Value::Integer(it) => Ok(*it),
            Value::Untyped(text) => text.parse().map_err(|_| self.misread(text, "a whole number")),
            _ => Err(self.mismatch("a whole number")),
        }
    }

    fn misread(&self, text: &str, expected: &str) -> Fault {
        Fault::new(Kind::Value { expected: expected.into(), found: shown(Unexpected::Str(text)) })
    }
}

macro_rules! integers {
    ($($method:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.visit_i64(self.integer()?)
        })*
    };
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::Text(text) => visitor.visit_str(text),
            Value::Integer(it) => visitor.visit_i64(*it),
            Value::Float(it) => visitor.visit_f64(*it),
            Value::Boolean(it) => visitor.visit_bool(*it),
            Value::Datetime => Err(self.mismatch("a string, a number, true or false, an array or a table")),
            Value::Gone => visitor.visit_unit(),
            Value::Array(items) => visitor.visit_seq(Items { items, next: 0 }),
            Value::Table(table) => visitor.visit_map(Entries::new(table)),
            Value::Untyped(text) => untyped(text, visitor),
        }
    }

    integers!(
        deserialize_i8,
        deserialize_i16,
        deserialize_i32,
        deserialize_i64,
        deserialize_u8,
        deserialize_u16,
        deserialize_u32,
        deserialize_u64
    );

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::Boolean(it) => visitor.visit_bool(*it),
            Value::Untyped(text) => {
                visitor.visit_bool(text.parse().map_err(|_| self.misread(text, "`true` or `false`"))?)
            }
            _ => Err(self.mismatch("`true` or `false`")),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::Float(it) => visitor.visit_f64(*it),
            Value::Untyped(text) => {
                let finite = text.parse().ok().filter(|it: &f64| it.is_finite());
                visitor.visit_f64(finite.ok_or_else(|| self.misread(text, "a number"))?)
            }
            _ => self.integer().map_err(|_| self.mismatch("a number")).and_then(|it| visitor.visit_i64(it)),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(self.text().ok_or_else(|| self.mismatch("a string"))?)
    }

    /// Asked for by what prefers a text and takes other values as well; a parameter's text is then not looked into.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.text() {
            Some(text) => visitor.visit_str(text),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::Array(items) => visitor.visit_seq(Items { items, next: 0 }),
            _ => Err(self.mismatch("an array")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(Entries::new(self.table().ok_or_else(|| self.mismatch("a table"))?))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let text = self.text().ok_or_else(|| self.mismatch(&one_of(variants.iter().copied())))?;
        visitor.visit_enum(text.into_deserializer())
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct ignored_any
    }
}

/// A parameter's text where the grammar takes values of any type: the scalar that TOML would read, else the text itself.
fn untyped<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Fault> {
    let parsed = tree::parse(0, &format!("v = {text}")).ok().filter(|_| !text.contains(['\n', '#']));
    match parsed.as_ref().and_then(|it| it.get("v")).map(|it| &it.value) {
        Some(Value::Boolean(it)) => visitor.visit_bool(*it),
        Some(Value::Integer(it)) => visitor.visit_i64(*it),
        Some(Value::Float(it)) => visitor.visit_f64(*it),
        Some(Value::Text(quoted)) => visitor.visit_str(quoted),
        _ => visitor.visit_str(text),
    }
}

struct Items<'de> {
    items: &'de [Node],
    next: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let next = self.items.iter().enumerate().skip(self.next);
        let Some((index, node)) = next.into_iter().find(|(_, it)| !matches!(it.value, Value::Gone)) else {
            return Ok(None);
        };
        self.next = index + 1;
        seed.deserialize(node).map(Some).map_err(|it| it.below(&index.to_string(), node.place()))
    }
}

struct Entries<'de> {
    entries: <&'de Table as IntoIterator>::IntoIter,
    current: Option<(&'de str, &'de Node)>,
}

impl<'de> Entries<'de> {
    fn new(table: &'de Table) -> Entries<'de> {
        Entries { entries: table.iter(), current: None }
    }
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, node)) = self.entries.next() else { return Ok(None) };
        self.current = Some((key, node));
        let text: BorrowedStrDeserializer<'_, Fault> = BorrowedStrDeserializer::new(key);
        seed.deserialize(text).map(Some).map_err(|it| it.below(key, node.key))
    }

    // One inside of the other, the readers of all tables made one function of half a megabyte.
    #[inline(never)]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, node) = self.current.expect("serde asks for a key before its value");
        seed.deserialize(node).map_err(|it| it.below(key, node.place()))
    }
}
