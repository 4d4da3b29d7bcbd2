//! The door that people and Argo CD take: the process `cmp-host generate`, or `cmp-host argocd apps`.

use std::process::Command;

use crate::asked::Asked;
use crate::laid::Laid;
use crate::outcome::REPOSITORY;
use crate::settings::{Output, Settings};
use crate::support::binary::{self, Ran};

/// Runs the verb at the repository's root, in an environment that is empty but for what the case says.
pub(crate) fn print(laid: &Laid, settings: &Settings, asked: &Asked) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.current_dir(&laid.root);
    match asked.output {
        Output::Manifests => generate(&mut command, settings, asked.environment.as_deref()),
        Output::Delivery => drop(command.args(["argocd", "apps", "--repo", REPOSITORY])),
    }
    command.arg(&laid.dir).args(["--root", "."]);
    if let Some(config) = &settings.config {
        command.arg("--config").arg(config);
    }
    binary::run(command.args(&settings.args))
}

fn generate(command: &mut Command, settings: &Settings, environment: Option<&str>) {
    command.arg("generate");
    if let Some(environment) = environment {
        command.args(["--env", environment]);
    }
    for (flag, pairs) in [("--param", &settings.params), ("--set", &settings.set)] {
        for (key, value) in pairs {
            command.arg(flag).arg(format!("{key}={value}"));
        }
    }
    command.envs(settings.plugin_env());
    if let Some(application) = &settings.application {
        command.env("ARGOCD_APP_NAME", &application.name);
        command.env("ARGOCD_APP_NAMESPACE", &application.namespace);
        command.env("ARGOCD_APP_PROJECT_NAME", &application.project);
    }
}
