//! Volumes: the configuration, shared memory, weights and their cache, compiled kernels, and what the team mounts.

use crate::catalog::flags::Release;
use crate::contract::Cause;
use crate::derive::Plan;
use crate::derive::cache::CACHE_PATH;
use crate::derive::flags::CONFIG_PATH;
use crate::derive::model::{Source, WEIGHTS_PATH};
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::expand::why::{Parts, Why};
use crate::expand::{causes, config};
use crate::manifest::{
    ClaimResources, ClaimSpec, ClaimVolume, ConfigMapVolume, EmptyDir, HostPath, ImageVolume, Pairs,
    PersistentVolumeClaim, SecretVolume, Volume, VolumeMount, VolumeSource,
};
use crate::spec::{CacheKind, Mount, Security};

/// Where compiled kernels are kept.
pub(crate) const KERNELS: &str = "/kernels";
/// The home of pods that do not run as root.
pub(crate) const HOME: &str = "/home/sglang";
/// The first release that keeps all compiled kernels where `SGLANG_CACHE_DIR` says (seen in its `environ.py`).
const KERNEL_FOLDER_SINCE: Release = Release::new(0, 5, 23);
/// What the kubelet gives files of ConfigMaps and Secrets, 0644: the API server's own default, written out.
const FILE_MODE: u32 = 0o644;
/// The volume of the cache.
const CACHE: &str = "cache";

/// What the names of the team's volumes begin with, so that none of them can meet one of ours.
pub(crate) const TEAMS: &str = "mount-";

/// One volume, where it is mounted, and why both are what they are.
struct Mounted {
    source: VolumeSource,
    mount: VolumeMount,
    volume_parts: Parts,
    mount_parts: Parts,
}

/// The volumes of a pod in their order.
pub(crate) struct Volumes(Vec<Mounted>);

impl Volumes {
    /// The pod's side.
    pub(crate) fn volumes(&self) -> Vec<Volume> {
        let volumes = self.own();
        volumes.map(|it| Volume { name: it.mount.name.clone(), source: it.source.clone() }).collect()
    }

    /// The container's side.
    pub(crate) fn mounts(&self) -> Vec<VolumeMount> {
        self.0.iter().map(|it| it.mount.clone()).collect()
    }

    /// Why each of them is there, by pointers into the pod.
    pub(crate) fn explain_volumes(&self, why: &mut Why<'_>) {
        for (index, it) in self.own().enumerate() {
            why.parts(&format!("/volumes/{index}"), it.volume_parts.clone());
        }
    }

    /// Why each of them is mounted, by pointers into the container.
    pub(crate) fn explain_mounts(&self, why: &mut Why<'_>) {
        for (index, it) in self.0.iter().enumerate() {
            why.parts(&format!("/volumeMounts/{index}"), it.mount_parts.clone());
        }
    }

    /// Those that are no part of another one.
    fn own(&self) -> impl Iterator<Item = &Mounted> {
        self.0.iter().filter(|it| it.mount.sub_path.is_none())
    }

    /// Adds a volume of which the same is to be said on both sides.
    fn add(
        &mut self,
        name: impl Into<String>,
        path: &str,
        source: VolumeSource,
        cause: Cause,
    ) -> &mut Mounted {
        let mount =
            VolumeMount { name: name.into(), mount_path: path.to_owned(), sub_path: None, read_only: None };
        let (volume_parts, mount_parts) = (vec![("", cause.clone())], vec![("", cause)]);
        self.0.push(Mounted { source, mount, volume_parts, mount_parts });
        self.0.last_mut().expect("one was just pushed")
    }
}

impl Mounted {
    fn read_only(&mut self, read_only: Option<bool>) -> &mut Mounted {
        self.mount.read_only = read_only;
        self
    }

    /// Says why a part of the volume's source is what it is.
    fn because(&mut self, part: &'static str, cause: Cause) {
        self.volume_parts.push((part, cause));
    }
}

/// The server's volumes.
pub(crate) fn server(plan: &Plan<'_>) -> Volumes {
    let keys = plan.keys;
    let mut volumes = Volumes(Vec::new());
    let config =
        VolumeSource::ConfigMap(ConfigMapVolume { name: config::name(plan), default_mode: FILE_MODE });
    let cause = keys.rule("SGLang reads its flags from a file", &["name"]);
    volumes.add("config", CONFIG_PATH, config, cause).read_only(Some(true));
    let shm = VolumeSource::EmptyDir(EmptyDir {
        medium: Some("Memory"),
        size_limit: Some(plan.resources.shm.clone()),
    });
    let few = "processes of one server share memory; the runtime's own 64 MiB are too few";
    let size = causes::derived(plan, "resources.shm", few, &["gpu.count"]);
    volumes.add("shm", "/dev/shm", shm, keys.rule(few, &[])).because("/emptyDir/sizeLimit", size);
    weights(plan, &mut volumes);
    cache(plan, &mut volumes);
    kernels(plan, &mut volumes);
    home(plan, &mut volumes);
    teams(plan, &mut volumes, |_| true);
    volumes
}

