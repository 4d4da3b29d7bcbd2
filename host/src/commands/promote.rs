//! `promote`: what is in force in one environment comes into force in another.

use crate::cli::Promote;
use crate::commands::change;
use crate::config::Config;
use crate::edit::change::Subject;
use crate::stop::Stop;

pub(crate) fn run(config: &Config, arguments: &Promote) -> Result<(), Stop> {
    let Promote { place, from, to, only } = arguments;
    if from == to {
        return Err(Stop::Usage(format!("`--from` and `--to` are both `{from}`; name two environments")));
    }
    change::change(config, place, Some(to), |subject| {
        let values = Subject { environment: Some(from), ..*subject }.values()?;
        let wanted = change::carried(only, values);
        change::require_image(only, &wanted, Some(from))?;
        Ok(wanted)
    })
    .map(drop)
}
