//! The files that the program carries, as browsers get them.

use std::collections::BTreeMap;

use super::appliance::Appliance;

/// What a browser must take each for. A file in `ui/` that is not among them fails the test.
const KINDS: [(&str, &str); 5] = [
    ("drawings.svg", "image/svg+xml"),
    ("filters.js", "text/javascript"),
    ("icon.svg", "image/svg+xml"),
    ("search-field.js", "text/javascript"),
    ("site.css", "text/css; charset=utf-8"),
];

/// The addresses of the files that some pages link to, by their names: `/assets/NAME.HASH.EXTENSION`.
fn linked(appliance: &Appliance, pages: &[&str]) -> BTreeMap<String, String> {
    let pages = pages.iter().map(|path| appliance.get(path).body).collect::<String>();
    let addresses = pages.split("\"/assets/").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
    addresses
        .map(|file| {
            let parts: Vec<_> = file.split('.').collect();
            let [name, _, extension] = parts[..] else { panic!("{file} is no name with a hash") };
            (format!("{name}.{extension}"), format!("/assets/{file}"))
        })
        .collect()
}

#[test]
fn every_file_says_what_it_is_in_every_encoding_and_browsers_are_not_to_guess() {
    let appliance = Appliance::starter();
    let files = linked(&appliance, &["/", "/search?q=cola"]);
    let mut carried: Vec<String> = ["ui/script", "ui/image"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("a folder"))
        .map(|entry| entry.expect("a file").file_name().into_string().expect("text"))
        .chain(["site.css".to_owned()])
        .collect();
    carried.sort();
    assert_eq!(carried, KINDS.map(|(name, _)| name), "each file has its row above");

    for (name, kind) in KINDS {
        let address = files.get(name).unwrap_or_else(|| panic!("no page links to {name}: {files:?}"));
        for encoding in ["identity", "br", "zstd", "gzip"] {
            let reply = appliance.head(address, &[("accept-encoding", encoding)]);

            assert_eq!((reply.status, reply.header("content-type")), (200, kind), "{name} as {encoding}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{name} as {encoding}");
        }
    }
}
