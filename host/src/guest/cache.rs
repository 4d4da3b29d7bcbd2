//! Compiled code on disk, so that a second start takes a millisecond instead of a second.
//!
//! Whoever can write such a file runs code in this process. So it is kept only in a folder that is ours or root's and
//! that nobody else can write to, and anything odd about it means to compile again. The checksum is there for disks that
//! forget and copies that stop half-way. It is not a cryptographic one: whoever could write the code could write its
//! digest, too.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, MetadataExt, OpenOptions, OpenOptionsExt, PermissionsExt};
use twox_hash::XxHash3_128;
use wasmtime::component::Component;

use crate::guest::code;
use crate::guest::engine::Engine;
use crate::whole_file;

/// The number goes up with the layout.
const MAGIC: &[u8; 16] = b"cmp-host code 2\n";
/// Bytes of a seal.
const TRAILER: usize = MAGIC.len() + 16;
/// Compiled code is some four times the component, which has 32 MiB at most.
pub(crate) const CODE_LIMIT: u64 = 256 << 20;

/// A folder for compiled code, or none.
#[derive(Debug)]
pub struct Cache {
    folder: Option<Dir>,
}

impl Cache {
    /// Every guest is compiled anew.
    pub fn none() -> Cache {
        Cache { folder: None }
    }

    /// Keeps code in this folder, which is made if it is missing. A folder that others can write to is not used.
    pub fn in_folder(path: &Path) -> Cache {
        match open_folder(path).and_then(private) {
            Ok(folder) => Cache { folder: Some(folder) },
            Err(error) => Cache::unusable(path, &error),
        }
    }

    /// The same for a folder that somebody named. Here it is an error that others can write to it: it was named to be used,
    /// and compiling at each start would hide for long what is wrong with it.
    pub fn in_named_folder(path: &Path) -> io::Result<Cache> {
        match open_folder(path) {
            Ok(folder) => Ok(Cache { folder: Some(private(folder)?) }),
            Err(error) => Ok(Cache::unusable(path, &error)),
        }
    }

    /// Where `$CMP_HOST_CACHE` says, else in the user's cache folder.
    pub fn of_user() -> anyhow::Result<Cache> {
        let variable = |name: &str| std::env::var_os(name);
        if let Some(folder) = named_folder(variable) {
            return Cache::in_named_folder(&folder).map_err(|error| unsafe_folder(&folder, &error));
        }
        Ok(users_folder(variable).map_or_else(Cache::none, |it| Cache::in_folder(&it)))
    }

    fn unusable(path: &Path, error: &io::Error) -> Cache {
        tracing::warn!(folder = %path.display(), %error, "compiled code is not cached");
        Cache::none()
    }

    /// Whether code is kept at all.
    pub(crate) fn is_used(&self) -> bool {
        self.folder.is_some()
    }

    /// The code that was compiled from this guest by such an engine, if it is there and beyond doubt.
    pub(crate) fn load(&self, engine: &Engine, digest: &str) -> Option<Component> {
        let folder = self.folder.as_ref()?;
        let name = file_name(digest);
        match read(folder, &name).and_then(|it| it.map(|it| code::of_file(engine, &it)).transpose()) {
            Ok(component) => component,
            Err(error) => {
                tracing::warn!(file = name, %error, "cached code is not used, and compiled again");
                None
            }
        }
    }

    /// Whether the next start finds the code of this guest.
    pub(crate) fn holds(&self, digest: &str) -> bool {
        self.folder.as_ref().is_some_and(|it| read(it, &file_name(digest)).is_ok_and(|it| it.is_some()))
    }

    /// Keeps the code for the next start. A folder that cannot be written to is fine: an image may carry one.
    pub(crate) fn store(&self, digest: &str, code: &[u8]) {
        let Some(folder) = &self.folder else { return };
        let name = file_name(digest);
        if let Err(error) = write(folder, &name, code) {
            tracing::info!(file = name, %error, "compiled code is not kept");
        }
    }
}

fn unsafe_folder(folder: &Path, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "the folder `{}` of CMP_HOST_CACHE is not safe for compiled code: {error}; give it to you or to root, and `chmod go-w` it",
        folder.display()
    )
}

/// The folder that `$CMP_HOST_CACHE` names.
pub fn named_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    absolute(variable("CMP_HOST_CACHE"))
}

/// The user's cache folder, for when none is named.
pub fn users_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    absolute(variable("XDG_CACHE_HOME"))
        .map(|it| it.join("cmp-host"))
        .or_else(|| absolute(variable("HOME")).map(|it| it.join(".cache").join("cmp-host")))
}

