//! The shapes of the API's answers, whole: what a client reads must not change unnoticed.

use serde_json::Value;

use crate::appliance::Appliance;

const SPREAD: &str = "2000000000855";

fn answer(path: &str) -> Value {
    serde_json::from_str(&Appliance::starter().get(path).body).expect("JSON")
}

#[test]
fn a_product_keeps_its_shape() {
    insta::assert_json_snapshot!(answer(&format!("/api/v1/products/{SPREAD}")));
}

#[test]
fn substitutes_keep_their_shape() {
    insta::assert_json_snapshot!(answer(&format!("/api/v1/products/{SPREAD}/substitutes?limit=2")));
}

#[test]
fn a_search_keeps_its_shape() {
    insta::assert_json_snapshot!(answer("/api/v1/search?q=nutella&page_size=1"));
}

#[test]
fn a_problem_keeps_its_shape() {
    insta::assert_json_snapshot!(answer("/api/v1/products/nonsense"));
}
