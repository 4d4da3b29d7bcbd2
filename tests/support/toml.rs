//! TOML as JSON, for those who know JSON: serde and JSON Schema.

use anyhow::{Context, anyhow};
use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

/// Reads a TOML document. Dates become the strings that they are written as.
pub(crate) fn to_json(text: &str) -> anyhow::Result<Value> {
    let document = DeTable::parse(text).map_err(|error| anyhow!("{error}"))?;
    table(document.get_ref())
}

fn table(table: &DeTable<'_>) -> anyhow::Result<Value> {
    let entries = table.iter().map(|(key, it)| Ok((key.get_ref().to_string(), value(it.get_ref())?)));
    Ok(Value::Object(entries.collect::<anyhow::Result<Map<_, _>>>()?))
}

fn value(of: &DeValue<'_>) -> anyhow::Result<Value> {
    Ok(match of {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(it) => {
            i64::from_str_radix(it.as_str(), it.radix()).with_context(|| format!("{it} is too large"))?.into()
        }
        DeValue::Float(it) => it.as_str().parse::<f64>()?.into(),
        DeValue::Boolean(it) => (*it).into(),
        DeValue::Datetime(it) => it.to_string().into(),
        DeValue::Array(items) => {
            items.iter().map(|it| value(it.get_ref())).collect::<anyhow::Result<Vec<_>>>()?.into()
        }
        DeValue::Table(it) => table(it)?,
    })
}
