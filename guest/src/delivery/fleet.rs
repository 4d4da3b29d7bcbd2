//! Which environment goes to which cluster, by which Application; and which two would get into each other's way.

use std::collections::BTreeMap;

use super::target::Target;
use crate::contract::Problem;
use crate::problem::all_of;

/// Every delivery of a spec, in the order of its environments.
pub(crate) struct Fleet<'a> {
    pub(crate) units: Vec<Unit<'a>>,
}

/// One object of Argo CD's.
pub(crate) enum Unit<'a> {
    /// An Application.
    One(Member<'a>),
    /// An ApplicationSet.
    Set(Set<'a>),
}

/// An environment with several clusters.
pub(crate) struct Set<'a> {
    pub(crate) target: &'a Target,
    pub(crate) members: Vec<Member<'a>>,
}

/// One Application: an environment in one cluster.
pub(crate) struct Member<'a> {
    pub(crate) name: String,
    /// None for the one that Argo CD runs in.
    pub(crate) cluster: Option<&'a str>,
    pub(crate) target: &'a Target,
}

impl<'a> Fleet<'a> {
    /// Sorts the environments into Applications and sets of them.
    pub(crate) fn of(targets: &'a [Target], problems: &mut Vec<Problem>) -> Fleet<'a> {
        let units = targets.iter().filter(|it| !targets.iter().any(|set| is_part(it, set)));
        let units = units.map(|it| unit(it, targets, problems)).collect();
        let fleet = Fleet { units };
        problems.extend(fleet.same_names());
        problems.extend(fleet.same_namespaces());
        problems.extend(fleet.units.iter().flat_map(differences));
        problems.extend(fleet.members().filter_map(taken_project));
        fleet
    }

    /// Every Application.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member<'a>> {
        self.units.iter().flat_map(Unit::members)
    }

    fn same_names(&self) -> Vec<Problem> {
        self.twice(
            |it| (it.target.argo().to_owned(), it.name.clone()),
            |it, other| {
                let message = format!("{it} and {other} would have an Application of one name, `{}`", it.name);
                let help = "rename an environment; or let one inherit from the other and name its cluster in `argo.cluster`";
                Problem::error("SG050", message).help(help)
            },
        )
    }

    fn same_namespaces(&self) -> Vec<Problem> {
        // By its own name, too, Argo CD knows the cluster that it runs in.
        let cluster = |it: &Member<'_>| it.cluster.unwrap_or("in-cluster").to_owned();
        self.twice(
            |it| (it.target.argo().to_owned(), cluster(it), it.target.namespace.clone()),
            |it, other| {
                let message = format!(
                    "{it} and {other} would both fill the namespace `{}` of one cluster",
                    it.target.namespace
                );
                let help = "give each a `namespace` or an `argo.cluster` of its own";
                Problem::error("SG051", message).help(help)
            },
        )
    }

    /// A problem for each Application that shares with an earlier one what it must have alone.
    fn twice<K: Ord>(
        &self,
        key: impl Fn(&Member<'a>) -> K,
        problem: impl Fn(&Member<'a>, &Member<'a>) -> Problem,
    ) -> Vec<Problem> {
        let mut seen: BTreeMap<K, &Member<'a>> = BTreeMap::new();
        let mut problems = Vec::new();
        for member in self.members() {
            match seen.get(&key(member)) {
                Some(first) => problems.push(
                    problem(first, member).at(member.target.at).related(first.target.at, "the other one"),
                ),
                None => drop(seen.insert(key(member), member)),
            }
        }
        problems
    }
}

impl<'a> Unit<'a> {
    /// Its Applications.
    pub(crate) fn members(&self) -> &[Member<'a>] {
        match self {
            Unit::One(member) => std::slice::from_ref(member),
            Unit::Set(set) => &set.members,
        }
    }

    /// Whether it has to do with an environment.
    pub(crate) fn delivers(&self, environment: &str) -> bool {
        let set = match self {
            Unit::One(_) => None,
            Unit::Set(set) => Some(set.target),
        };
        let targets = self.members().iter().map(|it| it.target).chain(set);
        targets.into_iter().any(|it| it.environment.as_deref() == Some(environment))
    }
}

/// In words, for a message.
impl std::fmt::Display for Member<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.target.environment {
            Some(environment) => write!(f, "`{environment}`")?,
            None => write!(f, "the service")?,
        }
        self.cluster.map_or(Ok(()), |it| write!(f, " in the cluster `{it}`"))
    }
}

