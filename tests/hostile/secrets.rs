//! Secrets that stand where secrets stand, and that must come out nowhere.

use std::process::{Command, ExitCode};

use base16ct::lower::encode_string;

use crate::support::project;

/// Made once by throwing dice.
const IN_VARIABLES: [(&str, &str); 4] = [
    ("HF_TOKEN", "hf_qXv7LdWm2RzT9bKcYpNs4UgE"),
    ("AWS_SECRET_ACCESS_KEY", "w3Jm/Zk8Qf1TtVb6xRy0LhCuNgPe5SaDoIiX7vHs"),
    ("ARGOCD_ENV_PASSWORD", "Gx5-tuR8-mWq2-bZ6k"),
    ("ARGOCD_APP_SOURCE_REPO_URL", "https://git:p4Vn9sKe7JcX@git.example.com/a.git"),
];
/// Stands in a file beside the repository.
pub(crate) const IN_FILE: &str = "nY6fPz3BwQ8tHr1VdGm5";
const MARK: &str = "CMP_HOST_TEST_SECRETS_ARE_PLANTED";

/// Whether this process has them in its environment.
pub(crate) fn are_planted() -> bool {
    std::env::var_os(MARK).is_some()
}

/// A process's environment is set when it starts. Temporary files get a folder of their own, so that one left behind is seen.
pub(crate) fn plant_and_run_again() -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(std::env::current_exe()?);
    // Without these, glibc keeps up to 64 MiB of what large rows have freed, and a leak would hide behind them.
    command.env("MALLOC_MMAP_THRESHOLD_", "131072").env("MALLOC_TRIM_THRESHOLD_", "131072");
    command.args(std::env::args_os().skip(1)).envs(IN_VARIABLES).env(MARK, "1").env("TMPDIR", folder.path());
    let status = command.current_dir(project::path("")).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The secrets that a text gives away, in clear or in hexadecimal.
pub(crate) fn found_in(text: &str) -> Vec<&'static str> {
    let secrets = IN_VARIABLES.iter().map(|(_, it)| *it).chain([IN_FILE]);
    secrets.filter(|it| text.contains(it) || text.contains(&encode_string(it.as_bytes()))).collect()
}
