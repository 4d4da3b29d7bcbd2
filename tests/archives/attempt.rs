//! What is tried with an archive: a server's road, from its chunks to the spec of its application's folder.

use std::panic::catch_unwind;

use cmp_host::config::SPEC;
use cmp_host::limits::Limits;
use cmp_host::request::read_spec;
use cmp_host::tree::archive::{ArchiveError, ArchiveTree, Receiving};
use sha2::{Digest, Sha256};

use crate::support::archive::Archive;

/// The spec that must come out, whatever surrounds it.
pub(crate) const TEXT: &str = "schema = 1\nname = \"chat\"\n";
/// Neither the client's default of 1 KiB nor a divisor of anything.
const CHUNK: usize = 10_007;

/// One attempt, and what must come of it.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// `ok`, an archive's code, or that of a problem.
    pub(crate) expected: &'static str,
    sent: fn() -> Sent,
}

/// What Argo CD sends.
pub(crate) struct Sent {
    pub(crate) folder: String,
    pub(crate) archive: Vec<u8>,
    /// As announced; none for the right one.
    pub(crate) checksum: Option<String>,
}

/// What came of it.
pub(crate) struct Seen {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Row {
    pub(crate) fn new(
        id: &'static str,
        name: &'static str,
        expected: &'static str,
        sent: fn() -> Sent,
    ) -> Row {
        Row { id, name, expected, sent }
    }

    /// Tries it. A panic is something to be seen, too.
    pub(crate) fn attempt(&self) -> Seen {
        let sent = self.sent;
        catch_unwind(|| sent().attempt()).unwrap_or_else(|_| Seen::new("PANIC", "the host panicked"))
    }
}

impl Sent {
    /// About the repository's root.
    pub(crate) fn of(archive: Vec<u8>) -> Sent {
        Sent { folder: String::from("."), archive, checksum: None }
    }

    pub(crate) fn about(self, folder: &str) -> Sent {
        Sent { folder: folder.to_owned(), ..self }
    }

    fn attempt(&self) -> Seen {
        let tree = match self.receive() {
            Ok(tree) => tree,
            Err(error) => return Seen::new(error.code(), &error.to_string()),
        };
        match read_spec(&tree, tree.folder(), &[SPEC], &Limits::default()) {
            Ok(file) if file.text == TEXT => Seen::new("ok", &format!("{} entries", tree.counts().entries)),
            Ok(_) => Seen::new("OTHER_SPEC", "the spec that came out is another one"),
            Err(rejection) => {
                let problem = &rejection.problems[0];
                Seen::new(&problem.code, &problem.message)
            }
        }
    }

    fn receive(&self) -> Result<ArchiveTree, ArchiveError> {
        let right = || base16ct::lower::encode_string(&Sha256::digest(&self.archive));
        let checksum = self.checksum.clone().unwrap_or_else(right);
        let mut receiving = Receiving::new(&self.folder, &checksum, &Limits::default())?;
        self.archive.chunks(CHUNK).try_for_each(|it| receiving.push(it))?;
        receiving.finish()
    }
}

impl Seen {
    fn new(code: &str, message: &str) -> Seen {
        Seen { code: code.to_owned(), message: message.to_owned() }
    }
}

/// A repository with a good spec at its root, to which something else may be added.
pub(crate) fn good() -> Archive {
    Archive::new().file(SPEC, TEXT)
}
