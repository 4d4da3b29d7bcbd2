//! A difference for the comment of a pull request: a summary, a table, and a block for each object.
//!
//! GitHub takes no longer comment than 65,536 characters. Whole blocks are left out then, and a sentence says how many.

use super::lines::{self, Line};
use super::report::{Counts, Difference, Presence, Section};
use super::{Change, Object, text};

/// GitHub's limit for a comment.
const MOST: usize = 65_536;
/// Room for the sentence that says what is missing.
const ENDING: usize = 300;

/// Writes the comment; a sentence if nothing differs.
pub(crate) fn markdown(difference: &Difference) -> String {
    let (before, after) = (code(&difference.before), code(&difference.after));
    if difference.is_empty() {
        return format!("**cmp-host diff**: nothing differs between {before} and {after}.\n");
    }
    let mut comment = Comment { text: String::new(), room: MOST - ENDING, left_out: 0 };
    comment.add(&format!("**cmp-host diff**, {before} → {after}: {}.\n\n", text::summary(difference)));
    comment.add("| Spec | Environment | Changed | Added | Removed | |\n|---|---|--:|--:|--:|---|\n");
    // The table has half of the room at most.
    let (rows, all) = (difference.sections.iter().map(row), comment.room);
    let mut missing = 0;
    for row in rows {
        missing += usize::from(comment.room < all / 2 || !comment.add(&row));
    }
    if missing > 0 {
        comment.add(&format!("\n{missing} more environments are left out of this table.\n"));
    }
    for section in &difference.sections {
        write_section(&mut comment, difference, section);
    }
    comment.end()
}

/// A text that says when it is full.
struct Comment {
    text: String,
    /// In characters.
    room: usize,
    left_out: usize,
}

impl Comment {
    fn add(&mut self, part: &str) -> bool {
        let length = part.chars().count();
        let fits = length <= self.room;
        if fits {
            self.text.push_str(part);
            self.room -= length;
        }
        fits
    }

    fn end(self) -> String {
        match self.left_out {
            0 => self.text,
            left_out => format!(
                "{}\nThis comment is cut at GitHub's {MOST} characters: {left_out} objects are in the table and not shown. \
                 The same command with `--format text` shows them.\n",
                self.text
            ),
        }
    }
}

fn row(section: &Section) -> String {
    let Counts { added, removed, changed } = Counts::of(&section.objects);
    let remark = match section.presence {
        _ if section.problems.iter().any(|it| it.code > 0) => "does not expand",
        Presence::Both => "",
        Presence::OnlyBefore => "removed",
        Presence::OnlyAfter => "new",
    };
    let environment = section.environment.as_deref().map(cell).unwrap_or_default();
    format!("| {} | {environment} | {changed} | {added} | {removed} | {remark} |\n", cell(&section.spec))
}

/// An object that does not fit does not keep a smaller one out that comes after it.
fn write_section(comment: &mut Comment, difference: &Difference, section: &Section) {
    let mut heading = format!("\n### {}", code(&section.spec));
    if let Some(environment) = &section.environment {
        heading += &format!(", {}", code(environment));
    }
    heading.push('\n');
    for remark in section.remarks(difference) {
        heading += &format!("\n{}\n", code(&remark));
    }
    if !comment.add(&heading) {
        comment.left_out += section.objects.len();
        return;
    }
    for object in &section.objects {
        comment.left_out += usize::from(!comment.add(&block(object)));
    }
}

fn block(object: &Object) -> String {
    let name = lines::name(object);
    let lines: String = lines::of(object).into_iter().map(|it| line(it) + "\n").collect();
    let fence = fence(&lines);
    let body = format!("{fence}diff\n{lines}{fence}\n");
    match object.change {
        Change::Changed(_) => format!("\n{}\n\n{body}", code(&name)),
        Change::Added(_) => folded("added", &name, &body),
        Change::Removed(_) => folded("removed", &name, &body),
    }
}

/// A summary is HTML, in which GitHub reads no Markdown.
fn folded(how: &str, name: &str, body: &str) -> String {
    let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("\n<details><summary>{how}: <code>{name}</code></summary>\n\n{body}\n</details>\n")
}

fn line(line: Line) -> String {
    match line {
        Line::Field(path) => format!("@@ {path} @@"),
        Line::Same(line) => format!(" {line}").trim_end().to_owned(),
        Line::Removed(line) => format!("-{line}"),
        Line::Added(line) => format!("+{line}"),
    }
}

/// Longer than any fence inside, so that no text of a manifest ends the block.
fn fence(text: &str) -> String {
    let longest = text.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// A text that does not end its span, and calls nobody by name.
fn code(text: &str) -> String {
    format!("`{}`", crate::printable::line(text).replace('`', "'"))
}

/// The same in a table.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}
