//! Texts that cannot be wrong: names, quantities, references. Each is checked once, when the spec is read.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};

/// Declares a checked text: its doc comment, what a message says is expected, its pattern for the schema, its check.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident: $expected:literal, $pattern:literal, $check:expr;)*) => { $(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether a text is one.
            pub fn accepts(text: &str) -> bool {
                let check: fn(&str) -> bool = $check;
                check(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = deserializer.deserialize_str(Text($expected))?;
                if !$name::accepts(&text) {
                    return Err(de::Error::invalid_value(Unexpected::Str(&text), &Text($expected)));
                }
                Ok($name(text))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern })
            }
        }

    )* };
}

texts! {
    /// A service's name: a DNS-1035 label of at most 40 characters, so that suffixes still fit the 63 of a Service's name.
    ServiceName: "a DNS-1035 label of at most 40 characters: lower case letters, digits and `-`, a letter first and no `-` last",
        r"^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$", |it| it.len() <= 40 && is_label(it) && it.starts_with(|it: char| it.is_ascii_lowercase());
    /// A DNS-1123 label: of a container, a volume, a port, a namespace, an environment.
    Label: "a DNS-1123 label: at most 63 lower case letters, digits and `-`, neither first nor last a `-`",
        r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", is_label;
    /// What the spec calls a mount. A volume's name has at most 63 characters, and `mount-` stands before it.
    MountName: "a mount's name: at most 57 lower case letters, digits and `-`, neither first nor last a `-`",
        r"^[a-z0-9]([-a-z0-9]{0,55}[a-z0-9])?$", |it| it.len() <= 57 && is_label(it);
    /// The name of a port: an IANA service name.
    PortName: "a port's name: at most 15 lower case letters, digits and `-`, with a letter in it",
        r"^(?=.*[a-z])[a-z0-9](-?[a-z0-9]){0,14}$", is_port_name;
    /// The name of an object that exists already: a DNS-1123 subdomain.
    ObjectName: "the name of an object: lower case letters, digits, `-` and `.`",
        r"^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", is_subdomain;
    /// A namespace, in which `{name}` and `{env}` stand for the service's name and the environment's.
    NamespaceTemplate: "a namespace's name, in which only `{name}` and `{env}` stand for something",
        r"^(\{name\}|\{env\}|[-a-z0-9])+$", is_namespace_template;
    /// The key of a label or annotation, with or without a prefix.
    LabelKey: "a label's key such as `team` or `example.com/team`",
        r"^((?=[^/]{1,253}/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$", is_label_key;
    /// The value of a label.
    LabelValue: "a label's value: at most 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last",
        r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$", |it| it.is_empty() || is_qualified(it);
    /// The name of an environment variable.
    VariableName: "the name of an environment variable: letters, digits and `_`, no digit first",
        r"^[A-Za-z_][A-Za-z0-9_]*$", |it| !it.starts_with(|it: char| it.is_ascii_digit()) && !it.is_empty() && it.chars().all(|it| it == '_' || it.is_ascii_alphanumeric());
    /// The key of a Secret or ConfigMap.
    DataKey: "a key of a Secret: letters, digits, `-`, `_` and `.`",
        r"^[-._A-Za-z0-9]{1,253}$", |it| (1..=253).contains(&it.len()) && it.chars().all(|it| "-._".contains(it) || it.is_ascii_alphanumeric());
    /// A path inside a container.
    AbsolutePath: "an absolute path without `..` or `:`",
        r"^(?!.*/\.\.(/|$))/[^\s\u0000-\u0020\u007f-\u009f:]*$", |it| it.starts_with('/') && is_plain(it) && !it.contains(':') && it.split('/').all(|it| it != "..");
    /// A path in the repository, relative to the file that names it.
    RepositoryPath: "a relative path in the repository, with `/` between its parts",
        r"^[^/\u0000-\u001f\u007f-\u009f\\][^\u0000-\u001f\u007f-\u009f\\]*$", |it| !it.is_empty() && !it.starts_with('/') && !it.contains('\\') && !it.chars().any(char::is_control);
    /// The repository of an image, without tag or digest.
    ImageRepository: "an image's repository such as `registry.example.com/team/sglang`, in lower case and without tag or digest",
        r"^(?=.{1,255}$)((?=[^/]*[.:])[a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?(:[0-9]{1,5})?(/[a-z0-9]([-._a-z0-9]*[a-z0-9])?)+|[a-z0-9]([-._a-z0-9]*[a-z0-9])?(/[a-z0-9]([-._a-z0-9]*[a-z0-9])?)*)$", is_repository;
    /// A whole reference to an image.
    ImageReference: "an image's reference with a tag or digest, such as `ghcr.io/team/proxy:v1.4.2`",
        r"^(?=[^@]{1,384}(@|$))((?=[^/]*[.:])[a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?(:[0-9]{1,5})?(/[a-z0-9]([-._a-z0-9]*[a-z0-9])?)+|[a-z0-9]([-._a-z0-9]*[a-z0-9])?(/[a-z0-9]([-._a-z0-9]*[a-z0-9])?)*)(:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}|@sha256:[0-9a-f]{64}|:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}@sha256:[0-9a-f]{64})$", is_reference;
    /// The tag of an image.
    ImageTag: "an image's tag: at most 128 letters, digits, `-`, `_` and `.`",
        r"^[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}$", is_tag;
    /// The digest of an image.
    ImageDigest: "a digest: `sha256:` and 64 hexadecimal digits",
        r"^sha256:[0-9a-f]{64}$", is_digest;
    /// A host name, perhaps with a wildcard as its first label.
    HostName: "a host name such as `llm.example.com`",
        r"^(?=.{1,253}$)(?![0-9]+(\.[0-9]+){3}$)(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$", is_host_name;
    /// A cluster, by the name that Argo CD knows. Characters that mean something in a pattern of an AppProject are refused, and
    /// so are addresses.
    ClusterName: "a cluster's name as `argocd cluster list` shows it: at most 148 letters, digits and `-_.:/@`, no address",
        r"^(?!.*://)[A-Za-z0-9]([-_.:/@A-Za-z0-9]{0,146}[A-Za-z0-9])?$", is_cluster_name;
    /// A Gateway as `namespace/name`.
    GatewayReference: "a Gateway as `namespace/name`",
        r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", |it| it.split_once('/').is_some_and(|(space, name)| is_label(space) && is_subdomain(name));
    /// A prefix of a URL's path.
    UrlPath: "a path that starts with `/`, without `//` and `..`",
        r"^(?!.*//)(?!.*/\.\.?(/|$))/[-A-Za-z0-9/_.~%]*$", |it| it.starts_with('/') && it.chars().all(|it| "-/_.~%".contains(it) || it.is_ascii_alphanumeric()) && !it.contains("//") && it.split('/').all(|it| it != "." && it != "..");
    /// A span of time: a whole number and `ms`, `s`, `m` or `h`.
    Duration: "a span of time such as `30s`, `80ms` or `1h`",
        r"^[0-9]{1,9}(ms|s|m|h)$", |it| seconds(it).is_some();
    /// An amount as Kubernetes writes it.
    Quantity: "a quantity such as `500m`, `4`, `32Gi`",
        r"^(?=.*[1-9])[0-9]{1,15}(\.[0-9]{1,3})?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$", |it| amount(it).is_some_and(|it| it > 0.0);
    /// A key of an outside secret store, perhaps with `#property` behind it.
    RemoteKey: "the secret's key in its store, perhaps with `#` and a property behind it, without blanks",
        r"^[^\s#]{1,1024}(#[^\s#]{1,253})?$", |it| is_plain(it) && !it.is_empty() && it.len() <= 1024 && it.split('#').count() <= 2 && it.split('#').all(|it| !it.is_empty());
    /// An argument of a process, which can be any text but for the character that ends it.
    Argument: "a text without the character U+0000",
        r"^[^\u0000]*$", |it| !it.contains('\0');
    /// One line of text.
    Line: "one line of text",
        r"^[^\u0000-\u001f\u007f-\u009f]+$", |it| !it.is_empty() && !it.chars().any(char::is_control);
    /// An extended resource of a node, as a device plugin announces it.
    ResourceName: "a resource's name such as `nvidia.com/gpu`",
        r"^(?=[^/]{1,253}/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$", |it| it.contains('/') && is_label_key(it);
}

