//! Why fields are what they are: of use only for fields that are there, and with places that are there.

use std::collections::BTreeSet;

use crate::guest::contract::{Cause, File, Location};
use crate::manifest::{Manifest, Manifests};
use crate::suite::problems::require_inside;

pub(super) fn require_sound(manifests: &Manifests, files: &[File]) -> Result<(), String> {
    manifests.iter().try_for_each(|it| {
        require_of_object(it, files).map_err(|reason| format!("an origin of {} {reason}", it.id()))
    })
}

fn require_of_object(manifest: &Manifest, files: &[File]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for origin in manifest.origins() {
        let pointer = origin.pointer.as_str();
        if manifest.value().pointer(pointer).is_none() {
            return Err(format!("explains `{pointer}`, and nothing is there"));
        }
        if !seen.insert(pointer) {
            return Err(format!("explains `{pointer}`, as another one does"));
        }
        let places = places(&origin.cause).iter();
        let wrong = places.map(|it| require_inside(it, files)).find(Result::is_err);
        wrong.unwrap_or(Ok(())).map_err(|it| format!("(`{pointer}`) points {it}"))?;
    }
    Ok(())
}

fn places(cause: &Cause) -> &[Location] {
    match cause {
        Cause::Written(at) => std::slice::from_ref(at),
        Cause::Defaulted(_) => &[],
        Cause::Derived { inputs, .. } => inputs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::Budget;
    use crate::guest::contract::{self, Origin, Span};

    fn check(origins: &[(&str, Cause)]) -> Result<(), String> {
        let json = r#"{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}}"#.to_owned();
        let origin = |(pointer, cause): &(&str, Cause)| Origin {
            pointer: (*pointer).to_owned(),
            cause: cause.clone(),
        };
        let origins = origins.iter().map(origin).collect();
        let given = vec![contract::Manifest { json, origins }];
        let manifests = Manifests::check(given, false, &Budget::default()).unwrap();
        require_sound(&manifests, &[File { path: String::from("a.toml"), text: String::from("a = 1") }])
    }

    #[test]
    fn fields_and_places_are_there() {
        let at = |file, end| Location::Span(Span { file, start: 0, end });
        let said = || Cause::Defaulted(String::from("so"));
        let of = |inputs| Cause::Derived { reason: String::from("so"), inputs };
        assert_eq!(check(&[("", said()), ("/metadata/name", of(vec![at(0, 5)]))]), Ok(()));
        for (origins, expected) in [
            (vec![("/spec", said())], "an origin of A a explains `/spec`, and nothing is there"),
            (vec![("/kind", said()), ("/kind", said())], "explains `/kind`, as another one does"),
            (vec![("", Cause::Written(at(7, 0)))], "(``) points into file 7, of 1"),
            (
                vec![("", of(vec![at(0, 1), at(0, 900_000)]))],
                "(``) points to the bytes 0..900000 of a file of 5",
            ),
        ] {
            let reason = check(&origins).unwrap_err();
            assert!(reason.contains(expected), "{reason}");
        }
    }
}
