//! Which flags belong to a key of the spec or to nobody, and from which keys a flag comes, for those who ask why it is there.

use std::collections::BTreeSet;

use super::{Flags, belongs_in_file};
use crate::catalog::flags as table;
use crate::spec::Spec;

/// Flags that a key of the spec decides.
pub(super) const OWNED: &[(&str, &str)] = &[
    ("admin-api-key", "secrets.admin-key"),
    ("api-key", "secrets.api-key"),
    ("attn-dp-size", "parallel.attn-dp"),
    ("chat-template", "model.chat-template"),
    ("context-length", "model.context"),
    ("dp-size", "parallel.dp"),
    ("dtype", "model.dtype"),
    ("enable-dp-attention", "parallel.attn-dp"),
    ("enable-lora", "model.lora"),
    ("ep-size", "parallel.ep"),
    ("kv-cache-dtype", "model.kv-dtype"),
    ("lora-paths", "model.lora"),
    ("model-path", "model.id"),
    ("port", "port"),
    ("pp-size", "parallel.pp"),
    ("quantization", "model.quantization"),
    ("reasoning-parser", "model.reasoning-parser"),
    ("revision", "model.revision"),
    ("served-model-name", "model.served-name"),
    ("tool-call-parser", "model.tool-call-parser"),
    ("tp-size", "parallel.tp"),
    ("trust-remote-code", "model.trust-remote-code"),
];

/// Flags that would break what is built around the server.
pub(super) const RESERVED: &[(&str, &str)] = &[
    ("base-gpu-id", ACCELERATORS),
    ("config", "the flags of this spec are that file"),
    ("dist-init-addr", "a replica is one pod on one node"),
    ("enable-ssl-refresh", TLS),
    ("gpu-id-step", ACCELERATORS),
    ("grpc-mode", GRPC),
    ("host", "the server listens on all addresses of its pod, or no probe would reach it"),
    ("nnodes", "a replica is one pod on one node"),
    ("node-rank", "a replica is one pod on one node"),
    ("smg-grpc-mode", GRPC),
    ("ssl-ca-certs", TLS),
    ("ssl-certfile", TLS),
    ("ssl-keyfile", TLS),
    ("ssl-keyfile-password", TLS),
];
const ACCELERATORS: &str = "a pod sees the accelerators that it was given, counted from 0, and uses them all";
const GRPC: &str = "probes, metrics and routes speak HTTP to the server's port";
const TLS: &str = "probes, metrics and routes speak plain HTTP to the server; TLS ends at `expose`";

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

/// The key of a spec that decides a flag.
pub(super) fn key_of(flag: &str) -> String {
    OWNED
        .iter()
        .find(|(name, _)| *name == flag)
        .map_or_else(|| format!("flags.{flag}"), |(_, key)| (*key).to_owned())
}

/// How a key is written: "`tp = …` in `[parallel]`". Flags stand beside the one that is wrong.
pub(super) fn line(key: &str) -> String {
    match key.rsplit_once('.') {
        Some(("flags", name)) => format!("`{name} = …`"),
        Some((table, name)) => format!("`{name} = …` in `[{table}]`"),
        None => format!("`{key} = …` at the top"),
    }
}
