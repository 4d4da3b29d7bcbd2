//! The committed code of the plugin protocol is what its `.proto` files say. `make bless` writes it anew.

mod support {
    pub(crate) mod project;
}

use std::fs;
use std::path::Path;

use protox::prost::Message;
use support::project;

const FOLDER: &str = "host/src/server/proto";
const FILES: [&str; 3] = ["plugin.rs", "repository.rs", "descriptors.bin"];

#[test]
fn generated_code_is_fresh() {
    let folder = tempfile::tempdir().unwrap();
    generate(folder.path());
    for name in FILES {
        let fresh = fs::read(folder.path().join(name)).unwrap();
        let path = project::path(&format!("{FOLDER}/{name}"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &fresh).unwrap();
        }
        assert!(fs::read(&path).unwrap() == fresh, "{} is stale: `make bless`", path.display());
    }
}

fn generate(to: &Path) {
    let protos = protox::compile(["plugin.proto"], [project::path(FOLDER)]).unwrap();
    fs::write(to.join("descriptors.bin"), protos.encode_to_vec()).unwrap();
    // Clients are the tests' business, and servers bring their own transport.
    let builder = tonic_prost_build::configure().build_client(false).build_transport(false);
    builder.out_dir(to).compile_fds(protos).unwrap();
}
