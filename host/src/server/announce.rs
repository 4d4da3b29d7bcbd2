//! What Argo CD's user interface offers as parameters: what the guest takes, then what plugin.yaml adds.

use crate::announcement::Announcement;
use crate::plugin_yaml::Plugin;
use crate::server::proto::repository::ParameterAnnouncement;

/// Where plugin.yaml asks for dynamic ones, the guest's come first, and a name is announced once: of two, the user interface
/// would show the first.
pub(crate) fn announcements(plugin: &Plugin, of_guest: &[Announcement]) -> Vec<ParameterAnnouncement> {
    if !plugin.dynamic {
        return plugin.parameters.iter().map(ParameterAnnouncement::from).collect();
    }
    let mut all: Vec<_> = of_guest.iter().map(ParameterAnnouncement::from).collect();
    for parameter in &plugin.parameters {
        if all.iter().all(|it| it.name != parameter.name) {
            all.push(parameter.into());
        }
    }
    all
}

impl From<&Announcement> for ParameterAnnouncement {
    fn from(it: &Announcement) -> ParameterAnnouncement {
        ParameterAnnouncement {
            name: it.name.clone(),
            title: it.title.clone(),
            tooltip: it.tooltip.clone(),
            required: it.required,
            item_type: it.item_type.clone(),
            collection_type: it.collection_type.clone(),
            string: it.string.clone(),
            array: it.array.clone(),
            map: it.map.clone().into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, title: &str) -> Announcement {
        Announcement { name: name.to_owned(), title: title.to_owned(), ..Announcement::default() }
    }

    /// As argocd-cmp-server does: dynamic ones, then static ones.
    #[test]
    fn the_guests_come_first_and_each_name_once() {
        let folder = tempfile::tempdir().unwrap();
        let of_guest = [named("image", "of the guest"), named("replicas", "of the guest")];
        let announced = |dynamic: &str| {
            let text = format!(
                "kind: ConfigManagementPlugin\nmetadata: {{name: a}}\nspec: {{parameters: {{{dynamic}static: [{{name: own, title: of the plugin}}, {{name: image, title: of the plugin}}]}}}}\n"
            );
            std::fs::write(folder.path().join("plugin.yaml"), text).unwrap();
            let all = announcements(&Plugin::load(folder.path()).unwrap(), &of_guest);
            all.into_iter().map(|it| format!("{} {}", it.name, it.title)).collect::<Vec<_>>()
        };
        assert_eq!(announced(""), ["own of the plugin", "image of the plugin"]);
        assert_eq!(
            announced("dynamic: {command: [x]}, "),
            ["image of the guest", "replicas of the guest", "own of the plugin"]
        );
    }
}
