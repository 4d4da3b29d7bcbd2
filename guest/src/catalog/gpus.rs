//! The accelerators: memory, what they compute, and by which labels nodes tell them.
//!
//! Memory is what the driver reports (`nvidia-smi`, NVML), which is less than the product's name says.
//! Sources: memory of T4 to H200, thundergolfer.com/blog/nvidia-gpu-memory-capacity; compute capabilities,
//! developer.nvidia.com/cuda-gpus; `nvidia.com/gpu.product` values, GPU feature discovery on public nodes; GKE's labels,
//! cloud.google.com/kubernetes-engine/docs/how-to/gpus; Karpenter's and EKS Auto Mode's,
//! docs.aws.amazon.com/eks/latest/userguide/ml-workload-placement.html; instance types, the clouds' own lists.

use std::fmt;

use super::flags::Release;
use super::slices;
use crate::problem::nearest;

/// An accelerator.
pub(crate) struct Gpu {
    /// What a spec calls it.
    pub(crate) key: &'static str,
    pub(crate) memory_mib: u32,
    pub(crate) compute: Compute,
    pub(crate) vendor: Vendor,
    /// Values of the vendor's own node label.
    pub(crate) gfd: &'static [&'static str],
    /// Values of `cloud.google.com/gke-accelerator`.
    pub(crate) gke: &'static [&'static str],
    /// Values of `karpenter.k8s.aws/instance-gpu-name` and `eks.amazonaws.com/instance-gpu-name`.
    pub(crate) karpenter: &'static [&'static str],
    /// Values of `node.kubernetes.io/instance-type`, of AWS, Azure and Google Cloud.
    pub(crate) instance_types: &'static [&'static str],
    /// The profiles of its slices (MIG); none if it has no slices.
    pub(crate) slices: &'static [&'static str],
}

/// Who makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    Nvidia,
    Amd,
}

impl Vendor {
    /// The vendor whose device plugin announces a resource; NVIDIA's unless it says otherwise.
    pub(crate) fn of_resource(resource: &str) -> Vendor {
        if resource.starts_with("amd.com/") { Vendor::Amd } else { Vendor::Nvidia }
    }

    /// The resource that its device plugin announces.
    pub(crate) fn resource(self) -> &'static str {
        match self {
            Vendor::Nvidia => "nvidia.com/gpu",
            Vendor::Amd => "amd.com/gpu",
        }
    }

    /// The tag of SGLang's own image of a release for it. AMD's tell ROCm's release and the series, `mi30x` of MI300X.
    pub(crate) fn image_tag(self, release: Release) -> String {
        match self {
            Vendor::Nvidia => format!("v{release}"),
            Vendor::Amd => format!("v{release}-rocm700-mi30x"),
        }
    }

    /// The node label that tells the product.
    pub(crate) fn product_label(self) -> &'static str {
        match self {
            Vendor::Nvidia => "nvidia.com/gpu.product",
            Vendor::Amd => "amd.com/gpu.product-name",
        }
    }
}

/// What an accelerator can compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Compute {
    /// NVIDIA's compute capability.
    Sm { major: u8, minor: u8 },
    /// AMD's architecture: the hexadecimal digits behind `gfx`.
    Gfx(u32),
}

impl Compute {
    const fn sm(major: u8, minor: u8) -> Compute {
        Compute::Sm { major, minor }
    }

    /// Reads `9.0` or `gfx942`.
    pub(crate) fn parse(text: &str) -> Option<Compute> {
        if let Some(digits) = text.strip_prefix("gfx") {
            let is_short = (3..=4).contains(&digits.len());
            return u32::from_str_radix(digits, 16).ok().filter(|_| is_short).map(Compute::Gfx);
        }
        let (major, minor) = text.split_once('.')?;
        Some(Compute::Sm { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }

    /// NVIDIA's capability as one number, 90 for 9.0; none for other vendors.
    pub(crate) fn capability(self) -> Option<u32> {
        match self {
            Compute::Sm { major, minor } => Some(u32::from(major) * 10 + u32::from(minor)),
            Compute::Gfx(_) => None,
        }
    }
}

impl fmt::Display for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Compute::Sm { major, minor } => write!(f, "sm{major}{minor}"),
            Compute::Gfx(digits) => write!(f, "gfx{digits:x}"),
        }
    }
}

