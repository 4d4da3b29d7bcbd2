//! The settings of a good spec: what verbs edit must be there to be edited, and must take effect.

use crate::edit::change::{name, scalar};
use crate::edit::text;
use crate::guest::contract::{File, Setting, SettingValue};
use crate::suite::{Finding, Subject, count, finding, same_twice};

pub(super) fn check(subject: Subject<'_>, files: &[File], environment: Option<&str>) -> Finding {
    let check = environment.map_or(String::from("settings"), |it| format!("settings {it}"));
    finding(check, require_editable(subject, files, environment))
}

fn require_editable(
    subject: Subject<'_>,
    files: &[File],
    environment: Option<&str>,
) -> Result<String, String> {
    let values = settings(subject, files, environment)?;
    for (index, it) in values.iter().enumerate() {
        let others = &values[..index];
        if others.iter().any(|other| other.setting == it.setting || other.key == it.key) {
            return Err(format!(
                "the {} or its key `{}` is named twice",
                name(it.setting),
                it.key.escape_debug()
            ));
        }
        require_effect(subject, files, environment, it)?;
    }
    Ok(count(values.len(), "setting"))
}

/// Another value at the key must be the value in force. Where none is in force, no other is known to be a good one.
fn require_effect(
    subject: Subject<'_>,
    files: &[File],
    environment: Option<&str>,
    it: &SettingValue,
) -> Result<(), String> {
    let key = it.key.escape_debug();
    let another = it.value.as_deref().map(|value| another(it.setting, value));
    let written = scalar(it.setting, another.as_deref().unwrap_or("1"));
    let text = text::set(&files[0].text, &it.key, &written);
    let text = text.map_err(|error| format!("nothing can be written at the key `{key}`: {error}"))?;
    let Some(another) = another else { return Ok(()) };
    let mut files = files.to_vec();
    files[0].text = text;
    let values = settings(subject, &files, environment)?;
    let now = values.iter().find(|now| now.setting == it.setting).and_then(|now| now.value.as_deref());
    match now == Some(&another) {
        true => Ok(()),
        false => Err(format!("`{key}` is written, and the {} is another all the same", name(it.setting))),
    }
}

fn settings(
    subject: Subject<'_>,
    files: &[File],
    environment: Option<&str>,
) -> Result<Vec<SettingValue>, String> {
    let answer = same_twice(|| subject.guest.settings(files, environment, subject.budget))?;
    answer.map_err(|problems| {
        let first = problems.first().map_or("no reason", |it| it.message.as_str());
        format!("there are none: {}", first.escape_debug())
    })
}

/// As good a value, as far as anybody can tell.
fn another(setting: Setting, value: &str) -> String {
    match setting {
        Setting::Replicas => {
            value.parse::<i64>().map_or_else(|_| String::from("1"), |it| (it + 1).to_string())
        }
        // Of the same length, as a digest must be.
        Setting::ImageDigest => {
            let (start, end) = value.split_at(value.len() - value.chars().last().map_or(0, char::len_utf8));
            format!("{start}{}", if end == "0" { "1" } else { "0" })
        }
        Setting::ImageRepository | Setting::ImageTag | Setting::ImageVersion => format!("{value}0"),
    }
}
