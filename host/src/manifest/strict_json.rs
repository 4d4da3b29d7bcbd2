//! JSON that every reader takes for the same.
//!
//! Readers differ in what they make of a duplicate key or a large number. What they could read in two ways is refused
//! here, so that what a person reviews is what the cluster gets.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::Serialize;
use serde_json::Number;

use super::id::Names;
use crate::json;

/// JSON readers that keep every number as a double know whole numbers up to here: 2^53.
const LARGEST: u64 = 1 << 53;
/// Values in one answer; each takes some 100 bytes where a tree is made of them, so 8 MiB of `{}` would become 280 MB.
pub(super) const VALUES: usize = 500_000;

/// Reads a text of which no part can be read in two ways, and writes it into `to` as all JSON of ours is written. Returns what
/// the object is called. No tree is made on the way. `values_left` goes down with each value.
pub(super) fn rewrite(text: &str, values_left: &Cell<usize>, to: &mut Vec<u8>) -> serde_json::Result<Names> {
    to.clear();
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut written = Written { text: to, names: Names::default(), values_left };
    Strict { written: &mut written, place: Place::Root, before: "" }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(written.names)
}

/// What has been read so far.
struct Written<'a> {
    text: &'a mut Vec<u8>,
    names: Names,
    values_left: &'a Cell<usize>,
}

impl Written<'_> {
    fn count<E: Error>(&self) -> Result<(), E> {
        let left = self.values_left.get().checked_sub(1);
        self.values_left
            .set(left.ok_or_else(|| E::custom(format!("more than {VALUES} values in one answer")))?);
        Ok(())
    }

    fn write<E: Error>(&mut self, value: impl Serialize) -> Result<(), E> {
        json::write(&value, self.text).map_err(E::custom)
    }
}

/// Where a value stands, as far as it says what object this is.
#[derive(Clone, Copy)]
enum Place {
    Root,
    Version,
    Kind,
    Metadata,
    Namespace,
    Name,
    Elsewhere,
}

impl Place {
    fn below(self, key: &str) -> Place {
        match (self, key) {
            (Place::Root, "apiVersion") => Place::Version,
            (Place::Root, "kind") => Place::Kind,
            (Place::Root, "metadata") => Place::Metadata,
            (Place::Metadata, "namespace") => Place::Namespace,
            (Place::Metadata, "name") => Place::Name,
            _ => Place::Elsewhere,
        }
    }
}

/// Reads a value as every reader must: `serde_json` alone would keep the last of two equal keys, and make a double of a
/// whole number that is too large.
struct Strict<'a, 'b> {
    written: &'a mut Written<'b>,
    place: Place,
    /// What stands in front of the value: a colon, or a comma.
    before: &'static str,
}

impl<'de> DeserializeSeed<'de> for Strict<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.written.count()?;
        self.written.text.extend(self.before.as_bytes());
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.written.write(())
    }

    fn visit_bool<E: Error>(self, it: bool) -> Result<(), E> {
        self.written.write(it)
    }

    fn visit_i64<E: Error>(self, it: i64) -> Result<(), E> {
        if it.unsigned_abs() > LARGEST { Err(misread(it)) } else { self.written.write(it) }
    }

    fn visit_u64<E: Error>(self, it: u64) -> Result<(), E> {
        if it > LARGEST { Err(misread(it)) } else { self.written.write(it) }
    }

    fn visit_f64<E: Error>(self, it: f64) -> Result<(), E> {
        let number = Number::from_f64(it).filter(|_| it.abs() <= LARGEST as f64);
        self.written.write(number.ok_or_else(|| misread(it))?)
    }

    fn visit_str<E: Error>(self, it: &str) -> Result<(), E> {
        let names = &mut self.written.names;
        match self.place {
            Place::Version => names.version = it.to_owned(),
            Place::Kind => names.kind = it.to_owned(),
            Place::Namespace => names.namespace = Some(it.to_owned()),
            Place::Name => names.name = it.to_owned(),
            Place::Root | Place::Metadata | Place::Elsewhere => {}
        }
        self.written.write(it)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Strict { written, .. } = self;
        let mut before = "";
        written.text.push(b'[');
        while items.next_element_seed(Strict { written, place: Place::Elsewhere, before })?.is_some() {
            before = ",";
        }
        written.text.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Strict { written, place, .. } = self;
        written.names.is_object |= matches!(place, Place::Root);
        let mut seen = BTreeSet::new();
        written.text.push(b'{');
        while let Some(key) = entries.next_key_seed(Key)? {
            if !seen.is_empty() {
                written.text.push(b',');
            }
            written.write(&key)?;
            let place = place.below(&key);
            if matches!(place, Place::Namespace) {
                // Whatever it is, it is there.
                written.names.namespace = Some(String::new());
            }
            if let Some(key) = seen.replace(key) {
                return Err(Error::custom(format!("the key `{key}` is there twice")));
            }
            entries.next_value_seed(Strict { written, place, before: ":" })?;
        }
        written.text.push(b'}');
        Ok(())
    }
}

/// A key, copied only where it is spelt with escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, it: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(it))
    }

    fn visit_str<E: Error>(self, it: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(it.to_owned()))
    }
}

fn misread<E: Error>(number: impl fmt::Display) -> E {
    E::custom(format!("the number {number} is beyond 2^53, where JSON readers differ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        rewrite(text, &Cell::new(VALUES), &mut Vec::new()).unwrap_err().to_string()
    }

    #[test]
    fn what_readers_take_in_two_ways_is_refused() {
        for (rest, reason) in [
            (r#""a":1,"a":1"#, "the key `a` is there twice"),
            (r#""a":{"b":{"c":1,"c":2}}"#, "the key `c` is there twice"),
            (r#""a":100000000000000000000"#, "beyond 2^53"),
            (r#""a":9007199254740993"#, "beyond 2^53"),
            (r#""a":-9007199254740993"#, "beyond 2^53"),
            (r#""a":1e400"#, "out of range"),
            (r#""a":NaN"#, "expected value"),
            (r#""a":"\ud800""#, "hex escape"),
            (r#"} {"#, "trailing characters"),
        ] {
            let error = refusal(&format!("{{{rest}}}"));
            assert!(error.contains(reason), "{rest}: {error}");
        }
    }

    #[test]
    fn depth_and_number_of_values_are_bounded() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(refusal(&deep).contains("recursion limit"));
        let wide = format!("[{}0]", "0,".repeat(VALUES));
        assert!(refusal(&wide).contains("more than 500000 values"));
    }
}
