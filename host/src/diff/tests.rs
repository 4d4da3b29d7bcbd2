//! Whole outputs of small comparisons.

use serde_json::{Value, json};

use super::report::{Difference, Presence, Section};
use super::*;
use crate::render::Style;

fn deployment(spec: Value) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "a" }, "spec": spec })
}

fn compared(before: &[Value], after: &[Value]) -> Vec<Object> {
    let ids = |values: &[Value]| values.iter().map(|it| Id::of(it).unwrap()).collect::<Vec<_>>();
    let (old, new) = (ids(before), ids(after));
    objects(&given(&old, before), &given(&new, after), Sameness::Writing)
}

fn given<'a>(ids: &'a [Id], values: &'a [Value]) -> Vec<Given<'a>> {
    ids.iter().zip(values).map(|(id, value)| Given { id, value }).collect()
}

fn difference(objects: Vec<Object>) -> Difference {
    let section = Section {
        spec: String::from("a/sglang.toml"),
        environment: Some(String::from("prod")),
        presence: Presence::Both,
        is_update: true,
        objects,
        problems: Vec::new(),
    };
    Difference { before: String::from("main"), after: String::from("here"), sections: vec![section] }
}

/// What is shown of one field's change.
fn shown(before: Value, after: Value) -> String {
    let objects = compared(&[deployment(before)], &[deployment(after)]);
    if objects.is_empty() {
        return String::new();
    }
    let text = text(&difference(objects), Style::Plain);
    let text = text.strip_prefix("main → here\n\na/sglang.toml, prod\n  ~ Deployment.apps a\n").unwrap();
    text.rsplit_once("\n\n1 environment differs").unwrap().0.to_owned()
}

#[test]
fn what_the_api_server_refuses_is_told_before_the_objects() {
    let claim = |size: &str| {
        json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": { "name": "a-models" },
            "spec": { "resources": { "requests": { "storage": size } } },
        })
    };
    let difference = difference(compared(&[claim("155Gi")], &[claim("85Gi")]));
    assert_eq!(
        text(&difference, Style::Plain),
        "main → here\n\na/sglang.toml, prod\n  ! Kubernetes refuses this of PersistentVolumeClaim a-models: \
         `spec.resources.requests.storage` never becomes less; write what it was (`size` in `[cache]`), or delete the object \
         first\n  ~ PersistentVolumeClaim a-models\n    spec.resources.requests.storage\n      - 155Gi\n      + 85Gi\n\n\
         1 environment differs: 1 object changed\n"
    );
    assert!(json(&difference).unwrap().contains("\"refused\": \"never becomes less"));
}

#[test]
fn scalars_show_both_values_as_yaml_does() {
    assert_eq!(
        shown(json!({ "replicas": 2 }), json!({ "replicas": 3 })),
        "    spec.replicas\n      - 2\n      + 3"
    );
    assert_eq!(
        shown(json!({ "a": "2", "c.d": 1 }), json!({ "a": 2, "b": { "x": [1] } })),
        "    spec.a\n      - \"2\"\n      + 2\n    spec.b\n      + x:\n      + - 1\n    spec[\"c.d\"]\n      - 1"
    );
}

#[test]
fn named_items_are_matched_by_name_wherever_they_stand() {
    let item = |name: &str, image: &str| json!({ "name": name, "image": image });
    let before = json!({ "containers": [item("x", "1"), item("gone", "1"), item("y", "1")] });
    let after = json!({ "containers": [item("y", "2"), item("new", "1"), item("x", "1")] });
    assert_eq!(
        shown(before, after),
        concat!(
            "    spec.containers[y].image\n      - \"1\"\n      + \"2\"\n",
            "    spec.containers[new]\n      + name: new\n      + image: \"1\"\n",
            "    spec.containers[gone]\n      - name: gone\n      - image: \"1\"\n",
            "    spec.containers (order)\n      + - \"y\"\n        - x\n      - - \"y\"",
        )
    );
}

