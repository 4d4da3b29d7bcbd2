//! Looks at a set-up for `serve` as it is on this machine, one thing a line, and says what to do where it cannot work.
//!
//! Nothing is changed, but that a guest's compiled code may come into the cache.

mod guests;
mod socket;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::diagnostic::Report;
use crate::guest::WORLD;
use crate::plugin_yaml::Plugin;
use crate::printable;

/// How long a server may take to answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Where the parts of a set-up are.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// The folder of plugin.yaml.
    pub(crate) plugin: PathBuf,
    /// The folder of sockets.
    pub(crate) sockets: PathBuf,
    /// The mode that `serve` gives its socket.
    pub(crate) mode: u32,
    /// The operator's file, if there is one.
    pub(crate) config: Option<PathBuf>,
}

/// What was found of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The thing.
    pub(crate) name: String,
    /// How it is.
    pub(crate) text: String,
    /// What to do, if it cannot work so.
    pub(crate) help: Option<String>,
}

impl Finding {
    fn good(name: impl Into<String>, text: impl Into<String>) -> Finding {
        Finding { name: name.into(), text: text.into(), help: None }
    }

    fn bad(name: impl Into<String>, text: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding { name: name.into(), text: text.into(), help: Some(help.into()) }
    }

    /// The first of a report's diagnostics, which is the worst.
    fn of(name: impl Into<String>, report: &Report) -> Finding {
        let Some((first, more)) = report.diagnostics.split_first() else { return Finding::good(name, "") };
        let place = first.place.as_ref().map(|it| format!("{}:{}:{}: ", it.path, it.line, it.column));
        let more = if more.is_empty() { String::new() } else { format!(" (+{} more)", more.len()) };
        let text = format!("{}{} {}{more}", place.unwrap_or_default(), first.code, first.message);
        Finding::bad(name, text, first.help.as_deref().unwrap_or("mend it"))
    }

    /// Whether it can work so.
    pub(crate) fn is_good(&self) -> bool {
        self.help.is_none()
    }

    /// `ok …`, or `FAIL …` with what to do.
    pub(crate) fn line(&self) -> String {
        let Finding { name, text, help } = self;
        let line = match help {
            None => format!("ok   {name}: {text}"),
            Some(help) => format!("FAIL {name}: {text}; {help}"),
        };
        printable::line(&line).into_owned() + "\n"
    }
}

/// Everything that is found, in the order in which things are needed.
pub(crate) fn examine(setup: &Setup) -> Vec<Finding> {
    let plugin = Plugin::load(&setup.plugin);
    let mut findings = vec![versions(), plugin_yaml(&plugin), socket::folder(&setup.sockets)];
    if let Ok(plugin) = &plugin {
        findings.extend(socket::findings(&setup.sockets.join(plugin.socket_name()), setup.mode));
    }
    findings.extend(guests::findings(setup.config.as_deref()));
    findings
}

fn versions() -> Finding {
    let text = format!("cmp-host {}, the contract {}", env!("CARGO_PKG_VERSION"), WORLD);
    Finding::good("versions", text)
}

fn plugin_yaml(plugin: &Result<Plugin, Report>) -> Finding {
    match plugin {
        Ok(plugin) => {
            Finding::good("plugin.yaml", format!("Applications name the plugin `{}`", plugin.full_name()))
        }
        Err(report) => Finding::of("plugin.yaml", report),
    }
}

fn quoted(path: &Path) -> String {
    format!("`{}`", path.display())
}
