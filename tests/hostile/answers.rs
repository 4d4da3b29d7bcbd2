//! Guests that give these texts as manifests.

use crate::attempt;
use crate::row::Row;
use crate::support::wat_guest::WatGuest;

/// A JSON object of Kubernetes, with room for more keys.
fn object(rest: &str) -> String {
    format!(r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"a"}}{rest}}}"#)
}

pub(crate) fn rows() -> Vec<Row> {
    let nested = format!(r#","a":{}{}"#, "[".repeat(1000), "]".repeat(1000));
    let bad = "GUEST_BAD_OUTPUT";
    vec![
        row("A-15", "objects-that-are-nested-too-deep", bad, &[&object(&nested)]),
        row("A-16", "a-key-twice", bad, &[&object(r#","data":{"a":"1","a":"2"}"#)]),
        row("A-16", "a-key-twice-in-two-spellings", bad, &[&object(r#","data":{"a":"1","\u0061":"2"}"#)]),
        row("A-16", "a-number-beyond-all-doubles", bad, &[&object(r#","a":1e400"#)]),
        row("A-16", "a-whole-number-beyond-all-integers", bad, &[&object(r#","a":100000000000000000000"#)]),
        row("A-16", "a-whole-number-that-doubles-cannot-hold", bad, &[&object(r#","a":9007199254740993"#)]),
        row("A-16", "no-number", bad, &[&object(r#","a":NaN"#)]),
        row("A-16", "half-a-pair-of-surrogates-in-json", bad, &[&object(r#","a":"\ud83d""#)]),
        row("A-16", "something-behind-the-end", bad, &[&format!("{} {{}}", object(""))]),
        row("A-16", "a-control-character-in-a-text", bad, &[&object(",\"a\":\"\u{1}\"")]),
        row("A-16", "yaml-instead-of-json", bad, &["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"]),
        row("A-16", "nothing", bad, &[""]),
        row("A-16", "a-list-of-objects", bad, &[&format!("[{}]", object(""))]),
        row(
            "A-16",
            "an-object-without-a-name",
            bad,
            &[r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}"#],
        ),
        row(
            "A-16",
            "an-object-whose-name-is-a-number",
            bad,
            &[r#"{"apiVersion":"v1","kind":"A","metadata":{"name":1}}"#],
        ),
        row("A-16", "the-same-object-twice", bad, &[&object(""), &object(r#","data":{}"#)]),
        row("A-16", "a-key-twice-that-steers-the-terminal", bad, &["{\"\\u001b[2J\":1,\"\\u001b[2J\":2}"]),
        row(
            "A-16",
            "a-key-twice-that-is-very-long",
            bad,
            &[&format!(r#"{{"{0}":1,"{0}":2}}"#, "ä".repeat(100_000))],
        ),
        row(
            "A-16",
            "a-key-twice-that-nobody-sees",
            bad,
            &[&format!(r#"{{"{0}":1,"{0}":2}}"#, "\u{202e}".repeat(5_000))],
        ),
        row("A-36", "the-cluster-admins-rights", "ok", &[ADMIN]),
        row("A-36", "an-application-in-another-namespace", "ok", &[APPLICATION]),
        row("A-36", "a-pod-with-the-nodes-disk", "ok", &[POD]),
        row("A-41", "a-name-that-leads-out-of-the-folder", "ok", &[OUTSIDE]),
    ]
}

/// Allowed: what may run in a cluster is for its AppProject and its admission control to say.
const ADMIN: &str = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"a"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"mallory"}]}"#;
const APPLICATION: &str = r#"{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{"name":"a","namespace":"argocd"},"spec":{"project":"default"}}"#;
const POD: &str = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"volumes":[{"name":"a","hostPath":{"path":"/"}}],"containers":[]}}"#;
/// On stdout it is a text like any other; `--output-dir` makes a file name of it that stays inside.
const OUTSIDE: &str =
    r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"../../outside\n---\nkind: Pod"}}"#;

fn row(id: &str, name: &str, expected: &str, manifests: &[&str]) -> Row {
    let guest =
        WatGuest { manifests: manifests.iter().map(|it| (*it).to_owned()).collect(), ..WatGuest::default() };
    Row::new(id, name, expected, move |host| host.bring(guest.bytes()?, &attempt::budget()))
}
