//! Documents of YAML or JSON as plain values: what tools print, where no place matters but that of a mistake.

use serde_json::Value;

use super::read::{NotYaml, not_yaml};

/// Reads all documents. JSON texts may follow each other without anything between them, as `jq` and we write them.
pub(crate) fn documents(text: &str) -> Result<Vec<Value>, NotYaml> {
    if text.trim_start().starts_with('{') {
        let json: serde_json::Result<Vec<Value>> =
            serde_json::Deserializer::from_str(text).into_iter().collect();
        if let Ok(documents) = json {
            return Ok(documents);
        }
    }
    let options = serde_yaml::options! { with_snippet: false };
    serde_yaml::from_multiple_with_options(text, options).map_err(|it| not_yaml(text, &it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        documents(text).unwrap().iter().map(|it| it.to_string() + "\n").collect()
    }

    #[test]
    fn yaml_and_json_are_read_alike() {
        let expected = "{\"a\":[1,0.5,\"on\",null]}\n{\"b\":true}\n";
        assert_eq!(shown("a: [1, 0.5, 'on', null]\n---\nb: true\n"), expected);
        assert_eq!(shown("{\"a\":[1,0.5,\"on\",null]}\n{\"b\":true}\n"), expected);
        assert_eq!(shown("{a: [1, 0.5, 'on', ~]}\n---\n{b: on}\n"), expected);
        assert_eq!(shown("# nothing\n"), "");
    }

    #[test]
    fn what_is_no_yaml_has_a_place() {
        let error = documents("a: 1\nb: [\n").unwrap_err();
        assert_eq!((error.at, error.message.as_str()), (8..8, "unclosed bracket '['"));
    }

    #[test]
    fn what_unfolds_without_an_end_is_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for it in 1..12 {
            let before = format!("*a{}, ", it - 1).repeat(9);
            text += &format!("a{it}: &a{it} [{}]\n", before.trim_end_matches(", "));
        }
        assert!(documents(&text).is_err());
        assert!(documents(&"[".repeat(100_000)).is_err() && documents(&"{\"a\":".repeat(100_000)).is_err());
    }
}
