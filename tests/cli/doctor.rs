//! `doctor` and `check-socket`: what they say of a good set-up, and of broken ones.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::Path;

use anyhow::ensure;
use sha2::{Digest, Sha256};

use crate::support::binary::{self, Ran};
use crate::support::project;
use crate::support::repository::Repository;
use crate::support::wat_guest::WatGuest;

const SOCKET: &str = "plugins/sglang-v1.sock";
/// Everybody may connect, whoever runs the tests.
const OPEN: [&str; 2] = ["--socket-mode", "0666"];

#[test]
fn a_good_set_up_is_good_in_every_line() -> anyhow::Result<()> {
    let setup = setup()?;
    let guest = WatGuest::of("one").bytes()?;
    setup.write("one.wasm", &guest)?;
    setup.write("cmp-host.toml", format!("[limits]\nfuel = 1000000\n{}", pinned("one", &guest)))?;
    let _server = serve(&setup.path(SOCKET))?;
    let expected = "\
ok   versions: cmp-host VERSION, the contract cmp-host:expander/expander@0.1.0
ok   plugin.yaml: Applications name the plugin `sglang-v1`
ok   socket folder: `plugins` can be written to
ok   socket path: `plugins/sglang-v1.sock` has 22 bytes of 107
ok   socket user: the socket is user UID's and group GID's, with the mode 0777: the repo-server may connect
ok   server: it is serving
ok   operator's file: `cmp-host.toml` is in force
ok   guest default: it is loaded, and calls itself `sglang VERSION`
ok   guest one: it is loaded, and calls itself nothing
ok   limits: the operator's file sets one; `cmp-host limits` prints them
ok   cache: compiled code is kept in `CACHE`
";
    assert_says(&doctor(&setup, &["--config", "cmp-host.toml"], binary::CACHE)?, 0, expected)?;
    let asked = run(&setup, &["check-socket", "--config-dir-path", "config", "--sockets", "plugins"])?;
    ensure!(asked.code == Some(0) && asked.stdout == "SERVING\n" && asked.stderr.is_empty(), "{asked:?}");
    Ok(())
}

#[test]
fn nothing_is_there() -> anyhow::Result<()> {
    assert_says(&doctor(&Repository::empty()?, &OPEN, binary::CACHE)?, 4, NOTHING)
}

const NOTHING: &str = "\
ok   versions: cmp-host VERSION, the contract cmp-host:expander/expander@0.1.0
FAIL plugin.yaml: PLUGIN_CONFIG `config/plugin.yaml` cannot be read: No such file or directory (os error 2); put the plugin's file there, or name its folder with `--config-dir-path`
FAIL socket folder: there is no folder `plugins`; mount the volume `plugins` that the repo-server has there, or name another with `--sockets`
ok   operator's file: none; `--config` or $CMP_HOST_CONFIG would name one
ok   guest default: it is loaded, and calls itself `sglang VERSION`
ok   limits: all are defaults; `cmp-host limits` prints them
ok   cache: compiled code is kept in `CACHE`
";

#[test]
fn both_files_are_wrong() -> anyhow::Result<()> {
    let setup = setup()?;
    setup.write(
        "config/plugin.yaml",
        "kind: ConfigManagementPlugin\nmetadata:\n  name: a/b\nspec: {version: 1.0}\n",
    )?;
    setup.write("cmp-host.toml", "[limits]\nfeul = 1\n")?;
    assert_says(&doctor(&setup, &["--config", "cmp-host.toml"], binary::CACHE)?, 4, WRONG)
}

const WRONG: &str = "\
ok   versions: cmp-host VERSION, the contract cmp-host:expander/expander@0.1.0
FAIL plugin.yaml: config/plugin.yaml:3:9: PLUGIN_CONFIG `metadata.name` cannot be `a/b`: it becomes the name of a file (+1 more); write a name without `/` and without control characters
ok   socket folder: `plugins` can be written to
FAIL operator's file: cmp-host.toml:2:1: HOST_CONFIG there is no limit `feul`; did you mean `fuel`?
ok   cache: compiled code is kept in `CACHE`
";

