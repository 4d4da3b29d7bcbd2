//! The slices that NVIDIA's accelerators can be cut into (MIG).

// Source: docs.nvidia.com/datacenter/tesla/mig-user-guide/supported-mig-profiles.html
pub(super) const OF_40: &[&str] = &["1g.5gb", "1g.10gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"];
pub(super) const OF_80: &[&str] = &["1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"];
pub(super) const OF_141: &[&str] = &["1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"];
pub(super) const OF_180: &[&str] = &["1g.23gb", "1g.45gb", "2g.45gb", "3g.90gb", "4g.90gb", "7g.180gb"];

/// The memory of a slice, in MiB, by the profile's name without its device.
///
/// The profile's own number is a rounded one. Up to 80 GB: the least that `nvidia-smi mig -lgip` prints on A100 and H100.
/// An H200's `1g.18gb` has 16.0 GiB, nine per cent less than its eighth; larger profiles of H200 and B200 are taken to lose
/// as much of theirs, since no listing of them was seen. Fractions: docs.nvidia.com/datacenter/tesla/mig-user-guide.
pub(crate) fn mib(profile: &str) -> Option<u32> {
    Some(match profile.strip_suffix("+me").unwrap_or(profile) {
        "1g.5gb" => 4_864,
        "1g.10gb" => 9_728,
        "2g.10gb" => 9_850,
        "1g.20gb" | "2g.20gb" | "3g.20gb" | "4g.20gb" => 19_968,
        "3g.40gb" | "4g.40gb" | "7g.40gb" => 40_192,
        "7g.80gb" => 80_896,
        "1g.18gb" => 16_384,
        "1g.35gb" | "2g.35gb" => 32_700,
        "3g.71gb" | "4g.71gb" => 65_400,
        "7g.141gb" => 130_800,
        "1g.23gb" => 20_800,
        "1g.45gb" | "2g.45gb" => 41_700,
        "3g.90gb" | "4g.90gb" => 83_400,
        "7g.180gb" => 166_800,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::gpus;

    #[test]
    fn a_slice_never_has_more_than_its_name_says() {
        for (profile, gb) in [("1g.10gb", 10), ("3g.71gb", 71), ("7g.180gb", 180), ("2g.20gb+me", 20)] {
            assert!(mib(profile).unwrap() < gb * 1024, "{profile}");
        }
        assert_eq!(mib("1g.11gb"), None);
        assert!(gpus::GPUS.iter().flat_map(|it| it.slices).all(|it| mib(it).is_some()));
    }
}
