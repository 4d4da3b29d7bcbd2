//! The address by which Argo CD clones the repository: what `--repo` says, else that of the remote `origin`.
//!
//! It becomes part of objects that everybody may read, and a clone that a pipeline made often carries a token in it. So what
//! stands before the host is left out; Argo CD has credentials of its own.

use crate::git::Repository;
use crate::root::Root;
use crate::stop::Stop;

/// What to do where nothing says it.
const NAME_IT: &str = "name it with `--repo https://git.example.com/team/models.git`";

/// The address, without credentials.
pub(crate) fn url(given: Option<&str>, root: &Root) -> Result<String, Stop> {
    match given {
        Some(given) => clonable(given)
            .ok_or_else(|| Stop::Usage(format!("`--repo` is no address that Argo CD can clone; {NAME_IT}"))),
        None => remote(&Repository::open(root)?, root),
    }
}

fn remote(repository: &Repository, root: &Root) -> Result<String, Stop> {
    if !repository.prefix().is_empty() {
        let root = root.root.display();
        return Err(Stop::Usage(format!(
            "the root `{root}` is a folder of a git repository, and Argo CD's paths begin at its top; leave `--root` out"
        )));
    }
    let remote = repository.remote_url();
    let remote = remote
        .ok_or_else(|| Stop::Usage(format!("the git repository has no remote called `origin`; {NAME_IT}")))?;
    remote_address(&remote)
}

/// A folder of this machine is a remote as well, and nothing to Argo CD.
fn remote_address(remote: &str) -> Result<String, Stop> {
    clonable(remote).filter(|it| !it.starts_with("file:")).ok_or_else(|| {
        Stop::Usage(format!("the remote `origin` is at no address that Argo CD can clone; {NAME_IT}"))
    })
}

/// `scheme://host/path` or `user@host:path`. What is refused is not repeated: a token may stand anywhere in it.
fn clonable(address: &str) -> Option<String> {
    // The last row means something in a pattern, and an AppProject takes the address for one.
    let is_odd = |it: char| it.is_whitespace() || it.is_control() || "?#\\\"'<>*![]{},".contains(it);
    if address.contains(is_odd) {
        return None;
    }
    match address.split_once("://") {
        Some((scheme, rest)) => of_scheme(scheme, rest),
        None => {
            let (host, path) = address.split_once(':')?;
            let is_host = !host.is_empty() && !host.contains('/') && !host.starts_with('-');
            // An `@` behind the colon ends a password.
            (is_host && !path.is_empty() && !path.contains(['@', ';'])).then(|| address.to_owned())
        }
    }
}

/// SSH needs the user's name, and nobody needs a password.
fn of_scheme(scheme: &str, rest: &str) -> Option<String> {
    let (authority, path) = rest.split_once('/').filter(|(_, path)| !path.is_empty())?;
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let is_scheme = scheme.starts_with(|it: char| it.is_ascii_lowercase())
        && scheme.chars().all(|it| it.is_ascii_alphanumeric() || it == '+');
    // A password with a slash in it looks like a path, and one that is written as a port like a host.
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    let is_clear = !path.contains(['@', ';'])
        && !host.starts_with('-')
        && (host.ends_with(']')
            || port.chars().all(|it| it.is_ascii_digit()) && host.matches(':').count() < 2);
    if !is_scheme || !is_clear || host.is_empty() != (scheme == "file") {
        return None;
    }
    if user.is_some_and(|it| it.contains('%')) && scheme.contains("ssh") {
        return None;
    }
    let user = user.filter(|_| scheme.contains("ssh")).and_then(|it| it.split(':').next());
    let user = user.map(|it| format!("{it}@")).unwrap_or_default();
    Some(format!("{scheme}://{user}{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_credentials_and_nothing_else() {
        for (given, left) in [
            ("https://git.example.com/team/models.git", "https://git.example.com/team/models.git"),
            ("https://token@git.example.com/models", "https://git.example.com/models"),
            ("https://user:to@ken@git.example.com:8443/m", "https://git.example.com:8443/m"),
            ("ssh://git@git.example.com:22/models.git", "ssh://git@git.example.com:22/models.git"),
            ("ssh://git:secret@git.example.com/models.git", "ssh://git@git.example.com/models.git"),
            ("git@git.example.com:team/models.git", "git@git.example.com:team/models.git"),
            ("oci://registry.example.com/models", "oci://registry.example.com/models"),
            ("file:///srv/models", "file:///srv/models"),
        ] {
            assert_eq!(clonable(given).as_deref(), Some(left), "{given}");
        }
    }

    #[test]
    fn what_nobody_can_clone_is_refused() {
        for wrong in [
            "",
            "models",
            "/srv/models",
            "../models",
            "https://",
            "https:///models",
            "https://git.example.com",
            "https://git.example.com/*",
            "https://git.example.com/m?private_token=x",
            "https://git.example.com/m\n",
            "-u:x",
            ":x",
            "1x://a/b",
            "oauth2:secret@git.example.com:team/models.git",
            "x:secret@git.example.com/models",
            "https://user:se/cret@git.example.com/models.git",
            "https://git.example.com/models.git;token=secret",
            "https://git.example.com:8443:secret/models",
            "ssh://git%3Asecret@git.example.com/models",
            "ssh://-oProxyCommand=x/models",
        ] {
            assert_eq!(clonable(wrong), None, "{wrong}");
        }
        assert!(remote_address("file:///srv/models").is_err());
    }
}
