//! What counts of what a person, Argo CD and its plugin's variables set, and what cannot be read.

use super::*;

fn announced() -> Vec<Parameter> {
    let parameter = |name: &str, default| Parameter {
        name: name.to_owned(),
        title: String::new(),
        tooltip: String::new(),
        required: false,
        default,
    };
    vec![
        parameter("environment", ParameterValue::Text(String::new())),
        parameter("image-tag", ParameterValue::Text(String::new())),
        parameter("hosts", ParameterValue::Items(Vec::new())),
        parameter("set", ParameterValue::Pairs(Vec::new())),
    ]
}

fn choices(given: &Given, variables: &[(&str, &str)]) -> Result<Choices, Refusal> {
    let variable = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.into());
    Choices::of(given, &announced(), &variable)
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn tag(given: &[(&str, &str)], variables: &[(&str, &str)]) -> Option<ParameterValue> {
    let given = Given { parameters: pairs(given), ..Given::default() };
    let parameters = choices(&given, variables).unwrap().parameters;
    parameters.into_iter().find(|it| it.0 == "image-tag").map(|it| it.1)
}

const ARGO: (&str, &str) = ("ARGOCD_APP_PARAMETERS", r#"[{"name":"image-tag","string":"argo"}]"#);
const UPDATER: (&str, &str) = ("ARGOCD_ENV_IMAGE_TAG", "updater");

#[test]
fn the_command_line_comes_first_and_plugin_env_last() {
    let text = |it: &str| Some(ParameterValue::Text(it.to_owned()));
    assert_eq!(tag(&[("image-tag", "own")], &[ARGO, UPDATER]), text("own"));
    assert_eq!(tag(&[], &[ARGO, UPDATER]), text("argo"));
    assert_eq!(tag(&[], &[UPDATER]), text("updater"));
    assert_eq!(
        tag(&[("image-tag", "")], &[("ARGOCD_APP_PARAMETERS", "null"), ("ARGOCD_ENV_IMAGE_TAG", "")]),
        None
    );
}

#[test]
fn a_variable_holds_several_values_as_json() {
    let found = |name, json| choices(&Given::default(), &[(name, json)]);
    let map = ParameterValue::Pairs(pairs(&[("a", "1"), ("b", "2")]));
    let items = ParameterValue::Items(vec![String::from("x")]);
    for (name, json, expected) in [
        ("ARGOCD_ENV_SET", r#"{"b": "2", "a": "1"}"#, vec![(String::from("set"), map)]),
        ("ARGOCD_ENV_HOSTS", r#"["x"]"#, vec![(String::from("hosts"), items)]),
        ("ARGOCD_ENV_SET", "{}", Vec::new()),
        ("ARGOCD_ENV_HOSTS", "[]", Vec::new()),
    ] {
        assert_eq!(found(name, json).unwrap().parameters, expected, "{json}");
    }
    for (name, json) in [
        ("ARGOCD_ENV_SET", "a=b"),
        ("ARGOCD_ENV_SET", "null"),
        ("ARGOCD_ENV_SET", r#"{"replicas": 2}"#),
        ("ARGOCD_ENV_LIMITS", r#"["fuel"]"#),
        ("ARGOCD_ENV_HOSTS", "x"),
    ] {
        assert!(
            matches!(found(name, json), Err(Refusal::Problem(it)) if it.code == "SG023"),
            "{name} {json}"
        );
    }
}

#[test]
fn a_map_of_argos_replaces_the_whole_map_of_a_variable() {
    let argo = ("ARGOCD_APP_PARAMETERS", r#"[{"name":"set","map":{"a":"1"}}]"#);
    let variables = [argo, ("ARGOCD_ENV_SET", r#"{"b": "2"}"#)];
    let expected = [(String::from("set"), ParameterValue::Pairs(pairs(&[("a", "1")])))];
    assert_eq!(choices(&Given::default(), &variables).unwrap().parameters, expected);
}

#[test]
fn the_environment_is_a_choice_and_no_parameter() {
    let argo = ("ARGOCD_APP_PARAMETERS", r#"[{"name":"environment","string":"staging"}]"#);
    let variable = ("ARGOCD_ENV_ENVIRONMENT", "dev");
    let given = Given { environment: Some(String::from("prod")), ..Given::default() };
    for (given, variables, expected) in [
        (&given, vec![argo, variable], Some("prod")),
        (&Given::default(), vec![argo, variable], Some("staging")),
        (&Given::default(), vec![variable], Some("dev")),
        (&Given::default(), vec![], None),
    ] {
        let choices = choices(given, &variables).unwrap();
        assert_eq!(choices.environment.as_deref(), expected);
        assert_eq!(choices.parameters, []);
    }
}

/// Another environment than the one that was asked for would be rendered.
#[test]
fn an_environment_of_another_form_is_a_problem() {
    for json in
        [r#"[{"name":"environment","array":["prod"]}]"#, r#"[{"name":"environment","map":{"a":"prod"}}]"#]
    {
        let variables = [("ARGOCD_APP_PARAMETERS", json), ("ARGOCD_ENV_ENVIRONMENT", "dev")];
        let found = choices(&Given::default(), &variables);
        assert!(matches!(found, Err(Refusal::Problem(it)) if it.code == "SG007"), "{json}");
    }
}

#[test]
fn argos_forms_are_taken_as_announced() {
    let json = r#"[{"array":[],"map":{"b":"2","a":"1"},"name":"set","string":""},{"name":"hosts","array":["x"],"map":{}},
        {"name":"unknown","map":{"k":"v"}},{"name":"image-tag"}]"#;
    let found = choices(&Given::default(), &[("ARGOCD_APP_PARAMETERS", json)]).unwrap().parameters;
    let expected = [
        (String::from("hosts"), ParameterValue::Items(vec![String::from("x")])),
        (String::from("set"), ParameterValue::Pairs(pairs(&[("a", "1"), ("b", "2")]))),
        (String::from("unknown"), ParameterValue::Pairs(pairs(&[("k", "v")]))),
    ];
    assert_eq!(found, expected);
}

#[test]
fn maps_and_arrays_have_their_own_ways_in() {
    let given = Given { parameters: pairs(&[("set", "a=b")]), ..Given::default() };
    assert!(matches!(choices(&given, &[]), Err(Refusal::Usage(text)) if text.contains("--set")));
    let given = Given { parameters: pairs(&[("hosts", "a"), ("hosts", "b")]), ..Given::default() };
    let items = ParameterValue::Items(vec![String::from("a"), String::from("b")]);
    assert_eq!(choices(&given, &[]).unwrap().parameters, [(String::from("hosts"), items)]);
}

#[test]
fn what_argo_would_not_send_is_a_problem() {
    for json in ["{", "{}", "[1]", r#"[{"string":"a"}]"#] {
        let found = choices(&Given::default(), &[("ARGOCD_APP_PARAMETERS", json)]);
        assert!(matches!(found, Err(Refusal::Problem(it)) if it.code == "SG007"), "{json}");
    }
}

#[test]
fn the_application_comes_from_argo() {
    let application = choices(&Given::default(), &[("ARGOCD_APP_NAME", "a"), ("ARGOCD_APP_NAMESPACE", "b")]);
    let expected =
        Application { name: String::from("a"), namespace: String::from("b"), project: String::new() };
    assert_eq!(application.unwrap().application, Some(expected));
}
