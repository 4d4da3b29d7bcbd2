//! The table of limits, row by row: nobody but the operator raises one, and whoever meets one is told so by its code.
//!
//! Every row has a case below; `case` names all of them, so a new limit does not compile without one.

mod support {
    #[expect(dead_code, reason = "other tests write what these archives do not have")]
    pub(crate) mod archive;
    pub(crate) mod binary;
    pub(crate) mod project;
    pub(crate) mod repository;
    pub(crate) mod wat_guest;
}

use anyhow::{Context, bail, ensure};
use cmp_host::config::Config;
use cmp_host::limits::{Limit, Limits, Row, TABLE, Unit};
use cmp_host::tree::archive::{ArchiveError, Receiving};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::archive::Archive;
use support::binary::{self, Ran};
use support::repository::Repository;
use support::wat_guest::WatGuest;

const CONFIG: &str = "cmp-host.toml";
const GUEST: &str = "guest.wasm";

/// What meets a limit once it is this low, and passes without it.
struct Case {
    value: &'static str,
    guest: WatGuest,
    /// How many more instances the component has of its first module.
    instances: u8,
}

/// Each limit has one.
fn case(limit: Limit) -> Case {
    let of = |value, guest| Case { value, guest, instances: 0 };
    let small = || WatGuest::of("small");
    let before = |before| WatGuest { before, ..small() };
    match limit {
        Limit::Fuel => of("1000", before(LOOP)),
        Limit::Time => of("\"1ms\"", before(LOOP)),
        Limit::Memory => of("\"1MiB\"", before(GROW)),
        Limit::TableElements => of("10", WatGuest { fields: "(table 11 funcref)", ..small() }),
        Limit::Instances => Case { instances: 1, ..of("1", small()) },
        Limit::Memories => Case { instances: 1, ..of("1", small()) },
        Limit::Stack => {
            of("\"16KiB\"", WatGuest { fields: DEEP, before: "(call $deep (i32.const 2000))", ..small() })
        }
        Limit::Copied => of("\"1KiB\"", large()),
        Limit::Handles => of(
            "10",
            WatGuest {
                world: Some(RESOURCES),
                imports: NEW,
                fields: DESTROY,
                before: "(call $make (i32.const 20))",
                ..small()
            },
        ),
        Limit::Output => of("100", large()),
        Limit::Manifest => of("100", large()),
        Limit::Manifests => {
            let manifests = ["a", "b"].iter().flat_map(|it| WatGuest::of(it).manifests).collect();
            of("1", WatGuest { manifests, ..WatGuest::default() })
        }
        Limit::Component => of("100", small()),
        Limit::CompileTime => of("\"1ms\"", WatGuest { fields: functions(), ..small() }),
        Limit::CompileMemory => of("\"64KiB\"", small()),
        Limit::Spec => of("10", small()),
        Limit::Files => of("1", WatGuest { input: Some("base.toml"), ..small() }),
        Limit::Read => of("10", small()),
        Limit::Archive => of("100", small()),
        Limit::Unpacked => of("1000", small()),
        Limit::Ratio => of("2", small()),
        Limit::Entries => of("1", small()),
    }
}

/// A hundred million turns: many ticks of the clock that a deadline is measured with, and a fourth of the fuel.
const LOOP: &str = "(local $n i32) (local.set $n (i32.const 100000000))
  (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))";
const GROW: &str = "(if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))";
const DEEP: &str = "(func $deep (param i32)
  (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))) (drop (memory.grow (i32.const 0))))))";
/// A guest without imports has the resources that it makes for itself.
const RESOURCES: &str = "package test:more;
interface things { resource thing { constructor(); } }
world guest { export cmp-host:expander/expander@0.1.0; export things; }";
const NEW: &str =
    r#"(import "[export]test:more/things" "[resource-new]thing" (func $new (param i32) (result i32)))"#;
