//! A difference for people: signs for objects, then each field with its lines.

use std::fmt::Write;

use super::lines::{self, Line};
use super::report::{Counts, Difference, Section};
use super::{Change, Object};
use crate::render::{Ink, Style};

/// Writes everything; nothing for a difference that has nothing to show.
pub(crate) fn text(difference: &Difference, style: Style) -> String {
    if difference.is_empty() {
        return String::new();
    }
    let mut text = format!("{} → {}\n", difference.before, difference.after);
    for section in &difference.sections {
        write_section(&mut text, difference, section, style);
    }
    put(&mut text, format_args!("\n{}\n", summary(difference)));
    text
}

/// `2 environments differ: 3 objects changed, 1 added`.
pub(super) fn summary(difference: &Difference) -> String {
    let differing = difference.sections.iter().filter(|it| !it.objects.is_empty()).count();
    let environments = if differing == 1 { "environment differs" } else { "environments differ" };
    let broken = difference.sections.iter().filter(|it| it.problems.iter().any(|it| it.code > 0)).count();
    let counts = match difference.counts() {
        counts if counts == Counts::default() => String::from("no object differs"),
        counts => format!("{differing} {environments}: {counts}"),
    };
    if broken == 0 { counts } else { format!("{counts}; {broken} cannot be compared") }
}

fn write_section(text: &mut String, difference: &Difference, section: &Section, style: Style) {
    put(text, format_args!("\n{}\n", style.paint(Ink::Title, &section.title())));
    for remark in section.remarks(difference) {
        put(text, format_args!("  {}\n", style.paint(Ink::Remark, &format!("! {remark}"))));
    }
    for object in &section.objects {
        write_object(text, object, style);
    }
}

fn write_object(text: &mut String, object: &Object, style: Style) {
    let (ink, sign) = match object.change {
        Change::Added(_) => (Ink::Added, '+'),
        Change::Removed(_) => (Ink::Removed, '-'),
        Change::Changed(_) => (Ink::Title, '~'),
    };
    put(text, format_args!("  {}\n", style.paint(ink, &format!("{sign} {}", lines::name(object)))));
    for line in lines::of(object) {
        let line = match line {
            Line::Field(path) => format!("    {}", style.paint(Ink::Field, &path)),
            Line::Same(line) => format!("        {line}"),
            Line::Removed(line) => {
                format!("      {}", style.paint(Ink::Removed, format!("- {line}").trim_end()))
            }
            Line::Added(line) => format!("      {}", style.paint(Ink::Added, format!("+ {line}").trim_end())),
        };
        put(text, format_args!("{}\n", line.trim_end()));
    }
}

fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a string takes every text");
}
