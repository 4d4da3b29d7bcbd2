//! Any bytes as a component: looked over, and never compiled here. A compiler is not asked by a fuzzer; it has a process of
//! its own.

use std::sync::LazyLock;

use cmp_host::guest::{Binary, Engine};
use cmp_host::render;

use super::shown;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().expect("there is an engine"));

pub(crate) fn look(bytes: &[u8]) {
    match Binary::of(bytes.to_vec()).outline(&ENGINE) {
        Ok(outline) => {
            assert!(outline.world().is_none_or(|it| outline.exports.iter().any(|export| export == it)))
        }
        Err(failure) => {
            let text = render::failure(&failure);
            assert!(text.len() < 4 << 10, "{text}");
            shown::require_harmless(&text);
        }
    }
}
