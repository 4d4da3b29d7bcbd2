//! The keys of the operator's file: one list for the reader, the JSON Schema and the page.

/// A key, and what it says.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value looks like.
    pub form: Form,
    /// What it says, in sentences for people.
    pub means: &'static str,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Text,
    /// 64 hexadecimal digits.
    Sha256,
    /// Patterns of names.
    Patterns,
    /// A table of limits.
    Limits,
    /// A table whose keys are the platform's.
    Table,
}

/// The keys at the top.
pub const TOP: [Key; 3] = [
    Key {
        name: "limits",
        form: Form::Limits,
        means: "What one request may use, and each call of a guest in it (twelve at most). A guest's own table, a spec and a parameter may lower a limit, never raise it.",
    },
    Key {
        name: "guest",
        form: Form::Table,
        means: "The guests that teams may choose, each in a table of its own: `[guest.team-vision]`. Without one, there is the default guest alone.",
    },
    Key {
        name: "defaults",
        form: Form::Table,
        means: "What every spec starts from: keys of the spec's own grammar, which belongs to the guest. Whatever a spec says wins.",
    },
];

/// The keys of a guest.
pub const GUEST: [Key; 6] = [
    Key { name: "path", form: Form::Text, means: "The component's file, relative to this one." },
    Key {
        name: "sha256",
        form: Form::Sha256,
        means: "The digest of that file, compared whenever the file is read: by a command at every use, by `serve` at its start and at each reload. Without it, whatever stands at the path is run.",
    },
    Key { name: "spec", form: Form::Text, means: "The file name of its specs. Default: `sglang.toml`." },
    Key {
        name: "projects",
        form: Form::Patterns,
        means: "The Argo CD projects that may use it; `*` stands for any text. Default: all.",
    },
    Key {
        name: "applications",
        form: Form::Patterns,
        means: "The Argo CD Applications that may use it; `*` stands for any text. Where both lists are given, both must fit. Default: all.",
    },
    Key {
        name: "limits",
        form: Form::Limits,
        means: "Limits of this guest, where they are lower than those of all.",
    },
];
