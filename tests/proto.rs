//! The committed code of the plugin protocol is what its `.proto` files say. `make bless` writes it anew.

mod support {
    pub(crate) mod project;
}

use std::fs;
use std::path::Path;

use anyhow::ensure;
use protox::prost::Message;
use support::project;

const FOLDER: &str = "host/src/server/proto";
const FILES: [&str; 3] = ["plugin.rs", "repository.rs", "descriptors.bin"];

#[test]
fn generated_code_is_fresh() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    generate(folder.path())?;
    for name in FILES {
        let fresh = fs::read(folder.path().join(name))?;
        let path = project::path(format!("{FOLDER}/{name}"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &fresh)?;
        }
        ensure!(fs::read(&path)? == fresh, "{} is stale: `make bless`", path.display());
    }
    Ok(())
}

fn generate(to: &Path) -> anyhow::Result<()> {
    let protos = protox::compile(["plugin.proto"], [project::path(FOLDER)])?;
    fs::write(to.join("descriptors.bin"), protos.encode_to_vec())?;
    // Clients are the tests' business, and servers bring their own transport.
    let builder = tonic_prost_build::configure().build_client(false).build_transport(false);
    Ok(builder.out_dir(to).compile_fds(protos)?)
}