/// Every accelerator, the smallest first.
pub(crate) const GPUS: &[Gpu] = &[
    Gpu {
        key: "t4",
        memory_mib: 15_360,
        compute: Compute::sm(7, 5),
        vendor: Vendor::Nvidia,
        gfd: &["Tesla-T4"],
        gke: &["nvidia-tesla-t4"],
        karpenter: &["t4"],
        instance_types: &[
            "Standard_NC16as_T4_v3",
            "Standard_NC4as_T4_v3",
            "Standard_NC64as_T4_v3",
            "Standard_NC8as_T4_v3",
            "g4dn.12xlarge",
            "g4dn.16xlarge",
            "g4dn.2xlarge",
            "g4dn.4xlarge",
            "g4dn.8xlarge",
            "g4dn.metal",
            "g4dn.xlarge",
        ],
        slices: &[],
    },
    Gpu {
        key: "a10g",
        memory_mib: 23_028,
        compute: Compute::sm(8, 6),
        vendor: Vendor::Nvidia,
        gfd: &["NVIDIA-A10G"],
        gke: &[],
        karpenter: &["a10g"],
        instance_types: &[
            "g5.12xlarge",
            "g5.16xlarge",
            "g5.24xlarge",
            "g5.2xlarge",
            "g5.48xlarge",
            "g5.4xlarge",
            "g5.8xlarge",
            "g5.xlarge",
        ],
        slices: &[],
    },
    Gpu {
        key: "l4",
        memory_mib: 23_034,
        compute: Compute::sm(8, 9),
        vendor: Vendor::Nvidia,
        gfd: &["NVIDIA-L4"],
        gke: &["nvidia-l4"],
        karpenter: &["l4"],
        instance_types: &[
            "g2-standard-12",
            "g2-standard-16",
            "g2-standard-24",
            "g2-standard-32",
            "g2-standard-4",
            "g2-standard-48",
            "g2-standard-8",
            "g2-standard-96",
            "g6.12xlarge",
            "g6.16xlarge",
            "g6.24xlarge",
            "g6.2xlarge",
            "g6.48xlarge",
            "g6.4xlarge",
            "g6.8xlarge",
            "g6.xlarge",
        ],
        slices: &[],
    },
    Gpu {
        key: "a100-40gb",
        memory_mib: 40_960,
        compute: Compute::sm(8, 0),
        vendor: Vendor::Nvidia,
        gfd: &["NVIDIA-A100-SXM4-40GB"],
        gke: &["nvidia-tesla-a100"],
        // AWS calls the card of 40 and that of 80 GB both `a100`.
        karpenter: &[],
        instance_types: &[
            "a2-highgpu-1g",
            "a2-highgpu-2g",
            "a2-highgpu-4g",
            "a2-highgpu-8g",
            "a2-megagpu-16g",
            "p4d.24xlarge",
        ],
        slices: slices::OF_40,
    },
    Gpu {
        key: "l40s",
        memory_mib: 46_068,
        compute: Compute::sm(8, 9),
        vendor: Vendor::Nvidia,
        gfd: &["NVIDIA-L40S"],
        gke: &[],
        karpenter: &["l40s"],
        instance_types: &[
            "g6e.12xlarge",
            "g6e.16xlarge",
            "g6e.24xlarge",
            "g6e.2xlarge",
            "g6e.48xlarge",
            "g6e.4xlarge",
            "g6e.8xlarge",
            "g6e.xlarge",
        ],
        slices: &[],
    },
    Gpu {
        key: "h100-sxm-80gb",
        memory_mib: 81_559,
        compute: Compute::sm(9, 0),
        vendor: Vendor::Nvidia,
        gfd: &["NVIDIA-H100-80GB-HBM3"],
        gke: &["nvidia-h100-80gb", "nvidia-h100-mega-80gb"],
        karpenter: &["h100"],
        instance_types: &[
            "Standard_ND96isr_H100_v5",
            "a3-highgpu-1g",
            "a3-highgpu-2g",
            "a3-highgpu-4g",
            "a3-highgpu-8g",
            "a3-megagpu-8g",
            "p5.48xlarge",
        ],
        slices: slices::OF_80,
    },
    Gpu {
        key: "a100-80gb",
        memory_mib: 81_920,
        compute: Compute::sm(8, 0),
        vendor: Vendor::Nvidia,
        gfd: &["NVIDIA-A100-80GB-PCIe", "NVIDIA-A100-SXM4-80GB"],
        gke: &["nvidia-a100-80gb"],
        // See the card of 40 GB.
        karpenter: &[],
        instance_types: &[
            "Standard_NC24ads_A100_v4",
            "Standard_NC48ads_A100_v4",
            "Standard_NC96ads_A100_v4",
            "Standard_ND96amsr_A100_v4",
            "a2-ultragpu-1g",
            "a2-ultragpu-2g",
            "a2-ultragpu-4g",
            "a2-ultragpu-8g",
            "p4de.24xlarge",
        ],
        slices: slices::OF_80,
    },
    Gpu {
        key: "h200",
        memory_mib: 143_771,
        compute: Compute::sm(9, 0),
        vendor: Vendor::Nvidia,
        gfd: &["NVIDIA-H200"],
        gke: &["nvidia-h200-141gb"],
        karpenter: &["h200"],
        instance_types: &["Standard_ND96isr_H200_v5", "a3-ultragpu-8g", "p5e.48xlarge", "p5en.48xlarge"],
        slices: slices::OF_141,
    },
    // Its memory was not seen quoted with a source; NVIDIA's MIG guide says 180 GB.
    Gpu {
        key: "b200",
        memory_mib: 183_359,
        compute: Compute::sm(10, 0),
        vendor: Vendor::Nvidia,
        gfd: &["NVIDIA-B200"],
        gke: &["nvidia-b200"],
        karpenter: &["b200"],
        instance_types: &["a4-highgpu-8g", "p6-b200.48xlarge"],
        slices: slices::OF_180,
    },
    // 192 GB by AMD's data sheet; label, ROCm's documentation of its Kubernetes device plugin.
    Gpu {
        key: "mi300x",
        memory_mib: 196_592,
        compute: Compute::Gfx(0x942),
        vendor: Vendor::Amd,
        gfd: &["AMD_Instinct_MI300X_OAM"],
        gke: &[],
        karpenter: &[],
        instance_types: &["Standard_ND96isr_MI300X_v5"],
        slices: &[],
    },
];

