//! The goals of `cmp-host serve`, against Argo CD's own server running plugin.yaml's command, asked by Argo CD's own client.
//!
//! A server's share is the time from dialling to the reply, with the archive packed before: packing costs a client the same
//! whoever answers. Beside it stands the least that this client can see, a server that reads the stream and answers what it
//! was given. `make bench-server` runs it.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod client;
mod repositories;
mod rivals;
mod unpacking;
#[path = "../../../tests/support"]
mod support {
    #[expect(dead_code, reason = "tests run it to its end")]
    pub(crate) mod binary;
    pub(crate) mod goal;
    pub(crate) mod packed;
    pub(crate) mod project;
    #[expect(dead_code, reason = "tests look at more of a server")]
    pub(crate) mod served;
}

use std::process::ExitCode;

use client::Sent;
use repositories::Repository;
use rivals::Rivals;
use support::goal::{self, Goal};

const MIB: f64 = 1_048_576.0;

fn main() -> ExitCode {
    goal::conclude(measure())
}

fn measure() -> anyhow::Result<Vec<Goal>> {
    let (small, large) = (Repository::small()?, Repository::large()?);
    let rivals = Rivals::start()?;
    let idle = rivals.ours.resident()?;
    let mut goals =
        vec![Goal { what: "resident when idle", measured: idle / MIB, unit: " MiB", at_most: 30.0 }];
    println!("resident when idle: theirs {:.0} MiB", rivals.on_disk.resident()? / MIB);
    goals.extend(one_at_a_time(&rivals, &small, &large)?);
    goals.extend(unpacking::goals(&large)?);
    goals.extend(a_thousand_at_once(&rivals, &small)?);
    goals.extend(two_hundred_large_ones(&rivals, &large)?);
    Ok(goals)
}

fn one_at_a_time(rivals: &Rivals, small: &Repository, large: &Repository) -> anyhow::Result<Vec<Goal>> {
    let written = rivals.ours.written()?;
    let [ours, disk, memory, ideal] = medians(rivals, small, 15, 20)?;
    let [large_ours, large_disk, large_memory, _] = medians(rivals, large, 7, 2)?;
    let written = rivals.ours.written()? - written;
    Ok(vec![
        Goal { what: "20 files, of theirs on tmpfs", measured: ours / memory, unit: "", at_most: 0.25 },
        Goal { what: "20 files, of theirs on disk", measured: ours / disk, unit: "", at_most: 0.25 },
        Goal { what: "20 files, of the ideal", measured: ours / ideal, unit: "", at_most: 2.5 },
        Goal {
            what: "3000 files, of theirs on disk",
            measured: large_ours / large_disk,
            unit: "",
            at_most: 0.05,
        },
        Goal {
            what: "3000 files, of theirs on tmpfs",
            measured: large_ours / large_memory,
            unit: "",
            at_most: 0.3,
        },
        Goal { what: "written to disk", measured: written, unit: " bytes", at_most: 0.0 },
    ])
}

/// Rivals take turns, so that whatever slows the machine down slows all of them: so many rounds of so many requests.
fn medians(
    rivals: &Rivals,
    repository: &Repository,
    rounds: usize,
    requests: usize,
) -> anyhow::Result<[f64; 4]> {
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..rounds {
        for (times, rival) in times.iter_mut().zip(rivals.all()) {
            let sent = Sent::to(rival, repository, requests, 1)?;
            sent.require_all(rival)?;
            times.push(sent.p50_ms);
        }
    }
    let medians = times.map(median);
    for (rival, median) in rivals.all().into_iter().zip(medians) {
        println!("{}, {}: {median:.2} ms", repository.name, rival.name);
    }
    Ok(medians)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// In turns as well: of a thousand requests at once the slowest ten differ by a tenth from one time to the next.
fn a_thousand_at_once(rivals: &Rivals, small: &Repository) -> anyhow::Result<Vec<Goal>> {
    const ROUNDS: usize = 3;
    let rivals = [&rivals.ours, &rivals.in_memory, &rivals.ideal];
    let (mut p99, mut peaks): ([Vec<f64>; 3], [f64; 3]) = Default::default();
    for _ in 0..ROUNDS {
        for ((rival, p99), peak) in rivals.into_iter().zip(&mut p99).zip(&mut peaks) {
            rival.forget_peak()?;
            let sent = Sent::to(rival, small, 1_000, 1_000)?;
            sent.require_all(rival)?;
            p99.push(sent.p99_ms);
            *peak = peak.max(rival.peak()? / MIB);
        }
    }
    let p99 = p99.map(median);
    for ((rival, p99), peak) in rivals.into_iter().zip(p99).zip(peaks) {
        println!("1000 at once, {}: p99 {p99:.0} ms, {peak:.0} MiB at most", rival.name);
    }
    Ok(vec![
        Goal { what: "1000 at once, p99 of theirs", measured: p99[0] / p99[1], unit: "", at_most: 0.25 },
        Goal { what: "1000 at once, peak memory", measured: peaks[0], unit: " MiB", at_most: 150.0 },
    ])
}

/// Theirs is not asked: all 200 fail at the deadline of a minute, which the reference run showed.
fn two_hundred_large_ones(rivals: &Rivals, large: &Repository) -> anyhow::Result<Vec<Goal>> {
    let mut peak = 0.0;
    for rival in [&rivals.ideal, &rivals.ours] {
        rival.forget_peak()?;
        let sent = Sent::to(rival, large, 200, 200)?;
        sent.require_all(rival)?;
        peak = rival.peak()? / MIB;
        println!("200 at once of 3000 files, {}: {:.1} s, {peak:.0} MiB at most", rival.name, sent.seconds);
    }
    Ok(vec![Goal {
        what: "200 at once of 3000 files, peak memory",
        measured: peak,
        unit: " MiB",
        at_most: 400.0,
    }])
}
