//! The table of constants as it follows from what was measured; a test writes it, and fails while the two differ.

const MEASURED: &str = include_str!("flags.tsv");

/// The text of `table.in`.
fn table() -> String {
    let rows: String = MEASURED.lines().skip(1).map(|it| row(&it.split('\t').collect::<Vec<_>>())).collect();
    format!("[ // made from flags.tsv by `BLESS=1 cargo test -p cmp-guest --lib`\n{rows}]\n")
}

fn row(cells: &[&str]) -> String {
    let [name, canonical] = [cells[0], cells[1]];
    let (given, deprecated, file) = (given(cells), deprecated(cells), cells[7] == "yes");
    let (new, choices) = (new(cells[8]), choices(cells));
    format!("    flag({name:?}, {canonical:?}, [{given}], 0b{deprecated}, {file}, {new}, &[{choices}]),\n")
}

fn given(cells: &[&str]) -> String {
    let words = cells[2..7].iter().map(|cell| {
        let word = cell.trim_end_matches('!');
        let kind = match word.trim_end_matches('+') {
            "-" => return "Absent".to_owned(),
            "switch" => "Switch",
            "either" => "Either",
            "int" => "Integer",
            "size" => "Size",
            "float" => "Float",
            "text" => "Text",
            "json" => "Json",
            other => panic!("no such kind: {other}"),
        };
        format!("{}({kind})", if word.ends_with('+') { "Many" } else { "One" })
    });
    words.collect::<Vec<_>>().join(", ")
}

fn deprecated(cells: &[&str]) -> String {
    cells[2..7].iter().map(|cell| if cell.ends_with('!') { '1' } else { '0' }).collect()
}

fn new(text: &str) -> String {
    if text.is_empty() { "None".into() } else { format!("Some({text:?})") }
}

fn choices(cells: &[&str]) -> String {
    let every: String = cells[2..7].iter().map(|cell| if *cell == "-" { '0' } else { '1' }).collect();
    let words = cells[9].split_whitespace().map(|it| it.split_once(':').unwrap_or((it, &every)));
    words.map(|(word, mask)| format!("({word:?}, 0b{mask})")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_was_measured() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog/flags/table.in");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, table()).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap();
        assert!(found == table(), "table.in is stale: run `BLESS=1 cargo test -p cmp-guest --lib`");
    }
}
