//! The clusters that a service is delivered to.

use crate::contract::Problem;
use crate::derive::keys::Keys;
use crate::spec::Spec;

pub(super) fn rules(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let clusters = &spec.argo.clusters;
    // A list whose items were all faulty has been reported as such.
    if keys.0.find("argo.clusters").is_some_and(|it| it.is_empty_array()) {
        let problem = Problem::error("SG013", "`argo.clusters` is empty; expected the names of clusters");
        problems.push(problem.at(keys.at("argo.clusters")).help("name a cluster, or drop this line"));
    }
    let twice = clusters.iter().enumerate().filter(|(index, it)| clusters[..*index].contains(it));
    for (_, cluster) in twice {
        let message = format!("`argo.clusters` names `{cluster}` twice");
        problems.push(Problem::error("SG013", message).at(keys.at("argo.clusters")).help("drop one of them"));
    }
}
