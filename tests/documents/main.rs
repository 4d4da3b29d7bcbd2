//! Every page of Markdown: its links lead somewhere, its commands are ones that there are, and those that need no cluster do
//! what the page says.

#[path = "../support"]
mod support {
    pub(crate) mod binary;
    pub(crate) mod project;
}
mod commands;
mod links;
mod page;
mod runs;
mod words;
