//! The JSON Schema of the operator's file for editors, and its page for people: both made of the lists that it is read by.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::config::grammar::{Form, GUEST, Key, TOP};
use crate::limits::{Row, TABLE, Unit};

/// The schema as it is committed.
pub fn text() -> String {
    let limits = json!({
        "type": "object",
        "properties": TABLE.iter().map(|it| (it.name.to_owned(), limit(it))).collect::<Map<_, _>>(),
        "additionalProperties": false,
    });
    let of_archives = TABLE.iter().filter(|it| it.limit.is_for_archives());
    let of_archives: Vec<&str> = of_archives.map(|it| it.name).collect();
    let mut guest = object(&GUEST);
    guest["required"] = json!(["path"]);
    guest["properties"]["limits"]["$ref"] = json!("#/$defs/limits-of-guest");
    let mut root = object(&TOP);
    root["properties"]["guest"]["propertyNames"] =
        json!({ "pattern": "^[a-z0-9-]{1,63}$", "not": { "const": crate::guest::DEFAULT_NAME } });
    root["properties"]["guest"]["additionalProperties"] = json!({ "$ref": "#/$defs/guest" });
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!("cmp-host.toml");
    root["$defs"] = json!({
        "limits": limits,
        "limits-of-guest": { "$ref": "#/$defs/limits", "propertyNames": { "not": { "enum": of_archives } } },
        "guest": guest,
    });
    format!("{root:#}\n")
}

fn object(keys: &[Key]) -> Value {
    let properties: Map<_, _> = keys.iter().map(|it| (it.name.to_owned(), value(it))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn value(key: &Key) -> Value {
    let mut schema = match key.form {
        Form::Text => json!({ "type": "string", "minLength": 1 }),
        Form::Sha256 => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        Form::Patterns => json!({ "type": "array", "items": { "type": "string" } }),
        Form::Limits => json!({ "$ref": "#/$defs/limits" }),
        Form::Table => json!({ "type": "object" }),
    };
    schema["description"] = json!(key.means);
    schema
}

fn limit(row: &Row) -> Value {
    let number = json!({ "type": "integer", "minimum": row.smallest, "maximum": row.largest });
    let mut schema = match row.unit {
        Unit::Count => number,
        Unit::Bytes => {
            json!({ "anyOf": [number, { "type": "string", "pattern": "^[0-9]+(KiB|MiB|GiB)?$" }] })
        }
        Unit::Time => json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m)$" }),
    };
    schema["description"] = json!(row.means);
    schema
}

/// The page as it is committed.
pub fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    section(&mut page, "At the top", "", &TOP);
    page.push_str("\n## `[limits]`\n\n");
    page.push_str("| Key | Default | From | To | Limits | Answered with |\n|---|---|---|---|---|---|\n");
    for row in &TABLE {
        let [default, smallest, largest] = [row.default, row.smallest, row.largest].map(|it| row.show(it));
        let Row { name, means, code, .. } = row;
        line(
            &mut page,
            format_args!("| `{name}` | {default} | {smallest} | {largest} | {means} | `{code}` |"),
        );
    }
    page.push_str(WRITTEN);
    section(&mut page, "`[guest.NAME]`", CHOICE, &GUEST);
    page.push_str(DEFAULTS);
    page
}

fn section(page: &mut String, title: &str, words: &str, keys: &[Key]) {
    line(page, format_args!("\n## {title}\n{words}\n| Key | Value | Meaning |\n|---|---|---|"));
    for Key { name, form, means } in keys {
        let form = match form {
            Form::Text | Form::Sha256 => "string",
            Form::Patterns => "array of strings",
            Form::Limits | Form::Table => "table",
        };
        line(page, format_args!("| `{name}` | {form} | {means} |"));
    }
}

fn line(page: &mut String, arguments: std::fmt::Arguments<'_>) {
    writeln!(page, "{arguments}").expect("a string takes every text");
}

const INTRODUCTION: &str = "\
# `cmp-host.toml`

The platform team's file: limits, guests and defaults. `cmp-host` reads the one that `--config` names, else the one that
`$CMP_HOST_CONFIG` names, else none. An unknown key, a limit that means nothing or a guest that is not there refuses the whole
file, with all problems at once and exit code 4. A laptop that reads the same file gives the same bytes as the sidecar; or it
refuses the file, if that allows more memory than the laptop has.

```toml
#:schema https://…/docs/cmp-host.schema.json
[limits]
memory = \"128MiB\"

[guest.team-vision]
path = \"guests/team-vision.wasm\"
sha256 = \"3f0c…\"
spec = \"vision.toml\"
projects = [\"vision-*\"]

[defaults]
expose.gateway = \"infra/public\"
cache.class = \"fast\"
```

This page is generated from the lists that the file is read by (`make bless` writes it, a test keeps it fresh);
`cmp-host.schema.json` beside it is for editors.
";

const WRITTEN: &str = "
Counts are whole numbers. Sizes are numbers of bytes, or texts with a binary unit: `\"64KiB\"`, `\"64MiB\"`, `\"1GiB\"`. Times are
texts: `\"500ms\"`, `\"10s\"`, `\"2m\"`. `cmp-host limits` prints what is in force, and who said so.

A spec may lower a limit for itself with a table `[limits]` of the same keys, an Application with the map parameter `limits`,
and a person with `--param limits=fuel=1000000`. Whoever asks for more is refused and told both values.
`archive`, `unpacked`, `ratio` and `entries` are the operator's alone: an archive is read before its spec is.
";

const CHOICE: &str = "
Teams choose a guest by its name: an Application with the parameter `guest`, a spec with the key `guest` at its top, or by the
spec's file name, if one guest alone reads files of that name. The parameter comes before the key, and the key before the
name; without any of them it is the default guest, which is called `default`.

The parameter also says which file is the spec: the one that the guest reads. Without it, the host looks for `sglang.toml` and
for the file of each guest, and refuses a folder that holds two of them. Projects and Applications are those that Argo CD
names; on a laptop nobody asks, and every guest may be tried.

A name has at most 63 lower case letters, digits and `-`.
";

const DEFAULTS: &str = "
## `[defaults]`

The table goes to the guest as one more file, which is called `cmp-host.toml` whatever this one is called, and in which all
other lines are empty. So a value or a problem that comes from it points at a line of this file. No file of a repository can
take its place.

The default guest takes any key of [the spec](spec.md) but those that are one service's own: `schema`, `name`, `extends`,
`guest`, `limits` and `env`. It is the lowest of all layers, and merged as the others are: tables key by key, anything else is
replaced. `expose`, `monitor` and `secrets` are features of their own: their defaults count where a spec has that table, and
give it to no spec that does not ask.

| What platforms often set | Key |
|---|---|
| the Gateway | `expose.gateway` |
| the StorageClass | `cache.class` |
| the secret store | `secrets.store` |
| which labels choose nodes | `gpu.select` |
| a mirror of the image | `image.repo` |
| who may call | `network.from` |
| labels of every object | `labels` |
";
