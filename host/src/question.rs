//! What every request begins with, whichever door it came through: the spec, its guest, its limits, and all files that it
//! asks for.

use std::ffi::OsString;

use crate::choice::Choice;
use crate::config::Config;
use crate::diagnostic::Report;
use crate::generate::{Generated, generate};
use crate::guest::contract::{Answer, File, Output, Parameter, Request, Source};
use crate::guest::{Budget, Cancel, Failure, Guest, Meter};
use crate::parameters::{Choices, Given, Refusal};
use crate::problem::Rejection;
use crate::request;
use crate::stop::Stop;
use crate::tree::Tree;

/// Where a question comes from.
pub(crate) struct Asked<'a> {
    pub(crate) config: &'a Config,
    pub(crate) tree: &'a dyn Tree,
    /// The folder of the spec, below the tree's root.
    pub(crate) folder: &'a str,
    pub(crate) given: &'a Given,
    /// Argo CD's variables, wherever they stand.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Whether the variables may hold parameters. Only then must the guest be asked which it takes.
    pub(crate) may_hold_parameters: bool,
    pub(crate) cancel: Cancel,
    pub(crate) meter: Meter,
}

/// A guest, and what it is asked about.
pub(crate) struct Question<'a> {
    pub(crate) guest: &'a Guest,
    pub(crate) files: Vec<File>,
    pub(crate) budget: Budget,
    pub(crate) choices: Choices,
}

impl<'a> Question<'a> {
    /// Reads everything that the guest will see. `load` is asked for the guest once it is known which one it is; it may know
    /// already which parameters that guest takes.
    pub(crate) fn of(
        asked: &Asked<'_>,
        load: impl FnOnce(&Choice<'_>) -> Result<(&'a Guest, Option<&'a [Parameter]>), Stop>,
    ) -> Result<Question<'a>, Stop> {
        // What belongs to the host is known before the guest is, and that chooses it.
        let choice_of_host = asked.choices(&[])?;
        let choice = Choice::of(asked.config, asked.tree, asked.folder, &choice_of_host)?;
        let (guest, announced) = load(&choice)?;
        let budget =
            Budget { cancel: asked.cancel.clone(), meter: asked.meter.clone(), ..choice.limits.budget() };
        let choices = match announced {
            _ if !asked.may_hold_parameters => choice_of_host,
            Some(announced) => asked.choices(announced)?,
            None => asked.choices(&guest.describe(&budget)?.parameters)?,
        };
        let defaults = asked.config.defaults.as_ref();
        let files = request::read_files(guest, asked.tree, choice.spec, defaults, &choice.limits, &budget)??;
        // From here on nothing is opened any more: a test looks for this line in what the kernel was asked for.
        tracing::debug!(files = files.len(), "request read");
        Ok(Question { guest, files, budget, choices })
    }

    /// The environments to look at; a spec without any is looked at once, as it is.
    pub(crate) fn environments(&self) -> Result<Answer<Vec<Option<String>>>, Failure> {
        let names = self.guest.environments(&self.files, &self.budget)?;
        Ok(names.map(|it| if it.is_empty() { vec![None] } else { it.into_iter().map(Some).collect() }))
    }

    /// Asks for the manifests of one environment.
    pub(crate) fn generate_in(&self, environment: Option<&str>) -> Result<Answer<Generated>, Failure> {
        generate_in(self.guest, &self.files, environment, &self.budget)
    }

    /// Asks for manifests. Warnings come back with the files that they point into.
    pub(crate) fn manifests(self) -> Result<(Generated, Vec<File>), Stop> {
        self.expand(Output::Manifests, false)
    }

    /// The same, and why each field is what it is, which costs the guest a fourth more.
    pub(crate) fn manifests_with_origins(self) -> Result<(Generated, Vec<File>), Stop> {
        self.expand(Output::Manifests, true)
    }

    /// The Argo CD objects that deliver them.
    pub(crate) fn delivery(self, source: Source) -> Result<(Generated, Vec<File>), Stop> {
        self.expand(Output::Delivery(source), false)
    }

    fn expand(self, output: Output, with_origins: bool) -> Result<(Generated, Vec<File>), Stop> {
        let Question { guest, files, budget, choices } = self;
        let request = Request {
            files,
            environment: choices.environment,
            application: choices.application,
            parameters: choices.parameters,
            output,
            with_origins,
        };
        match generate(guest, &request, &budget)? {
            Ok(generated) => Ok((generated, request.files)),
            Err(problems) => Err(Rejection { files: request.files, problems }.into()),
        }
    }
}

/// The manifests of one environment, as somebody without an Application or parameters asks for them.
pub(crate) fn generate_in(
    guest: &Guest,
    files: &[File],
    environment: Option<&str>,
    budget: &Budget,
) -> Result<Answer<Generated>, Failure> {
    let request = Request {
        files: files.to_vec(),
        environment: environment.map(str::to_owned),
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: false,
    };
    generate(guest, &request, budget)
}

impl Asked<'_> {
    fn choices(&self, announced: &[Parameter]) -> Result<Choices, Stop> {
        Choices::of(self.given, announced, self.variable).map_err(|refusal| match refusal {
            Refusal::Usage(text) => Stop::Usage(text),
            Refusal::Problem(problem) => Stop::Rejected(Report::new(Vec::new(), vec![*problem])),
        })
    }
}
