//! What the build script compiles.

/// How many guests travel in the program with their code.
pub(crate) const N_SHIPPED: usize = cfg!(all(target_arch = "x86_64", target_os = "linux")) as usize;