#[test]
fn mounts_of_one_volume_are_matched_by_their_paths() {
    let mount = |path: &str, at: bool| json!({ "name": "cache", "mountPath": path, "readOnly": at });
    assert_eq!(
        shown(
            json!({ "volumeMounts": [mount("/a", true), mount("/b", true)] }),
            json!({ "volumeMounts": [mount("/a", true), mount("/b", false)] })
        ),
        "    spec.volumeMounts[mountPath=\"/b\"].readOnly\n      - true\n      + false"
    );
}

#[test]
fn items_without_names_are_matched_by_what_stays() {
    let rule = |ports: &[u16]| json!({ "ports": ports });
    assert_eq!(
        shown(
            json!({ "rules": [rule(&[1]), rule(&[2]), rule(&[3])] }),
            json!({ "rules": [rule(&[2]), rule(&[4])] })
        ),
        concat!(
            "    spec.rules[0]\n      - ports:\n      - - 1\n",
            "    spec.rules[1].ports\n      - - 3\n      + - 4",
        )
    );
}

#[test]
fn arguments_and_texts_show_the_lines_that_differ() {
    let args = |last: &str| json!({ "args": ["a", "b", "c", "d", "e", last] });
    assert_eq!(
        shown(args("1"), args("2")),
        "    spec.args\n        - c\n        - d\n        - e\n      - - \"1\"\n      + - \"2\""
    );
    assert_eq!(
        shown(json!({ "config.yaml": "a: 1\nb: 2\n" }), json!({ "config.yaml": "a: 1\nb: 3" })),
        "    spec[\"config.yaml\"]\n        a: 1\n      - b: 2\n      -\n      + b: 3"
    );
}

#[test]
fn what_differs_far_behind_in_a_line_is_seen() {
    let long = |end: &str| format!("{}{end}{}", "x".repeat(5000), "y".repeat(9000));
    let (before, after) = (shown_line("- ", &long("1")), shown_line("+ ", &long("2")));
    assert_eq!(
        shown(json!({ "a": long("1") }), json!({ "a": long("2") })),
        format!("    spec.a{before}{after}")
    );
    let text = |end: &str| json!({ "a": format!("a: b\n{}\n", long(end)) });
    assert_eq!(shown(text("1"), text("2")), format!("    spec.a\n        a: b{before}{after}"));
    // As what is shown alone, it has its beginning.
    let added = shown(json!({}), json!({ "a": long("1") }));
    assert_eq!(added, format!("    spec.a\n      + {}…", "x".repeat(3072)));
}

/// The difference, and what is around it.
fn shown_line(sign: &str, long: &str) -> String {
    format!("\n      {sign}…{}…", &long[5000 - 64..][..3072])
}

#[test]
fn what_is_equal_is_no_difference() {
    let same = json!({ "containers": [{ "name": "a" }], "x": ["1"], "y": null });
    assert_eq!(shown(same.clone(), same), "");
    // Written otherwise is another text, even where the cluster takes it for the same.
    assert_ne!(shown(json!({ "limits": { "cpu": "1000m" } }), json!({ "limits": { "cpu": "1" } })), "");
}

#[test]
fn secrets_are_stars_in_every_form() {
    let secret = |value: &str| json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "s" }, "data": { "key": value }, "stringData": { value: value } });
    let other = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "t" }, "data": { "key": "geheim" } });
    let objects = compared(&[secret("geheim-1"), other], &[secret("geheim-2")]);
    assert_eq!(objects.len(), 2);
    let difference = difference(objects);
    let forms = [text(&difference, Style::Plain), markdown(&difference), json(&difference).unwrap()];
    for form in forms {
        assert!(form.contains("********"), "{form}");
        assert!(!form.replace("stringData", "").contains("Z2Vo") && !form.contains("geheim\""), "{form}");
        assert!(!form.contains(": geheim"), "{form}");
    }
}

#[test]
fn colours_are_for_terminals_alone() {
    let objects = compared(&[deployment(json!({ "x": 1 }))], &[deployment(json!({ "x": 2 }))]);
    let difference = difference(objects);
    let coloured = text(&difference, Style::Coloured);
    let expected = "\u{1b}[36mspec.x\u{1b}[0m\n      \u{1b}[31m- 1\u{1b}[0m\n      \u{1b}[32m+ 2\u{1b}[0m\n";
    assert!(coloured.contains(expected), "{coloured:?}");
    let mut plain = coloured;
    for colour in ["0", "1", "31", "32", "36"] {
        plain = plain.replace(&format!("\u{1b}[{colour}m"), "");
    }
    assert_eq!(plain, text(&difference, Style::Plain));
}

