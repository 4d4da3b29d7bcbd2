//! Paths and pointers, which are read by their parts: `/data` is not above `/database`.

/// Whether a path is another one, or leads to something below it.
pub(crate) fn is_within(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
