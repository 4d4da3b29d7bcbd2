//! Rows from `tests/guests/*.wat`: a file is a row.
//!
//! Its first line says the rest: `;; A-12 expects GUEST_TIMEOUT, by the clock`.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use cmp_host::guest::Budget;
use wit_component::StringEncoding;

use crate::attempt;
use crate::row::Row;
use crate::support::{component, project};

/// A world whose guests may make handles.
const HANDLES: &str = "package test:handles;
interface things { resource thing; }
world guest { export things; export cmp-host:expander/expander@0.1.0; }
";

pub(crate) fn rows() -> anyhow::Result<Vec<Row>> {
    let folder = project::path("tests/guests");
    let paths = fs::read_dir(&folder)?.map(|it| Ok(it?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    let guests = paths.iter().filter(|it| it.extension().is_some_and(|it| it == "wat"));
    guests.map(|path| row(path).with_context(|| path.display().to_string())).collect()
}

fn row(path: &Path) -> anyhow::Result<Row> {
    let text = fs::read_to_string(path)?;
    let head = Head::read(&text)?;
    let bytes = component::of_text(&text, head.encoding, head.world)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Row::new(&head.id, &name, &head.expected, move |host| host.bring(bytes.clone(), &head.budget)))
}

/// What the first line says.
struct Head {
    id: String,
    expected: String,
    budget: Budget,
    encoding: StringEncoding,
    world: Option<&'static str>,
}

impl Head {
    fn read(text: &str) -> anyhow::Result<Head> {
        let line = text.lines().next().unwrap_or_default();
        let rest = line.strip_prefix(";; ").with_context(|| format!("`{line}` should begin with `;; `"))?;
        let (id, rest) =
            rest.split_once(" expects ").with_context(|| format!("`{line}` should expect something"))?;
        let (expected, option) = rest.split_once(", ").unwrap_or((rest, ""));
        let mut head = Head {
            id: id.to_owned(),
            expected: expected.to_owned(),
            budget: attempt::budget(),
            encoding: StringEncoding::UTF8,
            world: None,
        };
        match option {
            "" => {}
            "by the clock" => head.budget = attempt::budget_by_the_clock(),
            "in UTF-16" => head.encoding = StringEncoding::UTF16,
            "with handles" => head.world = Some(HANDLES),
            other => bail!("`{other}` is no option of a guest"),
        }
        Ok(head)
    }
}
