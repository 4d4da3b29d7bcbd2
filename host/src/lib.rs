//! The host: expands a short spec into Kubernetes manifests with a sandboxed guest.
//!
//! In reading order:
//!
//! - [`cli`], [`commands`]: the command line and its verbs.
//! - [`server`]: the other door, Argo CD's plugin protocol.
//! - [`config`], [`limits`]: what the platform's operator says, and what each request may use.
//! - `root`, [`tree`]: which repository a folder belongs to, and reading files of it and of nothing else.
//! - `git`: the commits of that repository.
//! - [`request`], [`parameters`], [`choice`]: from files, command line and Argo CD's environment to a request, its guest and
//!   its limits.
//! - `specs`, `parallel`: all specs below a folder, on all cores.
//! - `application`: what Argo CD would pass to the plugin, for a laptop that has the Application.
//! - `edit`: changes single values of a spec, for the verbs that promote and take back.
//! - [`generate`](mod@generate): the one road from a request to manifests. It knows no door.
//! - [`guest`]: runs guests; all that knows wasmtime.
//! - [`manifest`]: what a guest gave, checked; [`yaml`] and [`json`] write it.
//! - `explain`: why a field is what it is, and what an environment costs.
//! - `diff`: what differs between two lists of manifests, and as text.
//! - `plugin_yaml`: what Argo CD knows of the plugin, as a server of its own reads it.
//! - `doctor`: whether a set-up for the server can work.
//! - `suite`: whether a guest is fit to serve.
//! - [`problem`], [`diagnostic`], [`render`]: what the host finds wrong, problems with their places, and as text.

mod announcement;
mod application;
#[cfg(test)]
mod chance;
pub mod choice;
pub mod cli;
pub mod commands;
pub mod config;
#[path = "../../guest/src/credential.rs"]
mod credential;
pub mod diagnostic;
mod diff;
mod doctor;
mod edit;
mod explain;
mod file_names;
pub mod generate;
mod git;
pub mod guest;
mod head;
pub mod json;
pub mod limits;
mod locate;
pub mod log;
pub mod manifest;
mod nearest;
mod parallel;
pub mod parameters;
mod plugin_yaml;
mod printable;
pub mod problem;
mod quantity;
mod question;
pub mod render;
pub mod request;
mod root;
pub mod server;
mod specs;
pub mod stop;
mod suite;
pub mod tree;
mod whole_file;
pub mod yaml;