#[test]
fn a_dead_server_and_guests_that_nobody_vouches_for() -> anyhow::Result<()> {
    let setup = setup()?;
    drop(UnixListener::bind(setup.path(SOCKET))?);
    open(&setup.path(SOCKET))?;
    let guest = WatGuest::of("one").bytes()?;
    setup.write("one.wasm", &guest)?;
    let table = pinned("two", b"something else").replace("two.wasm", "one.wasm");
    setup.write("cmp-host.toml", format!("[guest.one]\npath = \"one.wasm\"\n{table}"))?;
    let expected = DEAD.replace("SHA256", &sha256(&guest)).replace("OTHER", &sha256(b"something else"));
    assert_says(&doctor(&setup, &["--config", "cmp-host.toml"], binary::CACHE)?, 4, &expected)
}

const DEAD: &str = "\
ok   versions: cmp-host VERSION, the contract cmp-host:expander/expander@0.1.0
ok   plugin.yaml: Applications name the plugin `sglang-v1`
ok   socket folder: `plugins` can be written to
ok   socket path: `plugins/sglang-v1.sock` has 22 bytes of 107
ok   socket user: the socket is user UID's and group GID's, with the mode 0777: the repo-server may connect
FAIL server: nobody listens: a server that is gone has left the file; start `cmp-host serve`, which replaces the file
ok   operator's file: `cmp-host.toml` is in force
ok   guest default: it is loaded, and calls itself `sglang VERSION`
FAIL guest one: it has no digest, and a server runs pinned guests alone; if the file is the one that you mean, add `sha256 = \"SHA256\"`
FAIL guest two: cmp-host.toml:5:10: GUEST_DIGEST_MISMATCH the guest `two` has the digest SHA256; pinned is OTHER; put the file back that was pinned; if the new one is meant, write its digest here
ok   limits: all are defaults; `cmp-host limits` prints them
ok   cache: compiled code is kept in `CACHE`
";

#[test]
fn a_long_path_and_a_cache_that_others_write_to() -> anyhow::Result<()> {
    let setup = setup()?;
    let folder = "a".repeat(100);
    fs::create_dir(setup.path(&folder))?;
    fs::create_dir(setup.path("cache"))?;
    open(&setup.path("cache"))?;
    let cache = setup.path("cache");
    let ran = doctor(&setup, &[&["--sockets", &folder], &OPEN[..]].concat(), &cache.to_string_lossy())?;
    assert_says(&ran, 4, &LONG.replace("FOLDER", &folder))
}

const LONG: &str = "\
ok   versions: cmp-host VERSION, the contract cmp-host:expander/expander@0.1.0
ok   plugin.yaml: Applications name the plugin `sglang-v1`
ok   socket folder: `FOLDER` can be written to
FAIL socket path: `FOLDER/sglang-v1.sock` has 115 bytes of 107; set $ARGOCD_PLUGINSOCKFILEPATH, here and in the repo-server, to a shorter folder
ok   socket user: the socket is user UID's and group GID's, with the mode 0666: the repo-server may connect
ok   server: it has not started yet
ok   operator's file: none; `--config` or $CMP_HOST_CONFIG would name one
ok   guest default: it is loaded, and calls itself `sglang VERSION`
ok   limits: all are defaults; `cmp-host limits` prints them
FAIL cache: `CACHE` is not safe for compiled code: others can write to it (mode 777); give it to this user or to root, and `chmod go-w` it
";

#[test]
fn files_in_the_way_and_nobody_may_connect() -> anyhow::Result<()> {
    let setup = setup()?;
    setup.write(SOCKET, "")?;
    setup.write("one.wasm", "no component")?;
    setup.write("cmp-host.toml", pinned("one", b"no component"))?;
    let ran = doctor(&setup, &["--config", "cmp-host.toml", "--socket-mode", "0000"], binary::CACHE)?;
    assert_says(&ran, 4, IN_THE_WAY)
}

const IN_THE_WAY: &str = "\
ok   versions: cmp-host VERSION, the contract cmp-host:expander/expander@0.1.0
ok   plugin.yaml: Applications name the plugin `sglang-v1`
ok   socket folder: `plugins` can be written to
ok   socket path: `plugins/sglang-v1.sock` has 22 bytes of 107
FAIL socket user: the socket is user UID's and group GID's, with the mode 0000: the repo-server, user 999, may not connect; set `runAsUser: 999`, or let others connect with `serve --socket-mode 0666`
FAIL server: it is no socket; move the file away, which `cmp-host serve` does not replace
ok   operator's file: `cmp-host.toml` is in force
ok   guest default: it is loaded, and calls itself `sglang VERSION`
FAIL guest one: GUEST_INVALID the guest is not a valid component: it does not begin as one; give a binary component, as `wasm-tools component new` writes it
ok   limits: all are defaults; `cmp-host limits` prints them
ok   cache: compiled code is kept in `CACHE`
";