const DESTROY: &str = r#"(func (export "test:more/things#[constructor]thing") (result i32) (call $new (i32.const 0)))
(func $make (param i32) (loop $again (drop (call $new (i32.const 0)))
  (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"#;

/// What takes many times a millisecond to compile, on any machine.
fn functions() -> &'static str {
    "(func (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))".repeat(5_000).leak()
}

fn large() -> WatGuest {
    WatGuest::of(&"a".repeat(4000))
}

/// An instance of the first module, as a section of its own: components may have any number of them, in any order.
const INSTANCE: [u8; 6] = [2, 4, 1, 0, 0, 0];

#[test]
fn whoever_meets_a_limit_is_told_so() -> anyhow::Result<()> {
    each(|row| {
        if row.limit.is_for_archives() {
            return an_archive_that_is_too_much(row);
        }
        let Case { value, .. } = case(row.limit);
        let free = generate(&repository(row.limit, "", "", "")?, &[])?;
        ensure!(free.code == Some(0), "without the limit: {free:?}");
        let line = format!("{} = {value}", row.name);
        let limited = |limits: &str, of_guest: &str, of_spec: &str, parameter: &str| {
            let parameter = format!("limits={}={parameter}", row.name);
            let parameters: &[&str] = if parameter.ends_with('=') { &[] } else { &["--param", &parameter] };
            let ran = generate(&repository(row.limit, limits, of_guest, of_spec)?, parameters)?;
            let first = ran.stderr.lines().next().unwrap_or_default();
            ensure!(ran.code.is_some_and(|it| it == 1 || it == 3) && ran.stdout.is_empty(), "{ran:?}");
            ensure!(first.split(' ').any(|it| it == row.code), "{} is not in {first:?}", row.code);
            Ok(())
        };
        limited(&line, "", "", "").context("by the operator")?;
        limited("", &line, "", "").context("for the guest")?;
        limited("", "", &line, "").context("by the spec")?;
        limited("", "", "", value.trim_matches('"')).context("by a parameter")
    })
}

/// A guest is not to blame for what a spec or a parameter takes from it, and its team cannot mend that.
#[test]
fn whoever_lowers_a_limit_is_named() -> anyhow::Result<()> {
    for limit in [Limit::Fuel, Limit::Memory, Limit::TableElements, Limit::Instances] {
        let value = case(limit).value;
        let line = format!("{} = {value}", limit.row().name);
        let parameter = format!("limits={}={}", limit.row().name, value.trim_matches('"'));
        let of_spec = generate(&repository(limit, "", "", &line)?, &[])?;
        let of_parameter = generate(&repository(limit, "", "", "")?, &["--param", &parameter])?;
        let of_operator = generate(&repository(limit, &line, "", "")?, &[])?;
        for (ran, named) in [(of_spec, "`sglang.toml:2`"), (of_parameter, "the parameter `limits`")] {
            let named = format!(" (a limit that {named} lowers)\n\nhelp: raise that limit, or leave it out");
            ensure!(ran.code == Some(3) && ran.stderr.contains(&named), "{named:?}: {ran:?}");
        }
        ensure!(!of_operator.stderr.contains("lowers"), "{of_operator:?}");
    }
    Ok(())
}

/// Nobody but the operator is heard before an archive is read.
fn an_archive_that_is_too_much(row: &Row) -> anyhow::Result<()> {
    receive(&Limits::default()).context("without the limit")?;
    let line = format!("{} = {}", row.name, case(row.limit).value);
    let repository = repository(row.limit, &line, "", "")?;
    let config = Config::load(&repository.path(CONFIG)).map_err(|it| anyhow::anyhow!("{it:?}"))?;
    let Err(error) = receive(&config.limits) else { bail!("it is not too much") };
    ensure!(error.code() == row.code && error.to_string().contains(row.name), "{error}");
    Ok(())
}

/// Three entries, and 17 MiB that shrink to a twentieth.
fn receive(limits: &Limits) -> Result<(), ArchiveError> {
    let mut number: u32 = 1;
    let mut noise = || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        number.to_be_bytes()[0]
    };
    let content: Vec<u8> = (0..17 << 20).map(|it| if it % 1000 < 40 { noise() } else { 0 }).collect();
    let archive = Archive::new().file("sglang.toml", "").file("content", content).packed();
    let sha256 = base16ct::lower::encode_string(&Sha256::digest(&archive));
    let mut receiving = Receiving::new(".", &sha256, limits)?;
    archive.chunks(1024).try_for_each(|it| receiving.push(it))?;
    receiving.finish().map(drop)
}

#[test]
fn nobody_else_raises_a_limit() -> anyhow::Result<()> {
    each(|row| {
        let more = row.default + 1;
        let parameter = format!("limits={}={}", row.name, text(row, more));
        let line = format!("{} = {}", row.name, written(row, more));
        let refused = |ran: Ran, code: i32, start: &str| {
            let first = ran.stderr.lines().next().unwrap_or_default();
            ensure!(ran.code == Some(code) && ran.stdout.is_empty(), "{ran:?}");
            ensure!(first.contains(start) && !first.contains("more)"), "{start:?} is not in {first:?}");
            let values = [row.show(row.default), text(row, more)];
            // Of these limits nobody else may say anything.
            let values =
                if row.limit.is_for_archives() { vec![row.name.to_owned()] } else { values.to_vec() };
            ensure!(values.iter().all(|it| first.contains(it)), "{values:?} are not in {first:?}");
            Ok(())
        };
        let of_spec = generate(&repository(row.limit, "", "", &line)?, &[])?;
        refused(of_spec, 1, "sglang.toml:2:1: SG031 ").context("a spec")?;
        let of_parameter = generate(&repository(row.limit, "", "", "")?, &["--param", &parameter])?;
        refused(of_parameter, 1, "SG031 ").context("a parameter")?;
        let of_guest = generate(&repository(row.limit, "", &line, "")?, &[])?;
        refused(of_guest, 4, "cmp-host.toml:5:1: HOST_CONFIG ").context("a guest")
    })
}

#[test]
fn the_operator_cannot_ask_for_what_means_nothing() -> anyhow::Result<()> {
    each(|row| {
        for value in [0, row.smallest - 1, row.largest + 1] {
            let line = format!("{} = {}", row.name, written(row, value));
            let ran = generate(&repository(row.limit, &line, "", "")?, &[])?;
            let first = ran.stderr.lines().next().unwrap_or_default();
            ensure!(ran.code == Some(4) && ran.stdout.is_empty(), "{value}: {ran:?}");
            ensure!(first.starts_with("cmp-host.toml:2:1: HOST_CONFIG "), "{value}: {first:?}");
            ensure!(first.contains(&row.show(row.smallest)), "{value}: {first:?}");
        }
        Ok(())
    })
}

/// Nothing runs in more memory than there is.
#[test]
fn the_machine_is_the_last_limit() -> anyhow::Result<()> {
    let info = std::fs::read_to_string("/proc/meminfo")?;
    let total =
        info.lines().find_map(|it| it.strip_prefix("MemTotal:")).context("how much memory is there?")?;
    let total: u64 = total.trim().trim_end_matches(" kB").trim().parse::<u64>()? << 10;
    let most = total.min(Limit::Memory.row().largest);
    let repository = repository(Limit::Memory, &format!("memory = {}", most + 1), "", "")?;
    let ran = generate(&repository, &[])?;
    ensure!(ran.code == Some(4) && ran.stderr.starts_with("cmp-host.toml:2:1: HOST_CONFIG "), "{ran:?}");
    ensure!(ran.stderr.contains(&Limit::Memory.row().show(most)), "{ran:?}");
    Ok(())
}

#[test]
fn what_is_in_force_is_printed_with_its_source() -> anyhow::Result<()> {
    each(|row| {
        let (operators, guests) = (row.default - 1, row.default - 2);
        let line = |value| format!("{} = {}", row.name, written(row, value));
        let (operators, guests) = (operators.max(row.smallest), guests.max(row.smallest));
        let has_guests = !row.limit.is_for_archives();
        let of_guest = if has_guests { line(guests) } else { String::new() };
        let repository = repository(row.limit, &line(operators), &of_guest, "")?;
        for entry in limits(&repository)? {
            let [value, from] = [&entry["value"], &entry["from"]];
            if entry["name"] == row.name {
                ensure!(*value == operators && from == "cmp-host.toml:2", "{entry}");
                let of_guest = if has_guests {
                    json!([{ "guest": "own", "value": guests, "from": "cmp-host.toml:7" }])
                } else {
                    json!([])
                };
                ensure!(entry["guests"] == of_guest && entry["code"] == row.code, "{entry}");
            } else {
                ensure!(from == "default", "{entry}");
            }
        }
        Ok(())
    })
}

fn each(check: impl Fn(&Row) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let wrong: Vec<String> =
        TABLE.iter().filter_map(|row| check(row).err().map(|it| format!("{}: {it:#}", row.name))).collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    Ok(())
}

/// The limit's guest, an operator's file that names it, and a spec that chooses it.
fn repository(limit: Limit, limits: &str, of_guest: &str, of_spec: &str) -> anyhow::Result<Repository> {
    let Case { guest, instances, .. } = case(limit);
    let mut bytes = guest.bytes()?;
    (0..instances).for_each(|_| bytes.extend(INSTANCE));
    let repository = Repository::of(format!("[limits]\n{of_spec}\n[of]\nthe = \"guest\"\n"))?;
    repository.write("base.toml", "")?;
    repository.write(GUEST, bytes)?;
    let limits = if limits.is_empty() { String::new() } else { format!("[limits]\n{limits}\n") };
    let of_guest =
        if of_guest.is_empty() { String::new() } else { format!("[guest.own.limits]\n{of_guest}\n") };
    repository.write(CONFIG, format!("{limits}[guest.own]\npath = \"{GUEST}\"\n\n{of_guest}"))?;
    Ok(repository)
}

fn generate(repository: &Repository, args: &[&str]) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.args(["generate", ".", "--root", ".", "--config", CONFIG, "--param", "guest=own"]).args(args);
    // What is cached is not compiled, and meets no limit of that.
    command.env("CMP_HOST_CACHE", repository.path("cache"));
    binary::run(command.current_dir(repository.path("")))
}

fn limits(repository: &Repository) -> anyhow::Result<Vec<Value>> {
    let mut command = binary::command();
    command.args(["limits", "--format", "json", "--config", CONFIG]).current_dir(repository.path(""));
    let ran = binary::run(&mut command)?;
    ensure!(ran.code == Some(0), "{ran:?}");
    let entries: Vec<Value> = serde_json::from_str(&ran.stdout)?;
    ensure!(entries.len() == TABLE.len(), "{} of {} limits", entries.len(), TABLE.len());
    Ok(entries)
}

/// As a file says it.
fn written(row: &Row, value: u64) -> String {
    match row.unit {
        Unit::Count | Unit::Bytes => value.to_string(),
        Unit::Time => format!("\"{value}ms\""),
    }
}

/// As a parameter and a message say it.
fn text(row: &Row, value: u64) -> String {
    match row.unit {
        Unit::Count | Unit::Bytes => value.to_string(),
        Unit::Time => format!("{value}ms"),
    }
}
