//! The axis of a file: what somebody has rendered, or what a cluster has.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::expanded::{Broken, in_environment};
use super::{Sides, WORKING_TREE};
use crate::commands::question;
use crate::diagnostic::Report;
use crate::diff::{Difference, File, NotManifests, Presence, Problems, Section, Side};
use crate::guest::contract::{self, Location, Span};
use crate::problem::problem;
use crate::stop::Stop;
use crate::{printable, specs, whole_file};

/// The code of what is wrong with the file.
const CODE: &str = "SG038";
/// No namespace of a cluster prints more.
const SIZE: u64 = 32 << 20;

/// Compares a file with one environment of one spec.
pub(crate) fn difference(sides: &Sides<'_>, path: &Path, env: Option<&str>) -> Result<Difference, Stop> {
    let folders = specs::folders(sides.config, sides.tree, &sides.root.folder)?;
    let [folder] = folders.as_slice() else {
        return Err(Stop::Usage(format!(
            "there are {} specs below this folder; a file is compared with one: name its folder",
            folders.len()
        )));
    };
    let name = if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() };
    let name = printable::line(&name).into_owned();
    let there = parse(read(path).map_err(|it| unreadable(&name, &it))?, &name)?;
    let question = question::of_spec(sides.guests, sides.config, sides.tree, folder)?;
    let (mut objects, mut problems) = (Vec::new(), Vec::new());
    match question.generate_in(env) {
        Ok(Ok(generated)) => objects = there.compare(generated.manifests.iter()),
        Ok(Err(found)) => {
            let report = in_environment(question.files.clone(), env, found);
            problems.push(Problems { side: Side::After, report, code: 1 });
        }
        Err(failure) => {
            let Broken { report, code } = Broken::of(failure.into())?;
            problems.push(Problems { side: Side::After, report, code });
        }
    }
    let mut sections = Vec::new();
    if !objects.is_empty() || !problems.is_empty() {
        let spec = question.files.first().map_or(folder.as_str(), |it| &it.path).to_owned();
        let environment = env.map(str::to_owned);
        sections.push(Section {
            spec,
            environment,
            presence: Presence::Both,
            is_update: true,
            objects,
            problems,
        });
    }
    Ok(Difference { before: name, after: WORKING_TREE.to_owned(), sections })
}

/// A pipe will do: `--against-file <(kubectl get …)`.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(SIZE + 1).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(path)?.take(SIZE + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > SIZE { Err(io::Error::other("it is larger than 32 MiB")) } else { Ok(bytes) }
}

fn parse(bytes: Vec<u8>, name: &str) -> Result<File, Stop> {
    let Some(mut text) = whole_file::text(bytes) else {
        return Err(refused(Vec::new(), problem(CODE, format!("`{name}` is not UTF-8"))));
    };
    File::parse(&text).map_err(|error| match error {
        NotManifests::Other { message } => {
            refused(Vec::new(), problem(CODE, format!("`{name}`: {message}")).help(HELP))
        }
        NotManifests::Unreadable { at, message } => {
            let start = u32::try_from(at).unwrap_or(u32::MAX);
            let at = Location::Span(Span { file: 0, start, end: start });
            let problem = problem(CODE, format!("this is not YAML: {message}")).at(Some(at)).help(HELP);
            // A cluster's Secrets may stand there, and what cannot be read cannot be known for one.
            let whole = 0..text.len();
            printable::hide(&mut text, whole);
            refused(vec![contract::File { path: name.to_owned(), text }], problem)
        }
    })
}

const HELP: &str = "give the output of `cmp-host generate`, `kustomize build` or `kubectl get -o yaml`";

fn unreadable(name: &str, error: &io::Error) -> Stop {
    let problem = problem(CODE, format!("`{name}` cannot be read: {error}"));
    refused(Vec::new(), problem.help("name a file, or `-` for stdin"))
}

fn refused(files: Vec<contract::File>, problem: contract::Problem) -> Stop {
    Stop::Rejected(Report::new(files, vec![problem]))
}
