//! A folder as an archive, as the repo-server packs it: the folder itself first, names in order, folders without a slash.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

/// All files below a folder.
pub(crate) fn of_folder(root: &Path) -> anyhow::Result<Bytes> {
    let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    append(&mut archive, root, Path::new("."))?;
    Ok(archive.into_inner()?.finish()?.into())
}

fn append(archive: &mut Builder<GzEncoder<Vec<u8>>>, root: &Path, path: &Path) -> anyhow::Result<()> {
    let on_disk = root.join(path);
    let name = path.strip_prefix(".").ok().filter(|it| !it.as_os_str().is_empty()).unwrap_or(path);
    let metadata = fs::symlink_metadata(&on_disk)?;
    let mut header = Header::new_ustar();
    header.set_mode(0o644);
    if metadata.is_symlink() {
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        archive.append_link(&mut header, name, fs::read_link(&on_disk)?)?;
    } else if metadata.is_dir() {
        header.set_entry_type(EntryType::Directory);
        header.set_size(0);
        archive.append_data(&mut header, name, std::io::empty())?;
        let mut names =
            fs::read_dir(&on_disk)?.map(|it| Ok(it?.file_name())).collect::<anyhow::Result<Vec<_>>>()?;
        names.sort();
        for name in names {
            append(archive, root, &path.join(name))?;
        }
    } else {
        header.set_size(metadata.len());
        archive.append_data(&mut header, name, fs::File::open(&on_disk)?)?;
    }
    Ok(())
}
