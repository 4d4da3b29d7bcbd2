//! What an environment's settings should be, what the spec must say for that, and whether it then does.
//!
//! The grammar is the guest's: it says what is in force and under which key an environment has a value of its own. After an edit
//! it is asked again, so that nothing is written that does not do what it was meant to.

use crate::diagnostic::Report;
use crate::edit::text::{self, Scalar, TextError};
use crate::guest::contract::{Answer, File, Problem, Setting, SettingValue, Severity};
use crate::guest::{Budget, Failure, Guest};
use crate::problem::{Rejection, problem};
use crate::question::generate_in;
use crate::stop::Stop;

/// What settings should be; none says that nothing names a value.
pub(crate) type Wanted = Vec<(Setting, Option<String>)>;

/// One environment of a spec, as its guest sees it.
pub(crate) struct Subject<'a> {
    pub(crate) guest: &'a Guest,
    pub(crate) budget: &'a Budget,
    /// The spec is the first of them.
    pub(crate) files: &'a [File],
    /// None for the only one, or for a spec that has none.
    pub(crate) environment: Option<&'a str>,
}

impl Subject<'_> {
    /// What is in force.
    pub(crate) fn values(&self) -> Result<Vec<SettingValue>, Stop> {
        self.answered(self.guest.settings(self.files, self.environment, self.budget)?)
    }

    /// The spec's text with these settings in force, and with nothing else changed; none if they are in force already.
    pub(crate) fn edited(&self, wanted: &Wanted) -> Result<Option<String>, Stop> {
        let mut files = self.files.to_vec();
        // A tag may end an inherited version, and a digest bring it back: so what is still wrong with it is looked at last.
        let but_version = wanted.iter().filter(|(it, _)| *it != Setting::ImageVersion).cloned().collect();
        for wanted in [&but_version, wanted] {
            let values = Subject { files: &files, ..*self }.values()?;
            files[0].text = edit(&files[0].text, &values, wanted).or_else(|error| {
                // What the guest says of such a spec says more.
                self.check(self)?;
                Err(cannot(error.to_string(), "write the value by hand"))
            })?;
        }
        let edited = Subject { files: &files, ..*self };
        edited.check(self)?;
        edited.require(wanted)?;
        let after = files.swap_remove(0).text;
        Ok((after != self.files[0].text).then_some(after))
    }

    /// Every environment that the edit changes must expand, and this one in any case.
    fn check(&self, before: &Subject<'_>) -> Result<(), Stop> {
        let mut report = Report::new(self.files.to_vec(), Vec::new());
        self.find(self.environment, &mut report)?;
        for name in self.answered(self.guest.environments(self.files, self.budget)?)? {
            let is_other = self.environment != Some(&name);
            if is_other && self.settings_of(&name)? != before.settings_of(&name)? {
                self.find(Some(&name), &mut report)?;
            }
        }
        if !report.has_errors() {
            return Ok(());
        }
        // The places are those of the text as it would have been, so whoever looks there is told.
        if self.files[0].text != before.files[0].text {
            report.add_all(vec![not_written()]);
        }
        Err(Stop::Rejected(report))
    }

    fn settings_of(&self, environment: &str) -> Result<Answer<Vec<SettingValue>>, Failure> {
        self.guest.settings(self.files, Some(environment), self.budget)
    }

    /// The errors of one environment.
    fn find(&self, environment: Option<&str>, report: &mut Report) -> Result<(), Failure> {
        let answer = generate_in(self.guest, self.files, environment, self.budget)?;
        let mut problems = answer.err().unwrap_or_default();
        problems.retain(|it| it.severity == Severity::Error);
        match environment {
            Some(environment) => report.merge(environment, problems),
            None => report.add_all(problems),
        }
        Ok(())
    }

    /// Whether the settings are now as they should be. Another layer may say something that nothing here can take back.
    fn require(&self, wanted: &Wanted) -> Result<(), Stop> {
        let values = self.values()?;
        let is = |setting| values.iter().find(|it| it.setting == setting).and_then(|it| it.value.as_deref());
        match wanted.iter().find(|(setting, value)| is(*setting) != value.as_deref()) {
            None => Ok(()),
            Some((setting, value)) => {
                Err(other_layer(self.environment, *setting, value.as_deref(), is(*setting)))
            }
        }
    }

    fn answered<T>(&self, answer: Answer<T>) -> Result<T, Stop> {
        answer.map_err(|problems| Rejection { files: self.files.to_vec(), problems }.into())
    }
}

/// First what is said, then what is not said any more: so a value that takes another's place stands beside it.
fn edit(text: &str, values: &[SettingValue], wanted: &Wanted) -> Result<String, TextError> {
    let mut text = text.to_owned();
    let wanted =
        |it: &SettingValue| wanted.iter().find(|(setting, _)| *setting == it.setting).map(|it| &it.1);
    let changed =
        || values.iter().filter_map(|it| Some((it, wanted(it)?))).filter(|(it, value)| it.value != **value);
    for (it, value) in changed() {
        if let Some(value) = value {
            text = text::set(&text, &it.key, &scalar(it.setting, value))?;
        }
    }
    for (it, value) in changed() {
        if value.is_none() {
            text = text::remove(&text, &it.key)?;
        }
    }
    Ok(text)
}

/// As the spec writes it.
pub(crate) fn scalar(setting: Setting, value: &str) -> Scalar {
    match value.parse() {
        Ok(number) if setting == Setting::Replicas => Scalar::Integer(number),
        _ => Scalar::Text(value.to_owned()),
    }
}

fn not_written() -> Problem {
    let message = "nothing was written: the lines above are those of the spec with the new value";
    Problem { severity: Severity::Note, ..problem("SG064", message) }
}

fn other_layer(environment: Option<&str>, setting: Setting, wanted: Option<&str>, is: Option<&str>) -> Stop {
    let environment = environment.map_or(String::from("the spec"), |it| format!("`{it}`"));
    let (name, is) = (name(setting), is.map_or(String::from("none"), |it| format!("`{it}`")));
    match wanted {
        Some(wanted) => cannot(
            format!("{environment} cannot have the {name} `{wanted}`: it would have {is}"),
            "its guest has no such setting, or a layer above says otherwise",
        ),
        None => cannot(
            format!("{environment} cannot be without {name}: a layer below gives it {is}"),
            "say it in both environments, or in none",
        ),
    }
}

/// As people say it.
pub(crate) fn name(setting: Setting) -> &'static str {
    match setting {
        Setting::ImageRepository => "image repository",
        Setting::ImageTag => "image tag",
        Setting::ImageDigest => "image digest",
        Setting::ImageVersion => "image version",
        Setting::Replicas => "number of replicas",
    }
}

/// A change that the spec does not take.
pub(crate) fn cannot(message: String, help: &str) -> Stop {
    Stop::Rejected(Report::new(Vec::new(), vec![problem("SG062", message).help(help)]))
}
