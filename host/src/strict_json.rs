//! JSON that every reader takes for the same.
//!
//! Readers differ in what they make of a duplicate key or a large number. What they could read in two ways is refused
//! here, so that what a person reviews is what the cluster gets.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

/// JSON readers that keep every number as a double know whole numbers up to here: 2^53.
const LARGEST: u64 = 1 << 53;
/// Values in one answer; each takes some 100 bytes once it is parsed, so 8 MiB of `{}` would become 280 MB.
pub(crate) const VALUES: usize = 500_000;

/// Parses a text of which no part can be read in two ways. `values_left` goes down with each value.
pub(crate) fn parse(text: &str, values_left: &Cell<usize>) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { values_left }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Reads a value as every reader must: `serde_json` alone would keep the last of two equal keys, and make a double of a
/// whole number that is too large.
#[derive(Clone, Copy)]
struct Strict<'a> {
    values_left: &'a Cell<usize>,
}

impl Strict<'_> {
    fn count<E: Error>(self) -> Result<(), E> {
        let left = self.values_left.get().checked_sub(1);
        self.values_left
            .set(left.ok_or_else(|| E::custom(format!("more than {VALUES} values in one answer")))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, it: bool) -> Result<Value, E> {
        Ok(Value::Bool(it))
    }

    fn visit_i64<E: Error>(self, it: i64) -> Result<Value, E> {
        if it.unsigned_abs() > LARGEST { Err(misread(it)) } else { Ok(it.into()) }
    }

    fn visit_u64<E: Error>(self, it: u64) -> Result<Value, E> {
        if it > LARGEST { Err(misread(it)) } else { Ok(it.into()) }
    }

    fn visit_f64<E: Error>(self, it: f64) -> Result<Value, E> {
        let number = Number::from_f64(it).filter(|_| it.abs() <= LARGEST as f64);
        number.map(Value::Number).ok_or_else(|| misread(it))
    }

    fn visit_str<E: Error>(self, it: &str) -> Result<Value, E> {
        Ok(Value::String(it.to_owned()))
    }

    fn visit_string<E: Error>(self, it: String) -> Result<Value, E> {
        Ok(Value::String(it))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            match map.entry(key) {
                Entry::Vacant(entry) => entry.insert(entries.next_value_seed(self)?),
                Entry::Occupied(entry) => {
                    return Err(Error::custom(format!("the key `{}` is there twice", entry.key())));
                }
            };
        }
        Ok(Value::Object(map))
    }
}

fn misread<E: Error>(number: impl fmt::Display) -> E {
    E::custom(format!("the number {number} is beyond 2^53, where JSON readers differ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        parse(text, &Cell::new(VALUES)).unwrap_err().to_string()
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
