//! Typed objects as JSON, letter for letter as serde_json writes them.
//!
//! serde_json looks at a string one byte at a time: in the sandbox that took a sixth of an expansion. Here strings are
//! looked at by words; those in which something has to be escaped, which are few, and numbers are left to serde_json.

use serde::Serialize;
use serde::ser::{Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use serde_json::Error;

use crate::words;

/// Bytes that nearly all manifests fit into.
const ROOM: usize = 4 << 10;

/// The JSON of a typed value.
pub(super) fn text(value: &(impl Serialize + ?Sized)) -> Result<String, Error> {
    let mut writer = Writer(String::with_capacity(ROOM));
    value.serialize(&mut writer)?;
    // The next one is written into the same room.
    writer.0.shrink_to_fit();
    Ok(writer.0)
}

/// What is written so far.
struct Writer(String);

impl Writer {
    // Put into the road of a plain string, its loops would have registers saved and restored for each.
    #[inline(never)]
    fn by_serde_json(&mut self, it: impl Serialize) -> Result<(), Error> {
        self.0.push_str(&serde_json::to_string(&it)?);
        Ok(())
    }

    /// Writes what has nothing to escape, between a quote and whatever else stands there.
    #[inline(always)]
    fn quote(&mut self, before: &str, plain: &str, after: &str) {
        self.0.push_str(before);
        self.0.push_str(plain);
        self.0.push_str(after);
    }

    fn open(&mut self, bracket: char, closing: char) -> Result<Items<'_>, Error> {
        self.0.push(bracket);
        Ok(Items { writer: self, closing, is_first: true })
    }
}

/// Whether serde_json writes it as it is.
fn is_plain(text: &str) -> bool {
    let is_escaped = |it| words::has_less(it, b' ') | words::has(it, b'"') | words::has(it, b'\\');
    !words::any(text.as_bytes(), is_escaped)
}

/// A scalar that serde_json writes.
macro_rules! by_serde_json {
    ($($method:ident($type:ty))*) => {
        $(fn $method(self, it: $type) -> Result<(), Error> {
            self.by_serde_json(it)
        })*
    };
}

/// A shape of data that no object has.
macro_rules! in_no_object {
    ($($method:ident($($type:ty),*) -> $result:ty;)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<$result, Error> {
            Err(Error::custom(concat!("no object calls ", stringify!($method))))
        })*
    };
}

type Never = Impossible<(), Error>;

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Items<'a>;
    type SerializeStruct = Items<'a>;
    type SerializeStructVariant = Never;

    fn serialize_str(self, it: &str) -> Result<(), Error> {
        if !is_plain(it) {
            return self.by_serde_json(it);
        }
        self.quote("\"", it, "\"");
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, it: &T) -> Result<(), Error> {
        it.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.by_serde_json(())
    }

    fn serialize_unit_variant(self, _: &str, _: u32, variant: &str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &str, it: &T) -> Result<(), Error> {
        it.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &str,
        _: u32,
        variant: &str,
        it: &T,
    ) -> Result<(), Error> {
        let mut items = self.open('{', '}')?;
        items.serialize_entry(variant, it)?;
        SerializeMap::end(items)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        self.open('[', ']')
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        self.open('{', '}')
    }

    fn serialize_struct(self, _: &str, _: usize) -> Result<Items<'a>, Error> {
        self.open('{', '}')
    }

    by_serde_json! {
        serialize_bool(bool)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_f32(f32) serialize_f64(f64)
        serialize_char(char)
    }

    in_no_object! {
        serialize_bytes(&[u8]) -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

/// What stands between two brackets.
struct Items<'a> {
    writer: &'a mut Writer,
    closing: char,
    is_first: bool,
}

impl Items<'_> {
    fn separate(&mut self) {
        if !std::mem::take(&mut self.is_first) {
            self.writer.0.push(',');
        }
    }

    /// Writes the name of a field, which is ours, so that nothing is to be escaped.
    // In each of the many types of a field's value, it would be so much code to touch.
    #[inline(never)]
    fn name(&mut self, name: &str) {
        debug_assert!(is_plain(name), "{name}");
        if std::mem::take(&mut self.is_first) {
            self.writer.quote("\"", name, "\":");
        } else {
            self.writer.quote(",\"", name, "\":");
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.separate();
        it.serialize(&mut *self.writer)
    }

    fn value<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.writer.0.push(':');
        it.serialize(&mut *self.writer)
    }

    fn close(self) -> Result<(), Error> {
        self.writer.0.push(self.closing);
        Ok(())
    }
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.item(it)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeMap for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.item(it)?;
        // A number is no key in JSON; no object has one.
        assert!(self.writer.0.ends_with('"'), "a key is a text");
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.value(it)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeStruct for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, it: &T) -> Result<(), Error> {
        self.name(key);
        it.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn same(value: &impl Serialize) {
        assert_eq!(text(value).unwrap(), serde_json::to_string(value).unwrap());
    }

    #[test]
    fn each_string_is_what_serde_json_writes() {
        for length in 1..=20 {
            for place in 0..length {
                for it in ('\0'..='\u{ff}').chain(['\u{2028}', '😀']) {
                    let text: String = (0..length).map(|at| if at == place { it } else { 'a' }).collect();
                    same(&text);
                }
            }
        }
        same(&"");
    }

    #[derive(Serialize)]
    struct Shapes<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        skipped: Option<bool>,
        none: Option<bool>,
        some: Option<&'a str>,
        #[serde(flatten)]
        variant: Variant,
        unit: Variant,
        newtype: Variant,
        either: Vec<Either>,
        map: BTreeMap<&'a str, f64>,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Variant {
        UnitOne,
        NewOne(u8),
    }

    #[derive(Serialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(char),
    }

    #[test]
    fn each_shape_is_what_serde_json_writes() {
        let shapes = Shapes {
            skipped: None,
            none: None,
            some: Some("a\"b"),
            variant: Variant::NewOne(1),
            unit: Variant::UnitOne,
            newtype: Variant::NewOne(255),
            either: vec![Either::Number(-1), Either::Text('\n')],
            map: BTreeMap::from([("", 0.1), ("x\u{1f}", f64::NAN), ("large", 1e300)]),
        };
        same(&shapes);
        same(&vec![shapes.map, BTreeMap::new()]);
        same(&serde_json::json!({ "tree": [1, 2.5, true, null, { "": [[], {}] }], "max": u64::MAX }));
    }

    #[test]
    fn a_shape_that_no_object_has_is_refused() {
        let error = text(&("a", 1)).unwrap_err();
        assert_eq!(error.to_string(), "no object calls serialize_tuple");
    }
}
