//! `inspect`: what a guest is. It need not be a good one: what a bad one imports is what people want to see.

use serde::Serialize;

use crate::cli::{Inspect, ReportFormat};
use crate::commands;
use crate::config::Config;
use crate::guest::contract::GuestInfo;
use crate::guest::{Binary, Cache, Engine, Failure, Guest, Outline};
use crate::printable;
use crate::stop::Stop;

/// Everything that can be said of a component.
#[derive(Serialize)]
struct Description {
    name: Option<String>,
    version: Option<String>,
    world: Option<String>,
    imports: Vec<String>,
    exports: Vec<String>,
    size: usize,
    sha256: String,
    parameters: Vec<String>,
}

pub(crate) fn run(config: &Config, arguments: &Inspect) -> Result<(), Stop> {
    let binary = commands::named_guest(config, &arguments.guest)?;
    let engine = Engine::with_limits(&config.limits)?;
    let cache = Cache::of_user()?;
    let outline = binary.outline(&engine)?;
    let described = Guest::load(&engine, &binary, &cache).and_then(|it| it.describe(&config.limits.budget()));
    print(&Description::of(&binary, outline, described.as_ref()), arguments.format)?;
    described.map(drop).map_err(Stop::Failed)
}

fn print(description: &Description, format: ReportFormat) -> Result<(), Stop> {
    commands::print(&match format {
        ReportFormat::Json => serde_json::to_string_pretty(description).map_err(anyhow::Error::from)? + "\n",
        ReportFormat::Text => description.lines(),
    })
}

impl Description {
    fn of(binary: &Binary, outline: Outline, described: Result<&GuestInfo, &Failure>) -> Description {
        let info = described.ok();
        Description {
            name: info.map(|it| it.name.clone()),
            version: info.map(|it| it.version.clone()),
            world: outline.world().map(str::to_owned),
            imports: outline.imports,
            exports: outline.exports,
            size: binary.size(),
            sha256: binary.sha256().to_owned(),
            parameters: info
                .map(|it| it.parameters.iter().map(|it| it.name.clone()).collect())
                .unwrap_or_default(),
        }
    }

    fn lines(&self) -> String {
        let list = |it: &[String]| if it.is_empty() { String::from("none") } else { it.join(", ") };
        let or_unknown = |it: &Option<String>| it.clone().unwrap_or_else(|| String::from("unknown"));
        [
            ("name", or_unknown(&self.name)),
            ("version", or_unknown(&self.version)),
            ("world", or_unknown(&self.world)),
            ("imports", list(&self.imports)),
            ("exports", list(&self.exports)),
            ("size", format!("{} bytes", self.size)),
            ("sha256", self.sha256.clone()),
            ("parameters", list(&self.parameters)),
        ]
        .iter()
        .map(|(label, value)| format!("{label:<11} {}\n", printable::line(value)))
        .collect()
    }
}