impl Duration {
    /// The span in seconds.
    pub fn seconds(&self) -> f64 {
        seconds(&self.0).expect("the text was checked when it was read")
    }
}

impl Quantity {
    /// The amount: cores, or bytes.
    pub fn amount(&self) -> f64 {
        amount(&self.0).expect("the text was checked when it was read")
    }

    /// The amount in GiB.
    pub fn gib(&self) -> f64 {
        self.amount() / f64::from(1 << 30)
    }
}

/// Any text, where this is expected.
struct Text(&'static str);

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}

/// Whether a text is a DNS-1123 label.
pub(crate) fn is_label(text: &str) -> bool {
    let inner = |it: char| it == '-' || it.is_ascii_digit() || it.is_ascii_lowercase();
    (1..=63).contains(&text.len())
        && text.chars().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Whether a text is a DNS-1123 subdomain. Kubernetes bounds the whole of it, and not its parts.
fn is_subdomain(text: &str) -> bool {
    let inner = |it: char| it == '-' || it.is_ascii_digit() || it.is_ascii_lowercase();
    let is_part =
        |it: &str| !it.is_empty() && it.chars().all(inner) && !it.starts_with('-') && !it.ends_with('-');
    text.len() <= 253 && text.split('.').all(is_part)
}

fn is_qualified(text: &str) -> bool {
    let inner = |it: char| "-_.".contains(it) || it.is_ascii_alphanumeric();
    let edge = |it: char| it.is_ascii_alphanumeric();
    (1..=63).contains(&text.len())
        && text.chars().all(inner)
        && text.starts_with(edge)
        && text.ends_with(edge)
}

fn is_cluster_name(text: &str) -> bool {
    let inner = |it: char| "-_.:/@".contains(it) || it.is_ascii_alphanumeric();
    let edge = |it: char| it.is_ascii_alphanumeric();
    (1..=148).contains(&text.len())
        && text.chars().all(inner)
        && text.starts_with(edge)
        && text.ends_with(edge)
        && !text.contains("://")
}

fn is_label_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => is_subdomain(prefix) && is_qualified(name),
        None => is_qualified(text),
    }
}

