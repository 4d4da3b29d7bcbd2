//! A workflow as GitHub reads it: jobs, and their steps in order.

use std::fs;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::support::project;

/// A file of `deploy/github`.
pub(crate) struct Workflow(pub(crate) Value);

impl Workflow {
    pub(crate) fn read(path: &str) -> anyhow::Result<Workflow> {
        let path = project::path("deploy/github").join(path);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(Workflow(serde_yaml::from_str(&text)?))
    }

    pub(crate) fn job(&self, name: &str) -> anyhow::Result<&Value> {
        let job = &self.0["jobs"][name];
        ensure!(job.is_object(), "there is no job `{name}`");
        Ok(job)
    }

    pub(crate) fn steps(&self, job: &str) -> anyhow::Result<Vec<Value>> {
        self.job(job)?["steps"].as_array().cloned().with_context(|| format!("`{job}` has no steps"))
    }
}
