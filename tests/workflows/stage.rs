//! A repository with a bare remote, and a runner that takes the steps of a job out of a workflow and runs them.
//!
//! What GitHub gives a step is given here: variables, files for outputs and for the path, a checkout. Actions of others are
//! passed over, but for their outputs, which a test names.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::remote::{git, plain_git};
use crate::support::{binary, project};
use crate::values::{self, Expressions};
use crate::workflow::Workflow;

/// The digest of what a test's build gives.
pub(crate) const DIGEST: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
/// The commit that it was built from.
pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Where a job is played.
pub(crate) struct Stage {
    folder: TempDir,
    /// What expressions are worth.
    pub(crate) expressions: Expressions,
}

/// How a job ended.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) passed: bool,
    /// What all of its steps said.
    pub(crate) said: String,
}

impl Stage {
    /// A remote whose `main` has one commit, with a spec at `services/chat`.
    pub(crate) fn new(spec: &str) -> anyhow::Result<Stage> {
        let stage = Stage { folder: tempfile::tempdir()?, expressions: expressions() };
        for name in ["bin", "fake"] {
            fs::create_dir(stage.path(name))?;
        }
        for name in ["gh", "docker", "sudo"] {
            fs::copy(project::path("tests/workflows/fakes").join(name), stage.path("bin").join(name))?;
        }
        symlink(env!("CARGO_BIN_EXE_cmp-host"), stage.path("fake/cmp-host"))?;
        git(stage.path(""), &["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"])?;
        stage.commit("main", "services/chat/sglang.toml", spec)?;
        Ok(stage)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What GitHub was asked to change since the last look.
    pub(crate) fn asked(&self) -> anyhow::Result<Vec<String>> {
        let path = self.path("fake/asked");
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, "")?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// A file that a fake keeps.
    pub(crate) fn kept(&self, name: &str) -> anyhow::Result<String> {
        fs::read_to_string(self.path("fake").join(name)).with_context(|| format!("there is no {name}"))
    }

    /// Puts a script in the place of cmp-host; it finds the real one in `$REAL`.
    pub(crate) fn wrap(&self, script: &str) -> anyhow::Result<()> {
        let path = self.path("fake/cmp-host");
        fs::remove_file(&path)?;
        fs::write(&path, script)?;
        Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
    }

    /// Runs a job's steps in a fresh workspace, until one fails; `checkout` says what stands there after a checkout.
    pub(crate) fn play(&mut self, workflow: &Workflow, job: &str, checkout: &str) -> anyhow::Result<Played> {
        let workspace = tempfile::tempdir_in(self.folder.path())?;
        let mut played = Played { passed: true, said: String::new() };
        let mut path = vec![self.path("bin")];
        for step in workflow.steps(job)? {
            if !values::holds(&step["if"], &self.expressions)? {
                continue;
            }
            let uses = step["uses"].as_str().unwrap_or_default();
            if uses.starts_with("actions/checkout@") {
                self.check_out(workspace.path(), checkout)?;
            }
            if let Some(script) = step["run"].as_str() {
                let env = workflow.env(job, &step, &self.expressions)?;
                let ran = self.run(&workflow.shell()?, script, env, workspace.path(), &path)?;
                played.said += &ran.said;
                path.splice(0..0, self.lines("path")?.into_iter().map(PathBuf::from));
                self.keep_outputs(&step)?;
                if !ran.passed {
                    return Ok(Played { passed: false, ..played });
                }
            }
        }
        self.keep_outputs_of_job(workflow.job(job)?, job)?;
        Ok(played)
    }

    fn check_out(&self, workspace: &Path, branch: &str) -> anyhow::Result<()> {
        git(workspace, &["clone", "--quiet", "--depth=2", "--branch", branch, &self.remote(), "."]).map(drop)
    }

    fn run(
        &self,
        shell: &[&str],
        script: &str,
        env: BTreeMap<String, String>,
        workspace: &Path,
        path: &[PathBuf],
    ) -> anyhow::Result<Played> {
        ensure!(
            !script.contains("${{"),
            "an expression within a script is a way to inject commands: {script}"
        );
        fs::write(self.path("script"), script)?;
        let script = self.path("script");
        let words: Vec<&str> =
            shell.iter().map(|it| if *it == "{0}" { script.to_str().unwrap_or(it) } else { it }).collect();
        let path = path.iter().map(|it| it.display().to_string()).collect::<Vec<_>>().join(":");
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(workspace).env_clear().envs(plain_git());
        command.env("PATH", format!("{path}:/usr/local/bin:/usr/bin:/bin"));
        command.env("CMP_HOST_CACHE", binary::CACHE).env("REAL", env!("CARGO_BIN_EXE_cmp-host"));
        command.env("FAKE", self.path("fake")).env("RUNNER_TEMP", self.path("temp"));
        fs::create_dir_all(self.path("temp"))?;
        for (name, file) in
            [("GITHUB_OUTPUT", "output"), ("GITHUB_PATH", "path"), ("GITHUB_STEP_SUMMARY", "summary")]
        {
            fs::write(self.path(file), "")?;
            command.env(name, self.path(file));
        }
        command.env("GITHUB_SHA", COMMIT).env("GITHUB_REPOSITORY", "acme/chat").envs(env);
        let output = command.output().context("cannot start the shell")?;
        let said = [output.stdout, output.stderr].concat();
        Ok(Played { passed: output.status.success(), said: String::from_utf8(said)? })
    }

    fn lines(&self, file: &str) -> anyhow::Result<Vec<String>> {
        Ok(fs::read_to_string(self.path(file))?.lines().map(str::to_owned).collect())
    }

    fn keep_outputs(&mut self, step: &Value) -> anyhow::Result<()> {
        let Some(id) = step["id"].as_str() else { return Ok(()) };
        for line in self.lines("output")? {
            let (name, value) = line.split_once('=').with_context(|| format!("no output: {line}"))?;
            self.expressions.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        Ok(())
    }

    /// What later jobs see of it.
    fn keep_outputs_of_job(&mut self, job: &Value, name: &str) -> anyhow::Result<()> {
        for (output, value) in job["outputs"].as_object().into_iter().flatten() {
            let value = values::fill(value.as_str().unwrap_or_default(), &self.expressions)?;
            self.expressions.insert(format!("needs.{name}.outputs.{output}"), value);
        }
        Ok(())
    }
}

/// What a run for a commit of main has.
fn expressions() -> Expressions {
    let known = [
        ("github.ref", "refs/heads/main"),
        ("github.repository", "acme/chat"),
        ("github.token", "token"),
        ("secrets.DELIVERY_TOKEN || github.token", "token"),
        ("secrets.GITOPS_TOKEN", "token"),
        ("vars.CMP_HOST_IMAGE", "registry.example.com/platform/cmp-host:0.1.0"),
    ];
    known.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
