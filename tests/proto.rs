//! The committed code of the plugin protocol is what its `.proto` files say, and a server tells it to those who ask by reflection.
//! `make bless` writes it anew.

#[path = "support"]
mod support {
    #[expect(dead_code, reason = "other tests run it to its end")]
    pub(crate) mod binary;
    #[expect(dead_code, reason = "other tests ask for manifests")]
    pub(crate) mod client;
    pub(crate) mod project;
    #[expect(dead_code, reason = "other tests look at more of a server")]
    pub(crate) mod served;
}

use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use protox::prost::Message;
use support::client::{self, Client};
use support::project;
use support::served::Served;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

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

/// In both versions, whose messages are the same, as argocd-cmp-server has them.
#[test]
fn a_server_tells_its_services() -> anyhow::Result<()> {
    let served = Served::start(None)?;
    client::run(async {
        for version in ["v1", "v1alpha"] {
            let listed = ask(&served, version, MessageRequest::ListServices(String::new())).await?;
            let MessageResponse::ListServicesResponse(listed) = listed else { bail!("{listed:?}") };
            let names: Vec<_> = listed.service.into_iter().map(|it| it.name).collect();
            ensure!(names.iter().any(|it| it == SERVICE), "{names:?}");
            ensure!(names.iter().any(|it| it == "grpc.health.v1.Health"), "{names:?}");
            let symbol = MessageRequest::FileContainingSymbol(SERVICE.to_owned());
            let told = ask(&served, version, symbol).await?;
            ensure!(matches!(told, MessageResponse::FileDescriptorResponse(_)), "{told:?}");
        }
        Ok(())
    })
}

const SERVICE: &str = "plugin.ConfigManagementPluginService";

async fn ask(served: &Served, version: &str, asked: MessageRequest) -> anyhow::Result<MessageResponse> {
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(asked) };
    let method = format!("grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
    let client = Client::connect(&served.socket).await?;
    let answer = client.call::<ServerReflectionResponse>(&method, &[request.encode_to_vec()], None).await?;
    let answer = answer.map_err(|status| anyhow::anyhow!("{status:?}"))?;
    answer.message_response.context("a response holds something")
}