/// The accelerator of a key.
pub(crate) fn find(key: &str) -> Option<&'static Gpu> {
    GPUS.iter().find(|it| it.key == key)
}

/// The keys that somebody may have meant who wrote another name: a key in capitals, its beginning, or a node label; else the
/// nearest one that begins with the same word, all of these, or the nearest of all. `h100` is nearer to `h200` than to the key
/// that it begins.
pub(crate) fn meant(name: &str) -> Vec<&'static str> {
    let is_label =
        |it: &Gpu| [it.gfd, it.gke, it.karpenter].concat().iter().any(|it| it.eq_ignore_ascii_case(name));
    let short = name.to_ascii_lowercase();
    let begins =
        |it: &Gpu| it.key.strip_prefix(short.as_str()).is_some_and(|it| !it.starts_with(char::is_numeric));
    let said = GPUS.iter().filter(|it| is_label(it) || !short.is_empty() && begins(it));
    let said: Vec<&str> = said.map(|it| it.key).collect();
    let kin = || keys().filter(|it| it.split('-').next() == short.split('-').next());
    match (said.is_empty(), kin().next()) {
        (false, _) => said,
        (true, Some(_)) => nearest(&short, kin()).map_or_else(|| kin().collect(), |it| vec![it]),
        (true, None) => nearest(&short, keys()).into_iter().collect(),
    }
}

/// The keys of all accelerators.
pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
    GPUS.iter().map(|it| it.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_of_a_product_lead_to_its_key() {
        assert_eq!(meant("h100"), ["h100-sxm-80gb"]);
        assert_eq!(meant("A100"), ["a100-40gb", "a100-80gb"]);
        assert_eq!(meant("nvidia-tesla-t4"), ["t4"]);
        assert_eq!(meant("T4"), ["t4"]);
        assert_eq!(meant("NVIDIA-H100-80GB-HBM3"), ["h100-sxm-80gb"]);
        assert_eq!(meant("L40Z"), ["l40s"]);
        assert_eq!(meant("a100-sxm-80gb"), ["a100-80gb"], "`h100-sxm-80gb` has more letters in common");
        assert_eq!(meant("h100-80gb"), ["h100-sxm-80gb"]);
        assert_eq!(meant("a100-pcie"), ["a100-40gb", "a100-80gb"]);
        assert!(meant("a1").is_empty() && meant("quadro").is_empty());
    }

    #[test]
    fn what_is_computed_reads_as_it_is_written() {
        assert_eq!(Compute::parse("9.0").map(|it| it.to_string()).as_deref(), Some("sm90"));
        assert_eq!(Compute::parse("12.0").and_then(Compute::capability), Some(120));
        assert_eq!(Compute::parse("gfx942"), Some(Compute::Gfx(0x942)));
        for wrong in ["", "9", "9.x", "sm90", "gfx", "gfx94z", "gfx94200"] {
            assert_eq!(Compute::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn lists_are_sorted_and_keys_are_unique() {
        let lists = |it: &'static Gpu| [it.gfd, it.gke, it.karpenter, it.instance_types];
        assert!(GPUS.iter().flat_map(lists).all(|it| it.is_sorted_by(|a, b| a < b)));
        assert!(GPUS.is_sorted_by(|a, b| a.memory_mib < b.memory_mib && a.key != b.key));
    }
}