/// The volumes of the prefetch Job: the cache, what a user other than root needs, and certificates and the like. Claims of
/// the team's are not among them: a server on another node may hold them.
pub(crate) fn prefetch(plan: &Plan<'_>) -> Volumes {
    let mut volumes = Volumes(Vec::new());
    cache(plan, &mut volumes);
    home(plan, &mut volumes);
    teams(plan, &mut volumes, |it| it.secret.is_some() || it.config_map.is_some());
    volumes
}

fn teams(plan: &Plan<'_>, volumes: &mut Volumes, is_wanted: fn(&Mount) -> bool) {
    for (name, mount) in plan.spec.mounts.iter().filter(|(_, mount)| is_wanted(mount)) {
        team(plan, volumes, name.as_str(), mount);
    }
}

fn weights(plan: &Plan<'_>, volumes: &mut Volumes) {
    let (source, named) = match &plan.model.source {
        Source::Claim { claim, .. } => (claim_volume(claim, Some(true)), "/persistentVolumeClaim/claimName"),
        Source::Host { path } => {
            (VolumeSource::HostPath(HostPath { path: path.clone(), kind: "Directory" }), "/hostPath/path")
        }
        Source::Image { reference } => (
            VolumeSource::Image(ImageVolume { reference: reference.clone(), pull_policy: "IfNotPresent" }),
            "/image/reference",
        ),
        Source::Hub | Source::ModelScope | Source::Bucket { .. } => return,
    };
    let cause = plan.keys.rule("the weights are there already, and are only read", &["model.source"]);
    let weights = volumes.add("weights", WEIGHTS_PATH, source, cause).read_only(Some(true));
    weights.because(named, plan.keys.cause("model.source", ""));
}

fn cache(plan: &Plan<'_>, volumes: &mut Volumes) {
    let keys = plan.keys;
    let (source, part, named) = match (plan.cache.kind, &plan.cache.claim) {
        (CacheKind::Pvc | CacheKind::Claim, Some(claim)) => {
            let made = "the claim that is made for this service";
            let named = causes::derived(plan, "cache.claim", made, &["name", "cache.kind"]);
            (claim_volume(claim, None), "/persistentVolumeClaim/claimName", named)
        }
        (CacheKind::Host, _) => (
            VolumeSource::HostPath(HostPath { path: host_path(plan), kind: "DirectoryOrCreate" }),
            "/hostPath/path",
            keys.cause("cache.path", ""),
        ),
        _ if plan.model.source.is_downloaded() => {
            let cause = keys.rule("the pod's own disk holds the weights", &["cache.kind"]);
            (VolumeSource::EmptyDir(EmptyDir::default()), "/emptyDir", cause)
        }
        _ => return,
    };
    let reason = "weights that are downloaded are kept on a volume";
    let cause = keys.choice("cache.kind", reason, reason);
    volumes.add(CACHE, CACHE_PATH, source, cause).because(part, named);
}

