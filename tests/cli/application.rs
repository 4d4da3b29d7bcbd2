//! `--application`: a laptop sees what Argo CD would, or is told what Argo CD would refuse.
//!
//! In each folder of `tests/applications`, `variables.txt` is what Argo CD's own code makes of `application.yaml` and of the
//! files that override it, and `diagnostics.txt` what `cmp-host` says; no such file means that it says nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::support::binary::{self, Ran};
use crate::support::project;

/// Argo CD takes these. Of its readers one minds the case of a key and another does not, and of two equal keys the last one
/// counts; nobody who writes so means it.
const STRICTER: [&str; 2] = ["keys-in-another-case", "keys-that-come-twice"];

#[test]
fn a_laptop_gives_what_the_plugin_gives() -> anyhow::Result<()> {
    let mut n_compared = 0;
    for folder in folders()? {
        let variables = fs::read_to_string(folder.join("variables.txt"))?;
        if variables == "refused\n" || STRICTER.iter().any(|it| folder.ends_with(it)) {
            continue;
        }
        let (laptop, plugin) = (generate(&folder, &[])?, as_argo_would(&folder, &variables)?);
        ensure!((laptop.code, &laptop.stdout) == (plugin.code, &plugin.stdout), "{laptop:?}\n{plugin:?}");
        n_compared += usize::from(laptop.code == Some(0));
    }
    ensure!(n_compared >= 9, "only {n_compared} Applications gave manifests");
    Ok(())
}

#[test]
fn what_is_said_is_as_expected() -> anyhow::Result<()> {
    let bless = std::env::var_os("BLESS").is_some();
    for folder in folders()? {
        let ran = generate(&folder, &[])?;
        let path = folder.join("diagnostics.txt");
        match (bless, ran.stderr.is_empty()) {
            (true, true) => drop(fs::remove_file(&path)),
            (true, false) => fs::write(&path, &ran.stderr)?,
            (false, _) => {
                let expected = if path.exists() { fs::read_to_string(&path)? } else { String::new() };
                ensure!(ran.stderr == expected, "{}:\n{}", folder.display(), ran.stderr);
            }
        }
        ensure!(ran.code == Some(0) || ran.stdout.is_empty(), "{} fails and prints", folder.display());
    }
    Ok(())
}

#[test]
fn the_command_line_wins() -> anyhow::Result<()> {
    let folder = project::path("tests/applications/an-override-changes-the-image");
    let given = generate(&folder, &["--env", "dev", "--param", "image-tag=v0.5.23"])?;
    let mut plain = binary::command();
    plain.args(["generate", "services/chat", "--root", ".", "--env", "dev", "--format", "json"]);
    let plain = binary::run(plain.current_dir(&folder))?;
    ensure!(given.code == Some(0) && given.stdout == plain.stdout, "{given:?}");
    Ok(())
}

/// DIR is any folder of the repository, and the file may come from elsewhere.
#[test]
fn any_folder_of_the_repository_will_do() -> anyhow::Result<()> {
    let folder = project::path("tests/applications/parameters-and-variables");
    let expected = generate(&folder, &[])?;
    let mut command = binary::command();
    let file = folder.join("application.yaml");
    let shell = format!("cat {} | \"$0\" \"$@\"", file.display());
    let program = command.get_program().to_owned();
    let mut piped = std::process::Command::new("sh");
    piped.args(["-c", &shell]).arg(program).env_clear().env("CMP_HOST_CACHE", binary::CACHE);
    piped.args(["generate", "services", "--root", ".", "--application", "/dev/stdin", "--format", "json"]);
    piped.current_dir(&folder);
    let piped = binary::run(&mut piped)?;
    ensure!(piped.code == Some(0) && piped.stdout == expected.stdout, "{piped:?}");
    let missing = binary::run(command.args(["generate", "--application", "nowhere.yaml"]))?;
    ensure!(missing.code == Some(1) && missing.stderr.starts_with("SG035 "), "{missing:?}");
    Ok(())
}

fn folders() -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(project::path("tests/applications"))?;
    let mut folders = entries.map(|it| Ok(it?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    folders.sort();
    Ok(folders)
}

fn generate(folder: &Path, args: &[&str]) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.current_dir(folder).args(["generate", "--root", ".", "--application", "application.yaml"]);
    binary::run(command.args(["--format", "json"]).args(args))
}

/// plugin.yaml's command, in the Application's folder, with the variables that Argo CD passes.
fn as_argo_would(folder: &Path, variables: &str) -> anyhow::Result<Ran> {
    let variables: Vec<(&str, &str)> = variables.lines().filter_map(|it| it.split_once('=')).collect();
    let path = variables.iter().find(|it| it.0 == "ARGOCD_APP_SOURCE_PATH").context("there is no path")?.1;
    let mut command = binary::command();
    command.args(["generate", ".", "--format", "json", "--root"]).arg(folder);
    binary::run(command.current_dir(folder.join(path)).envs(variables))
}
