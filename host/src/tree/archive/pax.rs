//! The records of a PAX header, as Go's `archive/tar` reads them. It takes more than the standard: a sign before a length,
//! names that are not UTF-8, values that no entry can have as long as they are empty.

/// What the records say of the next entry. Only the last record of a key counts.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<i64>,
}

/// The keys whose values are read, or checked as Go checks them.
const KEYS: [&[u8]; 8] = [b"path", b"linkpath", b"size", b"uid", b"gid", b"atime", b"mtime", b"ctime"];
/// Keys with a meaning that this reader does not have: files with holes.
const SPARSE: &[u8] = b"GNU.sparse.";

impl Records {
    /// Reads and checks all records, those too that say nothing about content.
    pub(super) fn read(mut text: &[u8]) -> Result<Records, &'static str> {
        let mut values = [b"".as_slice(); KEYS.len()];
        while !text.is_empty() {
            let (key, value, rest) = record(text).ok_or("a PAX record is malformed")?;
            if key.starts_with(SPARSE) {
                return Err("it holds a file with holes");
            }
            if let Some(index) = KEYS.iter().position(|it| *it == key) {
                values[index] = value;
            }
            text = rest;
        }
        Records::of(values).ok_or("a PAX record holds no number where there should be one")
    }

    /// What is empty leaves the header's own field in force.
    fn of(values: [&[u8]; KEYS.len()]) -> Option<Records> {
        let [path, link, size, uid, gid, times @ ..] = values.map(|it| (!it.is_empty()).then_some(it));
        let are_numbers = [uid, gid].into_iter().flatten().all(|it| integer(it).is_some());
        if !are_numbers || !times.into_iter().flatten().all(is_time) {
            return None;
        }
        let size = match size {
            Some(text) => Some(integer(text)?),
            None => None,
        };
        Some(Records { path: path.map(<[u8]>::to_vec), link: link.map(<[u8]>::to_vec), size })
    }
}

/// A record's key and value, and what follows it: `LENGTH KEY=VALUE\n`, where the length is that of the whole record.
fn record(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = text.iter().position(|it| *it == b' ')?;
    let length = usize::try_from(integer(&text[..space])?).ok()?;
    if length < 5 || length > text.len() || length <= space + 1 {
        return None;
    }
    let (record, rest) = text.split_at(length);
    let record = record[space + 1..].strip_suffix(b"\n")?;
    let equals = record.iter().position(|it| *it == b'=')?;
    let (key, value) = (&record[..equals], &record[equals + 1..]);
    is_valid(key, value).then_some((key, value, rest))
}

/// Names may not hold a NUL; of all other records, only the key may not.
fn is_valid(key: &[u8], value: &[u8]) -> bool {
    let checked = match key {
        b"path" | b"linkpath" | b"uname" | b"gname" => value,
        _ => key,
    };
    !key.is_empty() && !checked.contains(&0)
}

/// In decimal, perhaps with a sign.
fn integer(text: &[u8]) -> Option<i64> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// Seconds, and perhaps a fraction of any length.
fn is_time(text: &[u8]) -> bool {
    let mut parts = text.splitn(2, |it| *it == b'.');
    let seconds = parts.next().and_then(integer);
    seconds.is_some() && parts.next().is_none_or(|it| it.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_record_of_a_key_counts() {
        let records = Records::read(b"9 path=a\n11 size=12\n9 path=b\n").unwrap();
        assert_eq!(records.path.as_deref(), Some(b"b".as_slice()));
        assert_eq!(records.size, Some(12));
        let records = Records::read(b"9 path=a\n8 path=\n").unwrap();
        assert_eq!(records.path, None);
    }

    #[test]
    fn lengths_must_be_true() {
        for text in
            ["8 path=a\n", "11 path=a\n", "9 path=a", "path=a\n", "-9 path=a\n", "9path=a\n", "7 =abc\n"]
        {
            assert!(Records::read(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(Records::read(b"+11 path=a\n").is_ok());
    }

    #[test]
    fn values_are_checked_where_go_checks_them() {
        for text in ["9 size=x\n", "9 uid=1x\n", "13 mtime=1.x\n", "11 path=\0a\n", "22 GNU.sparse.major=1\n"]
        {
            assert!(Records::read(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(Records::read(b"15 mtime=-1.25\n").is_ok());
        assert!(Records::read(b"13 comment=\0\n").is_ok());
    }
}
