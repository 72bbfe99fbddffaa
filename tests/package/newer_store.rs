//! Makes the data of a foodswap look as if the next version had written it, and takes that back:
//! `newer_store DATA_DIR up|down`. There is no next version whose data an older one could be shown.

use std::error::Error;
use std::path::Path;

/// Where both stores keep the number of their layout.
const LAYOUT_KEY: &[u8] = b"layout";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, data_dir, direction] = arguments.as_slice() else { return Err("newer_store DATA_DIR up|down".into()) };
    for store in ["catalogue", "people"] {
        let store = sled::open(Path::new(data_dir).join("store").join(store))?;
        let meta = store.open_tree("meta")?;
        let layout = meta.get(LAYOUT_KEY)?.ok_or("no layout")?;
        let layout = u32::from_le_bytes(layout.as_ref().try_into()?);
        let layout = if direction == "up" { layout + 1 } else { layout - 1 };
        meta.insert(LAYOUT_KEY, &layout.to_le_bytes())?;
        store.flush()?;
    }
    Ok(())
}
