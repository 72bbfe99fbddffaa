//! The site on Rocket's own listener: `rocket-alone DATA_DIR PORT [CHAIN KEY]`, with its own TLS if files are named.

use std::path::PathBuf;

use foodswap::appliance;
use foodswap::config::{self, Sources};

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data_dir, port, files @ ..] = arguments.as_slice() else { return Err("DATA_DIR PORT [CHAIN KEY]".into()) };
    let data_dir = PathBuf::from(data_dir);
    std::fs::create_dir_all(&data_dir)?;
    let loaded = config::load(&Sources { data_dir: Some(data_dir), ..Sources::default() })?;
    let site = appliance::rocket(&loaded.config).await?;
    let mut settings = site.figment().clone().merge(("address", "127.0.0.1")).merge(("port", port.parse::<u16>()?));
    if let [chain, key] = files {
        settings = settings.merge(("tls.certs", chain)).merge(("tls.key", key));
    }
    site.configure(settings).launch().await?;
    Ok(())
}
