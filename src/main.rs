//! `foodswap`: parse the command, run it, exit once.

fn main() {
    println!("skeleton");
}
