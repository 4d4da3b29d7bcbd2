//! Which keys of the spec a flag comes from, for those who ask why it is there.

use std::collections::BTreeSet;

use super::{Flags, OWNED, belongs_in_file};
use crate::catalog::flags as table;
use crate::spec::Spec;

/// Keys from which a flag follows beside the one that decides it.
const IMPLIED: &[(&str, &str)] = &[
    ("load-format", "model.source"),
    ("model-path", "model.source"),
    ("served-model-name", "model.id"),
    ("tp-size", "gpu.count"),
];

impl Flags {
    /// The keys of the spec that decide a flag, whatever name the team has written it by.
    pub(crate) fn keys_of(&self, flag: &str, spec: &Spec) -> Vec<String> {
        let decided = OWNED.iter().chain(IMPLIED).filter(|(name, _)| *name == flag);
        let canonical = |name: &str| table::lookup(name).map_or(flag, |it| it.canonical);
        let is_meant =
            |name: &str| name == flag || table::lookup(name).is_some() && canonical(name) == canonical(flag);
        let written = spec.flags.keys().filter(|name| is_meant(name)).map(|name| format!("flags.{name}"));
        decided.map(|(_, key)| (*key).to_owned()).chain(written).collect()
    }

    /// The keys of the spec that the configuration file says.
    pub(crate) fn keys_of_file(&self, spec: &Spec) -> Vec<String> {
        let flags = self.all.keys().filter(|name| belongs_in_file(name));
        let keys: BTreeSet<String> = flags.flat_map(|it| self.keys_of(it, spec)).collect();
        keys.into_iter().collect()
    }
}
