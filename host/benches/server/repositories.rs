//! What is sent: a repository of one service, and one of many.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::support::project;

/// A repository on disk.
pub(crate) struct Repository {
    pub(crate) name: &'static str,
    /// The service's folder.
    pub(crate) folder: &'static str,
    root: TempDir,
}

impl Repository {
    /// 20 files.
    pub(crate) fn small() -> anyhow::Result<Repository> {
        Repository::of("20 files", 19, 1_200)
    }

    /// 3,000 files, 36 MB, of which gzip leaves 10.5 MB.
    pub(crate) fn large() -> anyhow::Result<Repository> {
        Repository::of("3000 files", 2_999, 12_000)
    }

    fn of(name: &'static str, n_others: u64, size: usize) -> anyhow::Result<Repository> {
        let root = tempfile::tempdir()?;
        let folder = "services/llama";
        fs::create_dir_all(root.path().join(folder))?;
        let spec = project::path("examples/llama-8b/sglang.toml");
        fs::copy(spec, root.path().join(folder).join("sglang.toml"))?;
        for number in 0..n_others {
            let folder = root.path().join(format!("other/{}", number % 60));
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("{number}.txt")), text(number, size))?;
        }
        Ok(Repository { name, folder, root })
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }
}

/// Words in an order that repeats on no machine and on every run: a linear congruential generator chooses them.
fn text(seed: u64, size: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::with_capacity(size + 16);
    while text.len() < size {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word = (state >> 33) % 2_500;
        // Words of one number always look the same, and no two have more in common than chance gives.
        text.push_str(&format!("{:08x} ", word.wrapping_mul(0x9e37_79b1) as u32));
    }
    text
}
