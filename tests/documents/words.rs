//! Lines of shell, as far as it takes to find the commands of one program in them.

/// The commands that start `program`: its words and those that follow, without quotes and redirections.
pub(crate) fn commands(shell: &str, program: &str) -> Vec<Vec<String>> {
    let joined = shell.replace("\\\n", " ");
    joined.lines().flat_map(|line| of_line(line, program)).collect()
}

fn of_line(line: &str, program: &str) -> Vec<Vec<String>> {
    let words = words(line);
    let parts = words.split(|it| is_end(it));
    let starting = parts.filter_map(|part| {
        let starts = |at: &usize| part[*at] == program && (*at == 0 || leads(&part[at - 1]));
        let start = (0..part.len()).find(starts)?;
        Some(until_redirection(&part[start..]))
    });
    starting.collect()
}

/// Whether a command may follow: `--` ends what is for a command that runs others.
fn leads(word: &str) -> bool {
    ["do", "then", "if", "{", "!", "--"].contains(&word)
}

fn is_end(word: &str) -> bool {
    ["|", "||", "&&", ";", "&"].contains(&word)
}

fn until_redirection(words: &[String]) -> Vec<String> {
    words.iter().take_while(|it| !it.starts_with(['>', '<']) && !it.starts_with("2>")).cloned().collect()
}

/// Quotes keep words together, and a `#` at the start of a word ends the line.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None;
    let mut quote = None;
    for it in line.chars() {
        match quote {
            Some(end) if it == end => quote = None,
            Some(_) => word.get_or_insert_with(String::new).push(it),
            None if it == '\'' || it == '"' => {
                quote = Some(it);
                word.get_or_insert_with(String::new);
            }
            None if it == '#' && word.is_none() => break,
            None if it.is_whitespace() => words.extend(word.take()),
            None if it == ';' => {
                words.extend(word.take());
                words.push(";".into());
            }
            None => word.get_or_insert_with(String::new).push(it),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_wherever_they_stand() {
        let shell = "cmp-host check 'a b' # all of them\nfor e in dev; do cmp-host generate --env \"$e\" \\\n  --output-dir out; done\n\
            cat x | cmp-host diff --against-file - >y || test $? = 5\nkubectl exec -c cmp-host -- cmp-host doctor && echo cmp-host\n# cmp-host no\n";
        let found: Vec<String> = commands(shell, "cmp-host").iter().map(|it| it.join("_")).collect();
        let expected = [
            "cmp-host_check_a b",
            "cmp-host_generate_--env_$e_--output-dir_out",
            "cmp-host_diff_--against-file_-",
            "cmp-host_doctor",
        ];
        assert_eq!(found, expected);
    }
}
