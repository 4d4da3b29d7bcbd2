//! Parses the command line, runs the verb, and maps how it ended to an exit code.

use std::process::ExitCode;

use clap::Parser;
use cmp_host::cli::{Cli, Command, LogFormat};
use cmp_host::guest::worker;
use cmp_host::{commands, log};

fn main() -> ExitCode {
    if let Some(limits) = worker::asked_for(std::env::args_os()) {
        return ExitCode::from(worker::serve(limits));
    }
    // Ends the process with code 2 on wrong usage, and with 0 after `--help`.
    let cli = Cli::parse();
    let (log_of_server, started) = match &cli.command {
        Command::Serve(serve) => commands::start_log(serve),
        _ => {
            log::start(cli.verbose, cli.log_format);
            (None, Ok(()))
        }
    };
    let outcome = started.and_then(|()| commands::run(&cli));
    if let Err(stop) = &outcome {
        match log_of_server {
            Some(LogFormat::Json) => log::stopped(stop),
            _ => commands::print_stop(stop),
        }
    }
    log::finish();
    outcome.map_or_else(|stop| ExitCode::from(stop.code()), |()| ExitCode::SUCCESS)
}