fn host_path(plan: &Plan<'_>) -> String {
    plan.spec.cache.path.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn claim_volume(claim: &str, read_only: Option<bool>) -> VolumeSource {
    VolumeSource::PersistentVolumeClaim(ClaimVolume { claim_name: claim.to_owned(), read_only })
}

/// Whether SGLang can be told where to keep compiled kernels.
pub(crate) fn has_kernel_folder(plan: &Plan<'_>) -> bool {
    plan.image.release.is_none_or(|it| it >= KERNEL_FOLDER_SINCE)
}

fn kernels(plan: &Plan<'_>, volumes: &mut Volumes) {
    let cause = plan.keys.choice(
        "cache.jit",
        "kernels that are compiled at the first start lie where the spec says",
        "kernels are compiled at the first start, and go with their pod",
    );
    let source = VolumeSource::EmptyDir(EmptyDir::default());
    if plan.cache.keeps_kernels {
        let home = if plan.spec.security == Security::Nonroot { HOME } else { "/root" };
        let path = if has_kernel_folder(plan) { KERNELS.to_owned() } else { format!("{home}/.cache") };
        volumes.add(CACHE, &path, source, cause).mount.sub_path = Some("kernels".into());
    } else if has_kernel_folder(plan) {
        // Older releases write into several folders, where the image may have brought kernels along: nothing may hide those.
        volumes.add("kernels", KERNELS, source, cause);
    }
}

fn home(plan: &Plan<'_>, volumes: &mut Volumes) {
    if plan.spec.security != Security::Nonroot {
        return;
    }
    for (name, path) in [("home", HOME), ("tmp", "/tmp")] {
        let cause = plan.keys.rule("a user other than root needs folders of its own", &["security"]);
        volumes.add(name, path, VolumeSource::EmptyDir(EmptyDir::default()), cause);
    }
}

fn team(plan: &Plan<'_>, volumes: &mut Volumes, name: &str, mount: &Mount) {
    let (source, part, key) = match (&mount.secret, &mount.config_map, &mount.claim, &mount.empty) {
        (Some(secret), ..) => (
            VolumeSource::Secret(SecretVolume { secret_name: secret.to_string(), default_mode: FILE_MODE }),
            "/secret/secretName",
            "secret",
        ),
        (_, Some(map), ..) => (
            VolumeSource::ConfigMap(ConfigMapVolume { name: map.to_string(), default_mode: FILE_MODE }),
            "/configMap/name",
            "config-map",
        ),
        (_, _, Some(claim), _) => {
            (claim_volume(claim.as_str(), None), "/persistentVolumeClaim/claimName", "claim")
        }
        (.., size) => {
            let size_limit = size.as_ref().map(ToString::to_string);
            let source = VolumeSource::EmptyDir(EmptyDir { medium: None, size_limit });
            (source, "/emptyDir/sizeLimit", "empty")
        }
    };
    let keys = plan.keys;
    let is_read_only = mount.read_only.unwrap_or(mount.empty.is_none());
    let path = mount.path.as_ref().map_or("", |it| it.as_str());
    let added = volumes.add(format!("{TEAMS}{name}"), path, source, mount_cause(plan, name));
    added.read_only(is_read_only.then_some(true)).because(part, keys.entry(&["mounts", name, key]));
    added.mount_parts.push(("/mountPath", keys.entry(&["mounts", name, "path"])));
    added.mount_parts.push(("/readOnly", read_only_cause(plan, name, mount)));
}

fn mount_cause(plan: &Plan<'_>, name: &str) -> Cause {
    let reason = "the spec mounts it; its name has a prefix, so that it cannot meet one of ours";
    plan.keys.rule(reason, &[&format!("mounts.{name}")])
}

fn read_only_cause(plan: &Plan<'_>, name: &str, mount: &Mount) -> Cause {
    match mount.read_only {
        Some(_) => plan.keys.entry(&["mounts", name, "read-only"]),
        None => plan.keys.fixed("a server only reads what it is given, unless the spec says otherwise"),
    }
}

fn size_reason(plan: &Plan<'_>) -> &'static str {
    if plan.model.source.is_downloaded() {
        "the weights with a tenth to spare, and 10 GiB"
    } else {
        "compiled kernels alone: nothing is downloaded"
    }
}

/// The claim of the cache. It stands in the wave of its first consumer: in an earlier one, a claim that waits for its first
/// consumer would wait for ever.
pub(crate) fn claim(plan: &Plan<'_>) -> Option<Object> {
    if plan.cache.kind != CacheKind::Pvc {
        return None;
    }
    let keys = plan.keys;
    let spec = ClaimSpec {
        access_modes: vec![plan.cache.access.as_str()],
        storage_class_name: plan.spec.cache.class.as_ref().map(ToString::to_string),
        resources: ClaimResources {
            requests: Pairs::from([("storage".into(), plan.cache.size.clone().unwrap_or_default())]),
        },
    };
    let wave = match plan.replicas {
        _ if plan.cache.is_prefetched => Wave::Ground,
        // Nobody consumes it, and nothing may wait for it.
        Some(0) => Wave::Edge,
        _ => Wave::Server,
    };
    let kept = keys.fixed("who deletes the Application does not mean what took hours to download");
    let part = Part::server(plan.cache.claim.clone()?, wave).annotation(
        "argocd.argoproj.io/sync-options",
        "Prune=false,Delete=false",
        kept,
    );
    let reason = "weights that are downloaded outlive a pod";
    let cause = keys.choice("cache.kind", reason, reason);
    let size = causes::derived(plan, "cache.size", size_reason(plan), &["model.id", "model.weights-gib"]);
    Some(Object::new(plan, part, PersistentVolumeClaim { spec }, cause).explained(plan, |why| {
        why.say("/spec/resources/requests/storage", size);
        why.key("/spec/accessModes/0", "cache.access", "every storage class can do it");
        why.key("/spec/storageClassName", "cache.class", "");
    }))
}