#[test]
fn a_comment_is_cut_between_objects_and_says_so() {
    let map = |index: usize, text: &str| json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": format!("c-{index:04}") }, "data": { "a": text } });
    let maps = |text: &str| (0..2000).map(|it| map(it, text)).collect::<Vec<_>>();
    let comment = markdown(&difference(compared(&maps("x"), &maps("```\n@team `x`"))));
    assert!(comment.chars().count() <= 65_536, "{}", comment.chars().count());
    let last = comment.lines().last().unwrap();
    let expected = "This comment is cut at GitHub's 65536 characters: ";
    assert!(last.starts_with(expected) && last.ends_with("`--format text` shows them."), "{last}");
    assert_eq!(comment.matches("````diff\n").count(), comment.matches("\n````\n").count());
}

#[test]
fn a_live_object_is_compared_by_what_somebody_wrote() {
    let ours = deployment(json!({
        "replicas": 2,
        "template": { "spec": { "containers": [{ "name": "a", "image": "x:2", "resources": { "limits": { "cpu": "1", "memory": "1024Mi" } } }] } }
    }));
    let live = json!({
        "apiVersion": "v1", "kind": "List", "items": [
            {
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": {
                    "name": "a", "namespace": "n", "uid": "1", "resourceVersion": "2", "generation": 3,
                    "annotations": {
                        "argocd.argoproj.io/tracking-id": "a:b",
                        "kubectl.kubernetes.io/last-applied-configuration":
                            "{\"spec\":{\"paused\":true,\"template\":{\"spec\":{\"containers\":[{\"name\":\"gone\"}]}}}}"
                    }
                },
                "spec": {
                    "replicas": 2, "paused": true, "progressDeadlineSeconds": 600,
                    "template": { "spec": { "restartPolicy": "Always", "containers": [
                        { "name": "injected" },
                        { "name": "a", "image": "x:1", "imagePullPolicy": "Always", "resources": { "limits": { "cpu": "1000m", "memory": "1Gi" } } },
                        { "name": "gone", "image": "y" }
                    ] } }
                },
                "status": { "replicas": 2 }
            },
            { "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": { "name": "a-1", "ownerReferences": [{ "name": "a" }] } },
            { "apiVersion": "v1", "kind": "Service", "metadata": { "name": "old", "uid": "2" }, "status": {} }
        ]
    });
    let file = File::parse(&live.to_string()).unwrap();
    let ours = crate::manifest::Manifest::parse(&ours.to_string()).unwrap();
    let text = text(&difference(file.compare([&ours].into_iter())), Style::Plain);
    assert_eq!(
        text,
        "\
main → here

a/sglang.toml, prod
  ~ Deployment.apps a
    spec.template.spec.containers[a].image
      - x:1
      + x:2
    spec.template.spec.containers[gone]
      - name: gone
    spec.paused
      - true
  - Service old
      - apiVersion: v1
      - kind: Service
      - metadata:
      -   name: old

1 environment differs: 1 object changed, 1 removed
"
    );
}

#[test]
fn a_rendered_object_is_compared_as_a_whole() {
    let file =
        File::parse("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {x: 1, y: 1.0}\n")
            .unwrap();
    let ours = crate::manifest::Manifest::parse(&deployment(json!({ "y": 1 })).to_string()).unwrap();
    let objects = file.compare([&ours].into_iter());
    let Change::Changed(fields) = &objects[0].change else { panic!("{objects:?}") };
    assert_eq!((fields.len(), fields[0].pointer.as_str()), (1, "/spec/x"));
}

#[test]
fn a_file_of_something_else_is_refused() {
    let message = |text: &str| File::parse(text).unwrap_err();
    assert_eq!(
        message("a: 1\n"),
        NotManifests::Other {
            message: String::from("document 1 is no object of Kubernetes: it has no text at `/apiVersion`")
        }
    );
    assert!(matches!(message("a: 1\nb: [\n"), NotManifests::Unreadable { at: 8, .. }));
}
