//! The door that Argo CD's repo-server takes: `cmp-host serve`, to which the repository is sent as an archive.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::laid::Laid;
use crate::settings::Settings;
use crate::support::client::{self, Asked, Client, Status};
use crate::support::packed;
use crate::support::served::Served;

/// A server for each operator's file, started when a case needs it.
#[derive(Default)]
pub(crate) struct Socket {
    servers: Mutex<BTreeMap<Option<PathBuf>, Arc<Served>>>,
}

impl Socket {
    /// The manifests as JSON texts, or the refusal.
    pub(crate) fn generate(
        &self,
        laid: &Laid,
        settings: &Settings,
        environment: Option<&str>,
    ) -> anyhow::Result<Result<Vec<String>, Status>> {
        let server = self.server(settings.config.as_ref().map(|it| laid.root.join(it)))?;
        let asked = Asked {
            archive: packed::of_folder(&laid.root)?,
            folder: laid.dir.to_string_lossy().into_owned(),
            variables: variables(settings, environment),
        };
        client::run(async { Client::connect(&server.socket).await?.generate(&asked).await })
    }

    fn server(&self, config: Option<PathBuf>) -> anyhow::Result<Arc<Served>> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.get(&config) {
            return Ok(Arc::clone(server));
        }
        let server = Arc::new(Served::start(config.as_deref())?);
        servers.insert(config, Arc::clone(&server));
        Ok(server)
    }
}

/// What Argo CD makes of an Application and of its plugin's parameters.
fn variables(settings: &Settings, environment: Option<&str>) -> Vec<(String, String)> {
    let text = |(name, value): (&String, &String)| json!({"name": name, "string": value});
    let mut parameters: Vec<Value> = settings.params.iter().map(text).collect();
    if !settings.set.is_empty() {
        parameters.push(json!({"name": "set", "map": settings.set}));
    }
    if let Some(environment) = environment {
        parameters.push(json!({"name": "environment", "string": environment}));
    }
    let mut variables = vec![("ARGOCD_APP_PARAMETERS", Value::from(parameters).to_string())];
    if let Some(application) = &settings.application {
        variables.push(("ARGOCD_APP_NAME", application.name.clone()));
        variables.push(("ARGOCD_APP_NAMESPACE", application.namespace.clone()));
        variables.push(("ARGOCD_APP_PROJECT_NAME", application.project.clone()));
    }
    let of_argo = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
    of_argo.chain(settings.plugin_env().map(|(name, value)| (name, value.to_owned()))).collect()
}
