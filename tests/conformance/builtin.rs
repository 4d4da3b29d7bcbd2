//! Kubernetes' own kinds, read with the types of k8s-openapi and written again: whatever does not come back is a field
//! that Kubernetes does not know.

use anyhow::{Context, bail, ensure};
use k8s_openapi::api::{apps, batch, core, networking, policy};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::goldens;

#[test]
fn builtin_kinds_survive_a_round_trip() -> anyhow::Result<()> {
    let custom = std::fs::read_to_string(crate::support::project::path("tests/crd-kinds.txt"))?;
    for golden in goldens::all() {
        for manifest in &golden.manifests {
            if !custom.lines().any(|kind| kind == goldens::kind(manifest)) {
                survives(manifest).with_context(|| goldens::label(&golden.path, manifest))?;
            }
        }
    }
    Ok(())
}

fn survives(manifest: &Value) -> anyhow::Result<()> {
    let version = manifest["apiVersion"].as_str().unwrap_or_default();
    match (version, goldens::kind(manifest)) {
        ("apps/v1", "Deployment") => round_trip::<apps::v1::Deployment>(manifest),
        ("batch/v1", "Job") => round_trip::<batch::v1::Job>(manifest),
        ("networking.k8s.io/v1", "Ingress") => round_trip::<networking::v1::Ingress>(manifest),
        ("networking.k8s.io/v1", "NetworkPolicy") => round_trip::<networking::v1::NetworkPolicy>(manifest),
        ("policy/v1", "PodDisruptionBudget") => round_trip::<policy::v1::PodDisruptionBudget>(manifest),
        ("v1", "ConfigMap") => round_trip::<core::v1::ConfigMap>(manifest),
        ("v1", "PersistentVolumeClaim") => round_trip::<core::v1::PersistentVolumeClaim>(manifest),
        ("v1", "Service") => round_trip::<core::v1::Service>(manifest),
        ("v1", "ServiceAccount") => round_trip::<core::v1::ServiceAccount>(manifest),
        (version, kind) => bail!("name a type for {version} {kind} here, or the kind in tests/crd-kinds.txt"),
    }
}

fn round_trip<T: DeserializeOwned + Serialize>(manifest: &Value) -> anyhow::Result<()> {
    let object: T = serde_json::from_value(manifest.clone())?;
    let again = serde_json::to_value(object)?;
    ensure!(&again == manifest, "comes back as {again:#}");
    Ok(())
}
