//! What runs: flags, variables, resources, probes, and containers beside the server.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Port;
use super::units::{
    Argument, DataKey, ImageReference, LabelKey, LabelValue, ObjectName, PortName, Quantity, VariableName,
};

/// What stands on the pods alone.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pod {
    /// Labels of the pods; never part of a selector.
    pub labels: BTreeMap<LabelKey, LabelValue>,
    /// Annotations of the pods.
    pub annotations: BTreeMap<LabelKey, String>,
}

/// A value of any type: of a flag, or inside of a patch.
#[derive(Clone, Debug, PartialEq)]
pub struct FlagValue(pub Value);

/// An environment variable: a text, or a key of a Secret.
#[derive(Clone, Debug)]
pub enum Variable {
    /// The value itself.
    Text(String),
    /// The key of an existing Secret.
    Secret {
        /// The Secret.
        secret: ObjectName,
        /// Its key.
        key: DataKey,
    },
}

/// What one server asks of its node.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resources {
    /// Cores that are asked for; there is never a limit, which would only throttle. Default: 4 per accelerator.
    pub cpu: Option<Quantity>,
    /// Memory, asked for and the limit. Default: derived from the weights.
    pub memory: Option<Quantity>,
    /// Shared memory (`/dev/shm`), which counts as memory. Default: 8Gi per accelerator, 64Gi at most.
    pub shm: Option<Quantity>,
    /// The node's disk for logs and temporary files. Default: `20Gi`, and the weights where no cache keeps them.
    pub ephemeral: Option<Quantity>,
}

/// How long a start and a farewell may take.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Probes {
    /// How long a server may take to become ready, at most a week. Default: derived from the weights and from where they
    /// come.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 10_080)))]
    pub startup_minutes: Option<u32>,
    /// How long a server that stops may finish its answers, at most a week. Default: `300`.
    #[cfg_attr(feature = "schema", schemars(range(max = 604_800)))]
    pub drain_seconds: Option<u32>,
}

/// How many replicas a drained node may take at once.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Disruption {
    /// A number, or a share such as `"25%"`. Default: `1`, for two replicas or more.
    pub max_unavailable: Option<MaxUnavailable>,
}

/// A number of pods, or a share of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaxUnavailable {
    /// So many pods.
    Count(u32),
    /// So many in a hundred: `"25%"`.
    Share(String),
}

/// A container beside the server.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sidecar {
    /// The whole reference, with a tag that never moves or a digest.
    pub image: Option<ImageReference>,
    /// Its arguments.
    pub args: Vec<Argument>,
    /// Its ports by name; each also becomes a port of the Service.
    pub ports: BTreeMap<PortName, Port>,
    /// Its environment variables.
    pub env: BTreeMap<VariableName, Variable>,
    /// What it asks of the node.
    pub resources: SidecarResources,
}

/// What a sidecar asks of the node.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SidecarResources {
    /// Cores that are asked for. Default: `100m`.
    pub cpu: Option<Quantity>,
    /// Memory, asked for and the limit. Default: `256Mi`.
    pub memory: Option<Quantity>,
}

impl<'de> Deserialize<'de> for FlagValue {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<FlagValue, D::Error> {
        deserializer.deserialize_any(AnyValue).map(FlagValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, it: bool) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_i64<E>(self, it: i64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_f64<E>(self, it: f64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_str<E>(self, it: &str) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(FlagValue(item)) = items.next_element()? {
            values.push(item);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = serde_json::Map::new();
        while let Some((key, FlagValue(value))) = entries.next_entry()? {
            object.insert(key, value);
        }
        Ok(object.into())
    }
}

impl<'de> Deserialize<'de> for Variable {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Variable, D::Error> {
        // Not any value: a parameter's `007` is meant as a text here.
        deserializer.deserialize_identifier(TextOrSecret)
    }
}

struct TextOrSecret;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SecretKey {
    secret: ObjectName,
    key: DataKey,
}

impl<'de> Visitor<'de> for TextOrSecret {
    type Value = Variable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, or `{ secret = \"…\", key = \"…\" }`")
    }

    fn visit_str<E: de::Error>(self, it: &str) -> Result<Variable, E> {
        // No process can get it.
        if !Argument::accepts(it) {
            return Err(E::invalid_value(de::Unexpected::Str(it), &"a text without the character U+0000"));
        }
        Ok(Variable::Text(it.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Variable, A::Error> {
        let SecretKey { secret, key } =
            SecretKey::deserialize(de::value::MapAccessDeserializer::new(entries))?;
        Ok(Variable::Secret { secret, key })
    }
}

impl<'de> Deserialize<'de> for MaxUnavailable {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<MaxUnavailable, D::Error> {
        deserializer.deserialize_any(CountOrShare)
    }
}

struct CountOrShare;

impl Visitor<'_> for CountOrShare {
    type Value = MaxUnavailable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 1, or a share from \"1%\" to \"100%\"")
    }

    fn visit_i64<E: de::Error>(self, it: i64) -> Result<MaxUnavailable, E> {
        let count = u32::try_from(it).ok().filter(|it| *it > 0);
        count.map(MaxUnavailable::Count).ok_or_else(|| E::invalid_value(de::Unexpected::Signed(it), &self))
    }

    fn visit_str<E: de::Error>(self, it: &str) -> Result<MaxUnavailable, E> {
        let share =
            it.strip_suffix('%').and_then(|it| it.parse::<u8>().ok()).filter(|it| (1..=100).contains(it));
        share
            .map(|it| MaxUnavailable::Share(format!("{it}%")))
            .ok_or_else(|| E::invalid_value(de::Unexpected::Str(it), &self))
    }
}