/// Whether an environment says what is different in one cluster of another.
fn is_part(target: &Target, set: &Target) -> bool {
    let is_child = target.parent.is_some() && target.parent == set.environment;
    is_child && target.spec.argo.cluster.as_ref().is_some_and(|it| set.spec.argo.clusters.contains(it))
}

fn unit<'a>(target: &'a Target, targets: &'a [Target], problems: &mut Vec<Problem>) -> Unit<'a> {
    let clusters = &target.spec.argo.clusters;
    if clusters.is_empty() {
        return Unit::One(Member { name: target.name(), cluster: target.cluster(), target });
    }
    let own = |cluster| {
        let own = targets.iter().filter(|it| is_part(it, target) && it.cluster() == Some(cluster));
        own.collect::<Vec<_>>()
    };
    // One that is named twice has been reported as such.
    let once = clusters.iter().enumerate().filter(|(index, it)| !clusters[..*index].contains(it));
    let members = once.map(|(_, it)| member(target, it.as_str(), &own(it.as_str()), problems));
    Unit::Set(Set { target, members: members.collect() })
}

/// The Application of one cluster: that of its own environment, if it has one.
fn member<'a>(
    target: &'a Target,
    cluster: &'a str,
    own: &[&'a Target],
    problems: &mut Vec<Problem>,
) -> Member<'a> {
    if let [first, .., last] = own {
        let names = [first, last].into_iter().filter_map(|it| it.environment.as_deref());
        let message = format!("{} both say what is different in the cluster `{cluster}`", all_of(names));
        let problem = Problem::error("SG053", message).at(last.near("argo.cluster"));
        problems.push(
            problem
                .related(first.near("argo.cluster"), "the other one")
                .help("put both into one environment"),
        );
    }
    match own.first() {
        Some(own) => Member { name: own.name(), cluster: Some(cluster), target: own },
        None => {
            Member { name: format!("{}-{}", target.name(), slug(cluster)), cluster: Some(cluster), target }
        }
    }
}

/// A cluster's name as part of an object's.
fn slug(cluster: &str) -> String {
    cluster.chars().map(|it| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { '-' }).collect()
}

/// A set has one template, so its Applications are alike in all that a template cannot tell apart.
fn differences(unit: &Unit<'_>) -> Vec<Problem> {
    let Unit::Set(set) = unit else { return Vec::new() };
    let alike = |it: &Target| {
        [
            ("argo.sync", format!("{:?}", it.sync())),
            ("argo.project", it.project().to_owned()),
            ("argo.namespace", it.argo().to_owned()),
            ("scale", format!("{:?}", it.spec.scale)),
            ("allow-empty", it.spec.allow_empty.to_string()),
            ("name", it.service().to_owned()),
        ]
    };
    let expected = alike(set.target);
    let mut problems = Vec::new();
    for member in &set.members {
        let differs = alike(member.target).into_iter().zip(&expected).filter(|(one, other)| one != *other);
        for ((key, _), _) in differs {
            let message = format!(
                "{member} has another `{key}` than `{}`, and one ApplicationSet delivers both",
                set.target.environment.as_deref().unwrap_or_default()
            );
            let problem = Problem::error("SG052", message).at(member.target.near(key));
            problems.push(problem.related(set.target.at, "the set").help(format!(
                "write one `{key}` for both; or take the cluster out of `argo.clusters`, for an Application of its own"
            )));
        }
    }
    problems
}

/// Argo CD has a project called `default`, which everybody may use.
fn taken_project(member: &Member<'_>) -> Option<Problem> {
    let target = member.target;
    let takes = target.service() == "default" && target.spec.argo.project.is_none();
    takes.then(|| {
        let message = "the AppProject of a service called `default` would replace Argo CD's own";
        let problem = Problem::error("SG054", message).at(target.near("name"));
        problem.help("rename the service, or name a project of the platform's in `argo.project`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_clusters_become_parts_of_names() {
        let arn = "arn:aws:eks:us-west-2:123456789012:cluster/Prod_1";
        assert_eq!(slug(arn), "arn-aws-eks-us-west-2-123456789012-cluster-prod-1");
        assert_eq!(slug("eu-central"), "eu-central");
    }
}