fn absolute(path: Option<OsString>) -> Option<PathBuf> {
    path.map(PathBuf::from).filter(|it| it.is_absolute())
}

fn open_folder(path: &Path) -> io::Result<Dir> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    Dir::open_ambient_dir(path, ambient_authority())
}

fn private(folder: Dir) -> io::Result<Dir> {
    require_private(&folder.dir_metadata()?)?;
    Ok(folder)
}

/// Nobody but us and root could have written it.
fn require_private(metadata: &Metadata) -> io::Result<()> {
    let owner = metadata.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other(format!("it belongs to user {owner}")));
    }
    let mode = metadata.permissions().mode();
    if mode & 0o022 != 0 {
        return Err(io::Error::other(format!("others can write to it (mode {:03o})", mode & 0o777)));
    }
    Ok(())
}

/// wasmtime itself refuses code of another version, of other settings, or that asks for more than this processor has.
fn file_name(digest: &str) -> String {
    format!("{digest}-{}-{}.code", std::env::consts::ARCH, env!("CARGO_PKG_VERSION"))
}

/// Finds the code and checks it. The file stays as it is from then on: nobody else can write it, and `write` replaces it whole.
fn read(folder: &Dir, name: &str) -> io::Result<Option<File>> {
    let file = match folder.open(name) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    require_private(&metadata)?;
    if !metadata.is_file() || metadata.len() > CODE_LIMIT {
        return Err(io::Error::other("it is not a file of compiled code"));
    }
    let file = file.into_std();
    unsealed(&code::map(&file)?)?;
    Ok(Some(file))
}

/// The code of a whole file, if the file is as it was written.
pub fn unsealed(file: &[u8]) -> io::Result<&[u8]> {
    let Some((code, trailer)) = file.split_last_chunk::<TRAILER>() else {
        return Err(io::Error::other("it is cut off"));
    };
    if *trailer != seal(code) {
        return Err(io::Error::other("its checksum is wrong"));
    }
    Ok(code)
}

/// What ends a whole file. It stands behind the code, which wasmtime maps from the file's first byte on.
pub fn seal(code: &[u8]) -> [u8; TRAILER] {
    let mut seal = [0; TRAILER];
    seal[..MAGIC.len()].copy_from_slice(MAGIC);
    seal[MAGIC.len()..].copy_from_slice(&XxHash3_128::oneshot(code).to_le_bytes());
    seal
}