fn is_namespace_template(text: &str) -> bool {
    let bare = text.replace("{name}", "n").replace("{env}", "e");
    bare.chars().all(|it| it == '-' || it.is_ascii_digit() || it.is_ascii_lowercase()) && !bare.is_empty()
}

fn is_repository(text: &str) -> bool {
    let component = |it: &str| {
        let edge = |it: char| it.is_ascii_digit() || it.is_ascii_lowercase();
        it.starts_with(edge) && it.ends_with(edge) && it.chars().all(|it| edge(it) || "-._".contains(it))
    };
    let (first, rest) = text.split_once('/').map_or((text, None), |(first, rest)| (first, Some(rest)));
    let (host, port) = first.split_once(':').map_or((first, None), |(host, port)| (host, Some(port)));
    // The name of a registry has no case. Upper case alone would make a registry of `Team/sglang`, too, where the
    // organisation is meant, so it has to have a dot or a port.
    let is_registry = rest.is_some() && first.contains(['.', ':']);
    let host = if is_registry { host.to_ascii_lowercase() } else { host.to_owned() };
    let is_host =
        component(&host) && port.is_none_or(|it| digits(it).is_some_and(|it| it <= 65_535) && rest.is_some());
    text.len() <= 255 && is_host && rest.is_none_or(|it| it.split('/').all(component))
}

/// Routes take names alone, and no addresses.
fn is_host_name(text: &str) -> bool {
    let is_address =
        text.split('.').count() == 4 && text.split('.').all(|it| it.chars().all(|it| it.is_ascii_digit()));
    text.len() <= 253 && !is_address && text.strip_prefix("*.").unwrap_or(text).split('.').all(is_label)
}

