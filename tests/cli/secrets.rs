//! What stands in the environment stays there, whatever `generate` says.

use anyhow::ensure;

use crate::support::binary;
use crate::support::repository::Repository;

/// Where secrets stand on a laptop, in CI and under Argo CD.
const SECRETS: [(&str, &str); 5] = [
    ("HF_TOKEN", "hf_mRk2ZtQw8LxVb5NcYp"),
    ("AWS_SECRET_ACCESS_KEY", "t7Gq/Jd4Xs0PvMz9rHnB"),
    ("GIT_PASSWORD", "Kw3-pTz8-yLr5-cVf6"),
    ("ARGOCD_ENV_TOKEN", "zD9uNx4hQe6BmSj1"),
    ("ARGOCD_APP_SOURCE_REPO_URL", "https://git:Ra8yLf2kWc5T@git.example.com/a.git"),
];
const SPEC: &str = r#"schema = 1
name = "llama"
model.id = "meta-llama/Llama-3.1-8B-Instruct"
model.quantization = "fp8"
model.context = 8192
image.tag = "v0.5.23"
gpu.product = "l40s"
vars.NOT_EXPANDED = "$HF_TOKEN ${HF_TOKEN} $(HF_TOKEN) $ARGOCD_ENV_TOKEN"
"#;

#[test]
fn the_environment_comes_out_nowhere() -> anyhow::Result<()> {
    for (spec, code) in
        [(SPEC.to_owned(), 0), (format!("{SPEC}replicas = \"$HF_TOKEN\"\n"), 1), (String::from("a ="), 1)]
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