/// Written aside and renamed, so that no reader meets half a file. Each writes a file of its own: what one has renamed, another
/// must not write any more.
fn write(folder: &Dir, name: &str, code: &[u8]) -> io::Result<()> {
    let aside = whole_file::aside(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let written = folder.open_with(&aside, &options).and_then(|mut file| {
        file.write_all(code)?;
        file.write_all(&seal(code))
    });
    let moved = written.and_then(|()| folder.rename(&aside, folder, name));
    moved.inspect_err(|_| drop(folder.remove_file(&aside)))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{BufRead, BufReader, Seek};
    use std::os::unix::fs::{FileExt, PermissionsExt};
    use std::sync::Arc;

    use super::*;
    use crate::guest::{compile, settings};

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn kept() -> (tempfile::TempDir, Cache, Engine, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path());
        let engine = Engine::new().unwrap();
        cache.store("digest", &compile::here(EMPTY).unwrap());
        let file = folder.path().join(file_name("digest"));
        (folder, cache, engine, file)
    }

    #[test]
    fn what_was_kept_is_found() {
        let (_folder, cache, engine, _) = kept();
        assert!(cache.load(&engine, "digest").is_some());
        assert!(cache.load(&engine, "another").is_none());
    }

    #[test]
    fn a_changed_byte_means_to_compile_again() {
        let (_folder, cache, engine, file) = kept();
        let good_length = fs::read(&file).unwrap().len();
        for at in [0, 1000, good_length - TRAILER, good_length - 1] {
            let good = fs::read(&file).unwrap();
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            fs::write(&file, bytes).unwrap();
            assert!(cache.load(&engine, "digest").is_none(), "byte {at}");
            fs::write(&file, good).unwrap();
        }
    }

    #[test]
    fn a_file_that_is_cut_off_means_to_compile_again() {
        let (_folder, cache, engine, file) = kept();
        let good_length = fs::read(&file).unwrap().len();
        for length in [0, 10, 1000, good_length - 1] {
            let good = fs::read(&file).unwrap();
            fs::write(&file, &good[..length]).unwrap();
            assert!(cache.load(&engine, "digest").is_none(), "{length} bytes");
            fs::write(&file, good).unwrap();
        }
    }

    /// Code without fuel would never end, and its name does not tell: wasmtime does.
    #[test]
    fn code_of_other_settings_means_to_compile_again() {
        let (_folder, cache, engine, _) = kept();
        let compiler = wasmtime::Engine::new(settings::config().consume_fuel(false)).unwrap();
        cache.store("digest", &compiler.precompile_component(EMPTY).unwrap());
        assert!(cache.load(&engine, "digest").is_none());
    }

    #[test]
    fn a_link_out_of_the_folder_is_not_followed() {
        let (folder, cache, engine, file) = kept();
        let elsewhere = tempfile::tempdir().unwrap();
        let target = elsewhere.path().join("code");
        fs::rename(&file, &target).unwrap();
        std::os::unix::fs::symlink(&target, &file).unwrap();
        assert!(cache.load(&engine, "digest").is_none(), "{}", folder.path().display());
    }

    #[test]
    fn what_others_can_write_is_not_used() {
        let (folder, cache, engine, file) = kept();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(cache.load(&engine, "digest").is_none());
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Cache::in_folder(folder.path()).folder.is_none());
    }

    #[test]
    fn a_named_folder_that_others_can_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o777, 0o1777, 0o720, 0o702] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            let error = Cache::in_named_folder(folder.path()).unwrap_err();
            assert!(error.to_string().starts_with("others can write to it"), "{mode:o}: {error}");
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(Cache::in_named_folder(folder.path()).unwrap().folder.is_some());
    }

    /// A disk without room or a path that cannot be is no danger: code is compiled again, as without a cache.
    #[test]
    fn a_named_folder_that_cannot_be_made_is_not_used() {
        let cache = Cache::in_named_folder(Path::new("/dev/null/cache")).unwrap();
        assert!(cache.folder.is_none());
    }

    /// Every load says that it compiles again, and none gives code.
    #[test]
    fn no_flip_of_a_bit_is_overlooked() {
        const FLIPS: u64 = 10_000;
        let (_folder, cache, engine, path) = kept();
        let good = fs::read(&path).unwrap();
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        let bits = good.len() as u64 * 8;
        assert!(bits > FLIPS, "{bits} bits");
        // Odd, so that each bit of a byte has its turn.
        let step = (bits / FLIPS) | 1;
        let warnings = warnings(|| {
            for bit in (0..FLIPS).map(|it| it * step % bits) {
                let byte = good[(bit / 8) as usize];
                file.write_all_at(&[byte ^ 1 << (bit % 8)], bit / 8).unwrap();
                assert!(cache.load(&engine, "digest").is_none(), "bit {bit} of {bits}");
                file.write_all_at(&[byte], bit / 8).unwrap();
            }
        });
        assert_eq!(warnings, FLIPS);
        assert!(cache.load(&engine, "digest").is_some());
    }

    /// How often it is said that cached code is not used.
    fn warnings(action: impl FnOnce()) -> u64 {
        let mut log = tempfile::tempfile().unwrap();
        let writer = Arc::new(log.try_clone().unwrap());
        tracing::subscriber::with_default(tracing_subscriber::fmt().with_writer(writer).finish(), action);
        log.rewind().unwrap();
        let lines = BufReader::new(log).lines().map(Result::unwrap);
        let wanted = "cached code is not used, and compiled again";
        lines.filter(|it| it.contains("WARN") && it.contains(wanted)).count() as u64
    }

    #[test]
    fn the_folder_comes_from_the_environment() {
        let pairs = |list: &'static [(&str, &str)]| {
            move |name: &str| list.iter().find(|it| it.0 == name).map(|it| it.1.into())
        };
        assert_eq!(named_folder(pairs(&[("CMP_HOST_CACHE", "/a"), ("HOME", "/h")])), Some("/a".into()));
        assert_eq!(named_folder(pairs(&[("HOME", "/h")])), None);
        let users = |list| users_folder(pairs(list));
        assert_eq!(users(&[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")]), Some("/x/cmp-host".into()));
        assert_eq!(users(&[("XDG_CACHE_HOME", ""), ("HOME", "/h")]), Some("/h/.cache/cmp-host".into()));
        assert_eq!(users(&[]), None);
    }
}
