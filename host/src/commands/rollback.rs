//! `rollback`: an environment gets back what it had in an earlier commit, as a change to commit. Argo CD delivers that like any
//! other commit, whether it syncs by itself or not.

use crate::cli::Rollback;
use crate::commands::guests::Guests;
use crate::commands::{self, change, question};
use crate::config::Config;
use crate::edit::change::{Subject, Wanted};
use crate::edit::earlier::{self, Earlier, Nothing};
use crate::git::{Repository, Revision};
use crate::guest::contract::{Problem, Severity};
use crate::limits::Limit;
use crate::problem::problem;
use crate::question::Question;
use crate::render::Style;
use crate::root::Root;
use crate::stop::Stop;
use crate::tree::Tree;

pub(crate) fn run(config: &Config, arguments: &Rollback) -> Result<(), Stop> {
    let root = commands::find_root(&arguments.place)?;
    let repository = Repository::open(&root)?;
    let past = Past { config, arguments, root, repository, guests: Guests::of(config) };
    let mut taken = String::new();
    let is_written = change::change(config, &arguments.place, arguments.env.as_deref(), |subject| {
        let limit = config.limits.size(Limit::Spec);
        earlier::require_committed(&past.repository, subject.files, limit)?;
        let Earlier { revision, wanted } = past.find(subject)?;
        taken = past.repository.short(&revision);
        Ok(wanted)
    })?;
    let next = if is_written { "; commit the change to deliver them" } else { "" };
    commands::print_error(&format!("the values are those of {taken}{next}\n"));
    Ok(())
}

/// The history of one environment.
struct Past<'a> {
    config: &'a Config,
    arguments: &'a Rollback,
    root: Root,
    repository: Repository,
    guests: Guests<'a>,
}

impl Past<'_> {
    fn find(&self, subject: &Subject<'_>) -> Result<Earlier, Stop> {
        let now = change::carried(&self.arguments.only, subject.values()?);
        let Some(name) = &self.arguments.to else { return self.search(&now) };
        let revision = self.repository.revision(name)?;
        let asked = self.ask(&self.repository.tree(&revision)?);
        let wanted = asked.map_err(|stop| files_of(&self.repository.short(&revision), stop))?;
        Ok(Earlier { revision, wanted })
    }

    fn search(&self, now: &Wanted) -> Result<Earlier, Stop> {
        let skip = |revision: &Revision, stop: &Stop| {
            let reason = stop.text(Style::Plain);
            let reason = reason.lines().next().unwrap_or_default();
            commands::print_error(&format!("passing over {}: {reason}\n", self.repository.short(revision)));
        };
        let found = earlier::last_other(&self.repository, now, |tree| self.ask(tree), skip)?;
        found.map_err(|nothing| never(self.arguments.env.as_deref(), &nothing))
    }

    /// What was in force, by the guest that the spec had.
    fn ask(&self, tree: &dyn Tree) -> Result<Wanted, Stop> {
        let Rollback { env, only, .. } = self.arguments;
        let asked = question::of_spec(&self.guests, self.config, tree, &self.root.folder)?;
        let Question { guest, files, budget, .. } = asked;
        let subject = Subject { guest, budget: &budget, files: &files, environment: env.as_deref() };
        let wanted = change::carried(only, subject.values()?);
        change::require_image(only, &wanted, env.as_deref())?;
        Ok(wanted)
    }
}

/// Whoever looks for the place of a problem would look into the wrong file.
fn files_of(revision: &str, stop: Stop) -> Stop {
    let Stop::Rejected(mut report) = stop else { return stop };
    let note = problem("SG063", format!("this is the spec as it was in {revision}"));
    report.add_all(vec![Problem { severity: Severity::Note, ..note }]);
    Stop::Rejected(report)
}

fn never(environment: Option<&str>, nothing: &Nothing) -> Stop {
    let whose = environment.map_or(String::from("the spec"), |it| format!("`{it}`"));
    let message = match nothing {
        Nothing::Beginning => format!("{whose} never had other values: no commit says otherwise"),
        Nothing::Elsewhere => {
            format!(
                "{whose} has had no other values since its spec stands here; what stood elsewhere was not looked at"
            )
        }
        Nothing::Shallow => format!("{whose} has had no other values as far back as this clone goes"),
    };
    commands::rejected(problem("SG063", message).help(nothing.help()))
}
