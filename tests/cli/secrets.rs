//! What stands in the environment stays there, whatever `generate` says.

use anyhow::ensure;

use crate::support::binary;
use crate::support::repository::Repository;
use crate::support::spec::SPEC;

/// Where secrets stand on a laptop, in CI and under Argo CD.
const SECRETS: [(&str, &str); 5] = [
    ("HF_TOKEN", "hf_mRk2ZtQw8LxVb5NcYp"),
    ("AWS_SECRET_ACCESS_KEY", "t7Gq/Jd4Xs0PvMz9rHnB"),
    ("GIT_PASSWORD", "Kw3-pTz8-yLr5-cVf6"),
    ("ARGOCD_ENV_TOKEN", "zD9uNx4hQe6BmSj1"),
    ("ARGOCD_APP_SOURCE_REPO_URL", "https://git:Ra8yLf2kWc5T@git.example.com/a.git"),
];
/// What a shell, or Argo CD's build environment, would put a secret in the place of.
const NOT_EXPANDED: &str = "vars.NOT_EXPANDED = \"$HF_TOKEN ${HF_TOKEN} $(HF_TOKEN) $ARGOCD_ENV_TOKEN\"\n";

#[test]
fn the_environment_comes_out_nowhere() -> anyhow::Result<()> {
    let good = format!("{SPEC}{NOT_EXPANDED}");
    for (spec, code) in
        [(good.clone(), 0), (format!("{good}replicas = \"$HF_TOKEN\"\n"), 1), (String::from("a ="), 1)]
    {
        let repository = Repository::of(spec)?;
        for verb in ["generate", "check"] {
            let ran =
                binary::run(binary::command().envs(SECRETS).args(["-vv", verb]).arg(repository.path("")))?;
            ensure!(ran.code == Some(code), "{ran:?}");
            for (name, secret) in SECRETS {
                let is_there = [&ran.stdout, &ran.stderr].iter().any(|it| it.contains(secret));
                ensure!(!is_there, "{verb} gives away {name}: {ran:?}");
            }
        }
    }
    Ok(())
}