#[test]
fn a_probe_says_why_it_fails() -> anyhow::Result<()> {
    let setup = setup()?;
    let ask = || run(&setup, &["check-socket", SOCKET]);
    let assert_fails = |ran: &Ran, why: &str| {
        let expected = format!("HOST_UNWELL `{SOCKET}` cannot be used: {why}\n");
        ensure!(ran.code == Some(4) && ran.stdout.is_empty() && ran.stderr == expected, "{ran:?}");
        Ok(())
    };
    assert_fails(&ask()?, "there is no such socket\n\nhelp: start `cmp-host serve`, or name its socket")?;
    drop(UnixListener::bind(setup.path(SOCKET))?);
    let gone = "nobody listens: a server that is gone has left the file\n\nhelp: start `cmp-host serve`, which replaces the file";
    assert_fails(&ask()?, gone)?;
    setup.write("config/plugin.yaml", "")?;
    let ran = run(&setup, &["check-socket", "--config-dir-path", "config"])?;
    ensure!(
        ran.code == Some(4) && ran.stderr.starts_with("config/plugin.yaml:1:1: PLUGIN_CONFIG "),
        "{ran:?}"
    );
    Ok(())
}

/// The project's own plugin.yaml, and a folder for sockets.
fn setup() -> anyhow::Result<Repository> {
    let setup = Repository::empty()?;
    setup.write("config/plugin.yaml", fs::read(project::path("plugin.yaml"))?)?;
    fs::create_dir(setup.path("plugins"))?;
    Ok(setup)
}

fn pinned(name: &str, bytes: &[u8]) -> String {
    format!("[guest.{name}]\npath = \"{name}.wasm\"\nsha256 = \"{}\"\n", sha256(bytes))
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

fn open(path: &Path) -> anyhow::Result<()> {
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o777))?)
}

/// A health service of tonic's, until the runtime is dropped.
fn serve(path: &Path) -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(async { tokio::net::UnixListener::bind(path) })?;
    open(path)?;
    runtime.spawn(async move {
        let (_, service) = tonic_health::server::health_reporter();
        let (stream, _) = listener.accept().await?;
        let first = tokio_stream::once(Ok::<_, std::io::Error>(stream));
        let server = tonic::transport::Server::builder().add_service(service.clone());
        drop(server.serve_with_incoming(first).await);
        let (stream, _) = listener.accept().await?;
        let second = tokio_stream::once(Ok::<_, std::io::Error>(stream));
        let server = tonic::transport::Server::builder().add_service(service);
        drop(server.serve_with_incoming(second).await);
        Ok::<_, std::io::Error>(())
    });
    Ok(runtime)
}

fn doctor(setup: &Repository, args: &[&str], cache: &str) -> anyhow::Result<Ran> {
    let place = ["doctor", "--config-dir-path", "config"];
    let sockets: &[&str] = if args.contains(&"--sockets") { &[] } else { &["--sockets", "plugins"] };
    let mut command = binary::command();
    command.current_dir(setup.path("")).env("CMP_HOST_CACHE", cache).args(place).args(sockets).args(args);
    let ran = binary::run(&mut command)?;
    let owner = fs::metadata(setup.path(""))?;
    let stdout = ran.stdout.replace(cache, "CACHE").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let user = format!("user {}'s and group {}'s", owner.uid(), owner.gid());
    let stdout =
        stdout.replace("expander@VERSION", "expander@0.1.0").replace(&user, "user UID's and group GID's");
    Ok(Ran { stdout, ..ran })
}

fn run(setup: &Repository, args: &[&str]) -> anyhow::Result<Ran> {
    binary::run(binary::command().current_dir(setup.path("")).args(args))
}

fn assert_says(ran: &Ran, code: i32, expected: &str) -> anyhow::Result<()> {
    ensure!(ran.code == Some(code) && ran.stdout == expected, "{:?}\n{}{}", ran.code, ran.stdout, ran.stderr);
    let n_bad = expected.lines().filter(|it| it.starts_with("FAIL ")).count();
    let summary = format!("HOST_UNWELL {n_bad} of {} checks failed\n", expected.lines().count());
    ensure!(if code == 0 { ran.stderr.is_empty() } else { ran.stderr.starts_with(&summary) }, "{ran:?}");
    Ok(())
}
