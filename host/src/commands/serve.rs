//! `serve`: door two, with the flags of argocd-cmp-server and its variables, as that takes them.

use std::path::Path;
use std::time::Duration;

use crate::cli::{LogFormat, LogLevel, Serve, named};
use crate::commands;
use crate::log;
use crate::server::{self, Settings};
use crate::stop::Stop;

const LOG_LEVEL: &str = "ARGOCD_CMP_SERVER_LOGLEVEL";
const LOG_FORMAT: &str = "ARGOCD_CMP_SERVER_LOGFORMAT";
const MESSAGE: &str = "ARGOCD_GRPC_MAX_SIZE_MB";
/// Mebibytes, as Argo CD has it.
const LARGEST_MESSAGE: usize = 100;

/// Begins to log, and says how. Other than a wrong number, a wrong word ends argocd-cmp-server as well; what is wrong with the
/// level is told in the form that was asked for.
pub fn start_log(arguments: &Serve) -> (Option<LogFormat>, Result<(), Stop>) {
    let format = match arguments.logformat.map_or_else(|| format(variable(LOG_FORMAT)), Ok) {
        Ok(format) => format,
        Err(stop) => return (None, Err(stop)),
    };
    let level = arguments.loglevel.map_or_else(|| level(variable(LOG_LEVEL)), Ok);
    log::start_server(*level.as_ref().unwrap_or(&LogLevel::Info), format);
    (Some(format), level.map(drop))
}

pub(crate) fn run(config: Option<&Path>, arguments: &Serve) -> Result<(), Stop> {
    let mebibytes = arguments.max_size_mb.unwrap_or_else(|| mebibytes(variable(MESSAGE)));
    server::run(&Settings {
        plugin: arguments.plugin.config_dir_path.clone(),
        sockets: commands::sockets(&arguments.plugin),
        mode: arguments.socket_mode,
        metrics: arguments.metrics_address,
        config: config.map(Path::to_owned),
        message: mebibytes.saturating_mul(1 << 20),
        grace: Duration::from_secs(arguments.grace_period),
    })
}

/// One that is empty is none: a chart that leaves a value out writes it so.
fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?.to_string_lossy().into_owned();
    Some(value).filter(|it| !it.is_empty())
}

fn level(variable: Option<String>) -> Result<LogLevel, Stop> {
    let Some(name) = variable else { return Ok(LogLevel::Info) };
    named(&name).ok_or_else(|| unknown(LOG_LEVEL, &name, "`error`, `warn`, `info`, `debug` or `trace`"))
}

fn format(variable: Option<String>) -> Result<LogFormat, Stop> {
    let Some(name) = variable else { return Ok(LogFormat::Json) };
    named(&name).ok_or_else(|| unknown(LOG_FORMAT, &name, "`json` or `text`"))
}

fn unknown(variable: &str, value: &str, expected: &str) -> Stop {
    Stop::Usage(format!("{variable} is `{value}`; write {expected}"))
}

/// What is no number, or none that Argo CD takes, is a warning and the default there.
fn mebibytes(variable: Option<String>) -> usize {
    let Some(text) = variable else { return LARGEST_MESSAGE };
    let number = text.parse::<i32>().ok().and_then(|it| usize::try_from(it).ok());
    number.unwrap_or_else(|| {
        tracing::warn!("{MESSAGE} is `{text}` and no number of MiB; {LARGEST_MESSAGE} is used");
        LARGEST_MESSAGE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_taken_as_argo_cd_takes_them() {
        for (text, expected) in
            [("1", 1), ("+7", 7), ("abc", 100), ("-1", 100), ("2147483648", 100), ("1.5", 100)]
        {
            assert_eq!(mebibytes(Some(text.to_owned())), expected, "{text}");
        }
        assert_eq!(mebibytes(None), 100);
        for (text, expected) in
            [("WARN", LogLevel::Warn), ("Warning", LogLevel::Warn), ("fatal", LogLevel::Error)]
        {
            assert_eq!(level(Some(text.to_owned())).unwrap(), expected, "{text}");
        }
        assert_eq!(level(None).unwrap(), LogLevel::Info);
        assert_eq!(format(Some(String::from("JSON"))).unwrap(), LogFormat::Json);
        assert_eq!(format(None).unwrap(), LogFormat::Json);
        for wrong in [level(Some(String::from("loud"))).err(), format(Some(String::from("xml"))).err()] {
            assert_eq!(wrong.unwrap().code(), 2);
        }
    }
}
