//! Components put together from bytes: for those that are too large to write as text.

/// The first bytes of a component.
pub(crate) const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
/// The first bytes of a core module.
pub(crate) const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A section of a module or a component.
pub(crate) fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id], number(content.len()).as_slice(), content].concat()
}

/// A section that lists `count` items, each of these bytes.
pub(crate) fn list(id: u8, count: usize, item: &[u8]) -> Vec<u8> {
    section(id, &[number(count), item.repeat(count)].concat())
}

/// An unsigned number, as WebAssembly writes it.
pub(crate) fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// How many sections of a component have this id, those of nested components not counted.
pub(crate) fn count(component: &[u8], id: u8) -> usize {
    let mut rest = &component[COMPONENT.len()..];
    let mut found = 0;
    while let Some((first, behind)) = rest.split_first() {
        found += usize::from(*first == id);
        let (size, behind) = read_number(behind);
        rest = &behind[size..];
    }
    found
}

fn read_number(bytes: &[u8]) -> (usize, &[u8]) {
    let end = bytes.iter().position(|it| it & 0x80 == 0).expect("the component was just made") + 1;
    let value = bytes[..end].iter().rev().fold(0, |value, it| value << 7 | usize::from(it & 0x7f));
    (value, &bytes[end..])
}