/// A number as everybody writes it: Rust would also read a sign and zeros before it.
pub(super) fn digits(text: &str) -> Option<u32> {
    let is_plain = text.chars().all(|it| it.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

fn is_port_name(text: &str) -> bool {
    text.len() <= 15
        && is_label(text)
        && !text.contains("--")
        && text.contains(|it: char| it.is_ascii_lowercase())
}

fn is_reference(text: &str) -> bool {
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    let colon = name.rfind(':').filter(|it| !name[*it..].contains('/'));
    let (repository, tag) = colon.map_or((name, None), |it| (&name[..it], Some(&name[it + 1..])));
    let is_named = tag.is_some() || digest.is_some();
    is_named && is_repository(repository) && tag.is_none_or(is_tag) && digest.is_none_or(is_digest)
}

fn is_tag(text: &str) -> bool {
    let inner = |it: char| "-_.".contains(it) || it.is_ascii_alphanumeric();
    (1..=128).contains(&text.len()) && !text.starts_with(['-', '.']) && text.chars().all(inner)
}

fn is_digest(text: &str) -> bool {
    let is_hex = |it: char| matches!(it, '0'..='9' | 'a'..='f');
    text.strip_prefix("sha256:").is_some_and(|it| it.len() == 64 && it.chars().all(is_hex))
}

fn is_plain(text: &str) -> bool {
    !text.chars().any(|it| it.is_control() || it.is_whitespace())
}

fn seconds(text: &str) -> Option<f64> {
    let (digits, unit) = text.split_at(text.find(|it: char| !it.is_ascii_digit())?);
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    (digits.len() <= 9).then(|| digits.parse::<f64>().ok().map(|it| it * factor)).flatten()
}

fn amount(text: &str) -> Option<f64> {
    let (digits, suffix) =
        text.split_at(text.find(|it: char| it.is_ascii_alphabetic()).unwrap_or(text.len()));
    let factor = match suffix {
        "" => 1.0,
        "m" => 0.001,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        "Pi" => 1_125_899_906_842_624.0,
        _ => return None,
    };
    // A thousandth is the least that Kubernetes counts.
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.chars().all(|it| it.is_ascii_digit())
    };
    (is_number(whole, 15) && is_number(fraction, 3))
        .then(|| digits.parse::<f64>().ok().map(|it| it * factor))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_kubernetes_ends_them() {
        assert!(ServiceName::accepts(&"a".repeat(40)) && !ServiceName::accepts(&"a".repeat(41)));
        assert!(Label::accepts(&"a".repeat(63)) && !Label::accepts(&"a".repeat(64)));
        for wrong in ["", "1a", "A", "a_b", "-a", "a-", "a.b", "\u{430}bc", "a\n"] {
            assert!(!ServiceName::accepts(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn quantities_are_those_of_kubernetes() {
        assert_eq!(amount("500m"), Some(0.5));
        assert_eq!(amount("32Gi"), Some(32.0 * 1_073_741_824.0));
        for wrong in ["", "-1", "1e3", "0x10", "1 Gi", "Gi", "1.", ".5", "0"] {
            assert!(!Quantity::accepts(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn repositories_carry_neither_tag_nor_digest() {
        for right in ["sglang", "lmsysorg/sglang", "registry:5000/a/b", "ghcr.io/team/x.y_z"] {
            assert!(ImageRepository::accepts(right), "{right}");
        }
        for wrong in ["sglang:latest", "a/b:c", "a/b@sha256:0", "A b", "/a", "a//b", ""] {
            assert!(!ImageRepository::accepts(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_registry_alone_has_no_case() {
        for right in ["Registry.example.com/team/sglang", "Registry:5000/sglang"] {
            assert!(ImageRepository::accepts(right), "{right}");
            assert!(ImageReference::accepts(&format!("{right}:V1")), "{right}");
        }
        for wrong in ["SGLang", "Team/sglang", "team/SGLang", "ghcr.io/Team/sglang", "Ghcr.io", "LOCALHOST/a"]
        {
            assert!(!ImageRepository::accepts(wrong), "{wrong}");
            assert!(!ImageReference::accepts(&format!("{wrong}:v1")), "{wrong}");
        }
    }
}
