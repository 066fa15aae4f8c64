//! `orchflow call METHOD [JSON]`: any method, for programs.

use serde_json::{Map, Value};

use super::{connect, daemon, print};
use crate::fault::{Fault, Kind, Result, internal};
use crate::places::Places;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The method, such as terminal.list
    method: String,
    /// Its parameters, one JSON object
    params: Option<String>,
}

pub(super) fn run(args: &Args, places: &Places) -> Result<()> {
    let params = match args.params.as_deref() {
        None => Value::Object(Map::new()),
        Some(text) => serde_json::from_str(text).map_err(|error| {
            Fault::new(Kind::InvalidParams, format!("the parameters are not JSON: {error}"))
                .hint(format!("orchflow call {} '{{\"key\": \"value\"}}'", args.method))
        })?,
    };
    daemon::ensure(places)?;
    let client = connect(places)?;
    let mut client =
        client.ok_or_else(|| internal("the daemon ended as soon as it was started"))?;
    let result: Value = client.call(&args.method, &params)?;
    print(&serde_json::to_string_pretty(&result).map_err(internal)?)
}
