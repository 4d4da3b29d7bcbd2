//! What stands in the remote, and what others do to it meanwhile.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::stage::Stage;

impl Stage {
    /// Commits a file to a branch of the remote, as somebody else.
    pub(crate) fn commit(&self, branch: &str, path: &str, text: &str) -> anyhow::Result<()> {
        let clone = tempfile::tempdir_in(self.path(""))?;
        let clone = clone.path();
        git(clone, &["clone", "--quiet", &self.remote(), "."])?;
        if self.branches()?.contains(&"main".to_owned()) {
            git(clone, &["checkout", "--quiet", "-B", branch, "origin/main"])?;
        }
        let file = clone.join(path);
        fs::create_dir_all(file.parent().context("a file is in a folder")?)?;
        fs::write(file, text)?;
        git(clone, &["add", "."])?;
        git(clone, &["commit", "--quiet", "--message", &format!("somebody writes {path}")])?;
        git(clone, &["push", "--quiet", "--force", "origin", &format!("HEAD:{branch}")]).map(drop)
    }

    /// Brings a branch into `main`, as a person does who merges a pull request.
    pub(crate) fn merge(&self, branch: &str) -> anyhow::Result<()> {
        git(self.path("remote.git"), &["update-ref", "refs/heads/main", branch])?;
        git(self.path("remote.git"), &["update-ref", "-d", &format!("refs/heads/{branch}")])?;
        let mut pulls: Vec<Value> = serde_json::from_str(&self.kept("pulls.json")?)?;
        let before = pulls.len();
        pulls.retain(|it| it["headRefName"] != branch);
        ensure!(pulls.len() + 1 == before, "`{branch}` has no pull request");
        Ok(fs::write(self.path("fake/pulls.json"), serde_json::to_string(&pulls)?)?)
    }

    /// Where it is.
    pub(crate) fn remote(&self) -> String {
        format!("file://{}", self.path("remote.git").display())
    }

    /// The names of its branches.
    pub(crate) fn branches(&self) -> anyhow::Result<Vec<String>> {
        let said =
            git(self.path("remote.git"), &["for-each-ref", "--format=%(refname:short)", "refs/heads"])?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    /// Author and message of a branch's commits, the newest first, without the first one of all.
    pub(crate) fn log(&self, branch: &str) -> anyhow::Result<Vec<String>> {
        let said = git(self.path("remote.git"), &["log", "--format=%an: %B%x00", branch])?;
        let all: Vec<&str> = said.split('\0').map(str::trim).filter(|it| !it.is_empty()).collect();
        Ok(all[..all.len() - 1].iter().map(|it| (*it).to_owned()).collect())
    }

    /// A branch's commit.
    pub(crate) fn head(&self, branch: &str) -> anyhow::Result<String> {
        Ok(git(self.path("remote.git"), &["rev-parse", branch])?.trim().to_owned())
    }

    /// The spec of a branch.
    pub(crate) fn spec(&self, branch: &str) -> anyhow::Result<String> {
        git(self.path("remote.git"), &["show", &format!("{branch}:services/chat/sglang.toml")])
    }
}

/// Nothing of this machine's own, and the same author for all that a test does itself.
pub(crate) fn plain_git() -> [(&'static str, &'static str); 6] {
    [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "somebody"),
        ("GIT_AUTHOR_EMAIL", "somebody@example.com"),
        ("GIT_COMMITTER_NAME", "somebody"),
        ("GIT_COMMITTER_EMAIL", "somebody@example.com"),
    ]
}

/// What git says, if it does not fail.
pub(crate) fn git(folder: impl AsRef<Path>, args: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("git").args(args).current_dir(folder).envs(plain_git()).output()?;
    ensure!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
