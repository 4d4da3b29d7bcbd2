//! The door that people and Argo CD take: the process `cmp-host generate`.

use crate::laid::Laid;
use crate::settings::Settings;
use crate::support::binary::{self, Ran};

/// Runs `cmp-host generate` at the repository's root, in an environment that is empty but for what the case says.
pub(crate) fn generate(laid: &Laid, settings: &Settings, environment: Option<&str>) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.current_dir(&laid.root).arg("generate").arg(&laid.dir).args(["--root", "."]);
    if let Some(config) = &settings.config {
        command.arg("--config").arg(config);
    }
    if let Some(environment) = environment {
        command.args(["--env", environment]);
    }
    for (flag, pairs) in [("--param", &settings.params), ("--set", &settings.set)] {
        for (key, value) in pairs {
            command.arg(flag).arg(format!("{key}={value}"));
        }
    }
    if let Some(application) = &settings.application {
        command.env("ARGOCD_APP_NAME", &application.name);
        command.env("ARGOCD_APP_NAMESPACE", &application.namespace);
        command.env("ARGOCD_APP_PROJECT_NAME", &application.project);
    }
    binary::run(command.args(&settings.args))
}
