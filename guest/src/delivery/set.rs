//! The ApplicationSet: one environment in several clusters, each with values of its own where an environment has them.

use super::Way;
use super::application::{self, Own};
use super::fleet::{Member, Set};
use crate::contract::Source;
use crate::expand::object::{Object, Wave};
use crate::manifest::{
    ApplicationMetadata, ApplicationSet, ApplicationSetSpec, Destination, Element, Generator, ListGenerator,
    Metadata, Template,
};

/// Builds the set of an environment with several clusters.
pub(super) fn application_set(set: &Set<'_>, way: &Way<'_>) -> Object {
    let target = set.target;
    let metadata = Metadata {
        name: target.name(),
        namespace: target.argo().to_owned(),
        labels: application::labels(target, target.environment.as_deref()),
        annotations: Default::default(),
        finalizers: Vec::new(),
    };
    let elements = set.members.iter().map(|it| element(it, way.source)).collect();
    let spec = ApplicationSetSpec {
        go_template: true,
        go_template_options: vec!["missingkey=error"],
        generators: vec![Generator { list: ListGenerator { elements } }],
        template: template(set, way),
    };
    let keys = target.keys(way.causes);
    let cause = keys.rule("one environment is delivered to several clusters", &["argo.clusters"]);
    Object::with(metadata, Wave::Ground, ApplicationSet { spec }, cause, keys).told(keys, |why| {
        why.rule("/metadata/name", "the service and the environment", &["name"]);
        why.key("/metadata/namespace", "argo.namespace", "where Argo CD runs");
        why.rule("/metadata/labels", "by these people find it; the spec's own come last", &["labels"]);
        why.fixed("/spec/goTemplateOptions", "a value that is missing must not become `<no value>`");
        why.below("/spec/template", |why| application::explain(target, why));
    })
}

fn element(member: &Member<'_>, source: &Source) -> Element {
    Element {
        name: member.name.clone(),
        cluster: member.cluster.unwrap_or_default().to_owned(),
        namespace: member.target.namespace.clone(),
        revision: application::revision(member.target, source),
        environment: member.target.environment.clone(),
    }
}

fn template(set: &Set<'_>, way: &Way<'_>) -> Template {
    let target = set.target;
    let environment = target.environment.as_ref().map(|_| "{{ .environment }}");
    let own = Own {
        revision: "{{ .revision }}".into(),
        destination: Destination {
            name: Some("{{ .cluster }}".into()),
            server: None,
            namespace: "{{ .namespace }}".into(),
        },
        environment: environment.map(str::to_owned),
    };
    Template {
        metadata: ApplicationMetadata {
            name: "{{ .name }}",
            labels: application::labels(target, environment),
            annotations: application::annotations(&literal(&way.paths)),
            finalizers: vec![application::FINALIZER],
        },
        spec: application::spec(target, &literally(way.source), own),
    }
}

fn literally(source: &Source) -> Source {
    Source {
        repository: literal(&source.repository),
        revision: literal(&source.revision),
        path: literal(&source.path),
        plugin: literal(&source.plugin),
    }
}

/// As a template that gives this text.
fn literal(text: &str) -> String {
    text.replace("{{", r#"{{ "{{" }}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_template_is_none() {
        assert_eq!(literal("services/{{chat}}"), r#"services/{{ "{{" }}chat}}"#);
    }
}
