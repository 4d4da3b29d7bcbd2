//! Volumes: the configuration, shared memory, weights and their cache, compiled kernels, and what the team mounts.

use crate::catalog::flags::Release;
use crate::contract::Cause;
use crate::derive::Plan;
use crate::derive::cache::CACHE_PATH;
use crate::derive::flags::CONFIG_PATH;
use crate::derive::model::{Source, WEIGHTS_PATH};
use crate::expand::object::{Object, Part, Wave};
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

/// One volume, where it is mounted, and why it is there.
struct Mounted {
    source: VolumeSource,
    mount: VolumeMount,
    cause: Cause,
}

/// The volumes of a pod in their order.
pub(crate) struct Volumes(Vec<Mounted>);

impl Volumes {
    /// The pod's side.
    pub(crate) fn volumes(&self) -> Vec<Volume> {
        let volumes = self.0.iter().filter(|it| it.mount.sub_path.is_none());
        volumes.map(|it| Volume { name: it.mount.name.clone(), source: it.source.clone() }).collect()
    }

    /// The container's side.
    pub(crate) fn mounts(&self) -> Vec<VolumeMount> {
        self.0.iter().map(|it| it.mount.clone()).collect()
    }

    /// Why each of them is there, by pointers into the pod.
    pub(crate) fn causes(&self) -> Vec<(String, Cause)> {
        let mounts = self
            .0
            .iter()
            .enumerate()
            .map(|(index, it)| (format!("/containers/0/volumeMounts/{index}"), it.cause.clone()));
        let volumes = self.0.iter().filter(|it| it.mount.sub_path.is_none()).enumerate();
        mounts.chain(volumes.map(|(index, it)| (format!("/volumes/{index}"), it.cause.clone()))).collect()
    }

    fn add(
        &mut self,
        name: impl Into<String>,
        path: &str,
        source: VolumeSource,
        cause: Cause,
    ) -> &mut VolumeMount {
        let mount =
            VolumeMount { name: name.into(), mount_path: path.to_owned(), sub_path: None, read_only: None };
        self.0.push(Mounted { source, mount, cause });
        &mut self.0.last_mut().expect("one was just pushed").mount
    }
}

/// The server's volumes.
pub(crate) fn server(plan: &Plan<'_>) -> Volumes {
    let keys = plan.keys;
    let mut volumes = Volumes(Vec::new());
    let config =
        VolumeSource::ConfigMap(ConfigMapVolume { name: config::name(plan), default_mode: FILE_MODE });
    volumes
        .add("config", CONFIG_PATH, config, keys.rule("SGLang reads its flags from a file", &["flags"]))
        .read_only = Some(true);
    let shm = VolumeSource::EmptyDir(EmptyDir {
        medium: Some("Memory"),
        size_limit: Some(plan.resources.shm.clone()),
    });
    volumes.add(
        "shm",
        "/dev/shm",
        shm,
        causes::derived(
            plan,
            "resources.shm",
            "processes of one server share memory; the runtime's own 64 MiB are too few",
            &["gpu.count"],
        ),
    );
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
        team(volumes, name.as_str(), mount, causes::entry(plan, "mounts", name.as_str()));
    }
}

fn weights(plan: &Plan<'_>, volumes: &mut Volumes) {
    let source = match &plan.model.source {
        Source::Claim { claim, .. } => claim_volume(claim, Some(true)),
        Source::Host { path } => VolumeSource::HostPath(HostPath { path: path.clone(), kind: "Directory" }),
        Source::Image { reference } => {
            VolumeSource::Image(ImageVolume { reference: reference.clone(), pull_policy: "IfNotPresent" })
        }
        Source::Hub | Source::ModelScope | Source::Bucket { .. } => return,
    };
    volumes.add("weights", WEIGHTS_PATH, source, plan.keys.cause("model.source", "")).read_only = Some(true);
}

fn cache(plan: &Plan<'_>, volumes: &mut Volumes) {
    let source = match (plan.cache.kind, &plan.cache.claim) {
        (CacheKind::Pvc | CacheKind::Claim, Some(claim)) => claim_volume(claim, None),
        (CacheKind::Host, _) => {
            VolumeSource::HostPath(HostPath { path: host_path(plan), kind: "DirectoryOrCreate" })
        }
        _ if plan.model.source.is_downloaded() => VolumeSource::EmptyDir(EmptyDir::default()),
        _ => return,
    };
    let cause = plan.keys.cause("cache.kind", "weights that are downloaded are kept on a volume");
    volumes.add(CACHE, CACHE_PATH, source, cause);
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
    let cause = plan.keys.cause("cache.jit", "kernels are compiled at the first start");
    let source = VolumeSource::EmptyDir(EmptyDir::default());
    if plan.cache.keeps_kernels {
        let home = if plan.spec.security == Security::Nonroot { HOME } else { "/root" };
        let path = if has_kernel_folder(plan) { KERNELS.to_owned() } else { format!("{home}/.cache") };
        volumes.add(CACHE, &path, source, cause).sub_path = Some("kernels".into());
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
        let cause = plan.keys.cause("security", "");
        volumes.add(name, path, VolumeSource::EmptyDir(EmptyDir::default()), cause);
    }
}

fn team(volumes: &mut Volumes, name: &str, mount: &Mount, cause: Cause) {
    let source = match (&mount.secret, &mount.config_map, &mount.claim, &mount.empty) {
        (Some(secret), ..) => {
            VolumeSource::Secret(SecretVolume { secret_name: secret.to_string(), default_mode: FILE_MODE })
        }
        (_, Some(map), ..) => {
            VolumeSource::ConfigMap(ConfigMapVolume { name: map.to_string(), default_mode: FILE_MODE })
        }
        (_, _, Some(claim), _) => claim_volume(claim.as_str(), None),
        (.., size) => VolumeSource::EmptyDir(EmptyDir {
            medium: None,
            size_limit: size.as_ref().map(ToString::to_string),
        }),
    };
    let is_read_only = mount.read_only.unwrap_or(mount.empty.is_none());
    let path = mount.path.as_ref().map_or("", |it| it.as_str());
    // A prefix of their own, so that no name of a team's can meet one of ours.
    volumes.add(format!("mount-{name}"), path, source, cause).read_only = is_read_only.then_some(true);
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
    let part = Part::server(plan.cache.claim.clone()?, wave);
    let cause = keys.cause("cache.kind", "weights that are downloaded outlive a pod");
    let size = causes::derived(plan, "cache.size", size_reason(plan), &["model.id", "model.weights-gib"]);
    Some(
        Object::new(plan, part, PersistentVolumeClaim { spec }, cause)
            // Deleting the Application or its environment must not delete what took hours to download.
            .annotation("argocd.argoproj.io/sync-options", "Prune=false,Delete=false")
            .because(
                "/metadata/annotations/argocd.argoproj.io~1sync-options",
                Cause::Defaulted(
                    "who deletes the Application does not mean what took hours to download".into(),
                ),
            )
            .because("/spec/resources/requests/storage", size)
            .because("/spec/accessModes", keys.cause("cache.access", "every storage class can do it"))
            .because("/spec/storageClassName", keys.cause("cache.class", "")),
    )
}
