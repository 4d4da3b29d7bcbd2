//! One run of bytes, cut into the parts that a target asks for.

/// Stands in no UTF-8, so that no text has to do without a character.
pub(crate) const SEPARATOR: u8 = 0xff;

/// The parts, of which the first is always there.
pub(crate) fn texts(bytes: &[u8]) -> Vec<String> {
    bytes.split(|it| *it == SEPARATOR).map(|it| String::from_utf8_lossy(it).into_owned()).collect()
}
