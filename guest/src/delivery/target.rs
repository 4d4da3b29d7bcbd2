//! One environment, as far as its delivery needs it.

use crate::contract::{Problem, Request, Span};
use crate::derive::keys::{Causes, Keys};
use crate::environments;
use crate::merge::{self, Merged};
use crate::read::{Reading, read};
use crate::sources::Sources;
use crate::spec::{Spec, Sync};
use crate::tree::Node;
use crate::{derive, later, rules};

/// The keys that delivery reads.
const READ: [&str; 6] = ["allow-empty", "argo", "labels", "name", "namespace", "scale"];

/// An environment, or the whole of a spec that has none.
pub(crate) struct Target {
    tree: Node,
    pub(crate) spec: Spec,
    pub(crate) environment: Option<String>,
    /// The environment that this one starts from.
    pub(crate) parent: Option<String>,
    pub(crate) namespace: String,
    /// Where it begins in the spec.
    pub(crate) at: Option<Span>,
}

/// Every environment that can be read, and all that is wrong with any of them.
pub(crate) fn all(request: &Request) -> Result<(Vec<Target>, Vec<Problem>), Vec<Problem>> {
    let whole = Sources::parse(&request.files)?.layers().tree;
    let names = environments::named(whole.clone())?;
    let names = if names.is_empty() { vec![None] } else { names.into_iter().map(Some).collect() };
    let mut problems = Vec::new();
    let read = |name| match merge::merge(&request.files, Option::as_deref(&name), &request.parameters) {
        Ok(merged) => Target::read(merged, &whole, &mut problems),
        Err(found) => {
            problems.extend(found);
            None
        }
    };
    let targets = names.into_iter().filter_map(read).collect();
    Ok((targets, problems))
}

impl Target {
    fn read(merged: Merged, whole: &Node, problems: &mut Vec<Problem>) -> Option<Target> {
        let Merged { tree: mut rest, environment, problems: found } = merged;
        let mut tree = Node::empty();
        tree.at = rest.at;
        for key in READ {
            tree.take_from(&mut rest, key);
        }
        problems.extend(found);
        problems.extend(later::take_reserved(&mut tree));
        let Reading { value, problems: faults } = read::<Spec>(&tree);
        problems.extend(faults);
        let spec = value?;
        let keys = Keys(&tree, Causes::Silent);
        problems.extend(rules::of_delivery(&spec, keys));
        let namespace = derive::namespace(&spec, keys, environment.as_deref(), problems);
        let own = environment.as_deref().and_then(|it| whole.get("env")?.get(it));
        let parent = own.and_then(|it| it.get("inherits")?.text()).map(str::to_owned);
        let at = own.map_or_else(|| keys.near("name"), Node::place);
        Some(Target { tree, spec, environment, parent, namespace, at })
    }

    /// Where the keys stand, for causes and problems.
    pub(crate) fn keys(&self, causes: Causes) -> Keys<'_> {
        Keys(&self.tree, causes)
    }

    /// The place of a key's value, or of the nearest part of it.
    pub(crate) fn near(&self, key: &str) -> Option<Span> {
        self.keys(Causes::Silent).near(key)
    }

    /// The service's name; one that is missing has been reported.
    pub(crate) fn service(&self) -> &str {
        self.spec.name.as_ref().map_or("", |it| it.as_str())
    }

    /// The service's name and the environment's.
    pub(crate) fn name(&self) -> String {
        match &self.environment {
            Some(environment) => format!("{}-{environment}", self.service()),
            None => self.service().to_owned(),
        }
    }

    /// The namespace of Argo CD.
    pub(crate) fn argo(&self) -> &str {
        self.spec.argo.namespace.as_ref().map_or("argocd", |it| it.as_str())
    }

    /// The cluster; none for the one that Argo CD runs in.
    pub(crate) fn cluster(&self) -> Option<&str> {
        self.spec.argo.cluster.as_ref().map(|it| it.as_str())
    }

    /// Whether Argo CD applies changes by itself.
    pub(crate) fn sync(&self) -> Sync {
        let is_dev = self.environment.as_deref() == Some("dev");
        self.spec.argo.sync.unwrap_or(if is_dev { Sync::Auto } else { Sync::Manual })
    }

    /// The AppProject: the platform's, or the service's own.
    pub(crate) fn project(&self) -> &str {
        self.spec.argo.project.as_ref().map_or_else(|| self.service(), |it| it.as_str())
    }
}
