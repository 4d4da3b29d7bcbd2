//! Identity.

use serde::Serialize;

use super::Kind;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceAccount {
    pub(crate) automount_service_account_token: bool,
}

impl Kind for ServiceAccount {
    const API_VERSION: &'static str = "v1";
    const KIND: &'static str = "ServiceAccount";
}
