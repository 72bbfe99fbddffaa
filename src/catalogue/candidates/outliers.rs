//! Records that cannot be of their kind: an olive oil of 400 kJ, a sweet of 16 kJ.
//!
//! Such a record is consistent in itself, so nothing marks it as implausible; beside its like it stands
//! out, and its mistaken grade would put it first.

use rustc_hash::FxHashMap;

use crate::food::category::{CategoryId, Taxonomy};
use crate::food::nutrition::Nutrient;
use crate::food::substitution::form::Form;
use crate::food::substitution::profile::Profile;
use crate::food::substitution::uses::{Breadth, Uses};

/// Fewer products of a kind say nothing about what is usual for it.
const KIND_MIN: usize = 6;
/// Light versions have half of the energy, some a third; less than a quarter is a wrong record.
const ENERGY_SHARE_MIN: f64 = 0.25;
/// Where a kind has less than this, kJ per 100 g, labels round it to nothing: a pickle of 0 kJ is a pickle.
const USUAL_MIN_KJ: f64 = 400.0;

/// What is usual for each kind of food, by its most specific category.
pub(super) struct Usual {
    energies_kj: FxHashMap<u32, f64>,
}

impl Usual {
    /// Takes the median energy of every kind with enough products. Drinks are left out: water and
    /// drinks without sugar have none, rightly.
    pub(super) fn of<'a>(profiles: impl Iterator<Item = &'a Profile>) -> Self {
        let mut energies: Vec<(u32, u16)> = profiles
            .filter(|profile| !profile.form().has(Form::DRINK))
            .filter_map(|profile| Some((profile.category()?.0, profile.amount(Nutrient::Energy)? as u16)))
            .collect();
        energies.sort_unstable();
        let energies_kj = energies
            .chunk_by(|one, other| one.0 == other.0)
            .filter(|kind| kind.len() >= KIND_MIN)
            .map(|kind| (kind[0].0, f64::from(kind[kind.len() / 2].1)))
            .filter(|(_, usual)| *usual >= USUAL_MIN_KJ)
            .collect();
        Self { energies_kj }
    }

    /// Whether a product has far too little energy for what it says to be: for its kind or, where that has too few
    /// products, for the closest one above that is put to one use.
    pub(super) fn excludes(&self, profile: &Profile, taxonomy: &Taxonomy, uses: &Uses) -> bool {
        let usual = profile.category().and_then(|category| self.usual_kj(category, taxonomy, uses));
        let energy = profile.amount(Nutrient::Energy).filter(|_| !profile.form().has(Form::DRINK));
        usual.zip(energy).is_some_and(|(usual, energy)| energy < usual * ENERGY_SHARE_MIN)
    }

    fn usual_kj(&self, category: CategoryId, taxonomy: &Taxonomy, uses: &Uses) -> Option<f64> {
        let own = self.energies_kj.get(&category.0).copied();
        own.or_else(|| {
            let above = taxonomy.ancestors(category).into_iter().filter(|above| uses.breadth(*above) == Breadth::Use);
            let known = above.filter_map(|above| Some((taxonomy.depth(above), *self.energies_kj.get(&above.0)?)));
            known.max_by_key(|(depth, _)| *depth).map(|(_, usual)| usual)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::food::barcode::Barcode;
    use crate::food::category::Node;
    use crate::food::product::Product;

    fn profile(kind: u32, energy_kj: f64) -> Profile {
        let mut product = Product::new(Barcode::from_number(20_000_011), "food");
        product.nutrition = product.nutrition.with(Nutrient::Energy, energy_kj);
        Profile::of(&product, Some(CategoryId(kind)), Form::default())
    }

    #[test]
    fn far_too_little_energy_for_its_kind_is_a_mistake_unless_the_kind_has_next_to_none() {
        let (chocolates, bars, snacks, pickles, others) = (0, 1, 2, 3, 4);
        let node = |tag: &str, parents: &[&str]| Node {
            tag: tag.to_owned(),
            parents: parents.iter().map(|tag| (*tag).to_owned()).collect(),
            ..Node::default()
        };
        let taxonomy = Taxonomy::new([
            node("en:chocolates", &[]),
            node("en:chocolate-bars", &["en:chocolates", "en:snacks"]),
            // Too wide to say what is usual.
            node("en:snacks", &[]),
            node("en:pickles", &[]),
            node("en:others", &[]),
        ]);
        let uses = Uses::of(&taxonomy);
        let known: Vec<Profile> = (0..KIND_MIN)
            .flat_map(|_| [profile(chocolates, 2_200.0), profile(snacks, 600.0), profile(pickles, 90.0)])
            .collect();
        let usual = Usual::of(known.iter());

        for (kind, energy_kj, is_excluded) in [
            (chocolates, 500.0, true),
            (chocolates, 1_000.0, false),
            (bars, 500.0, true),
            (bars, 1_000.0, false),
            (pickles, 0.0, false),
            (others, 0.0, false),
        ] {
            let is_told = usual.excludes(&profile(kind, energy_kj), &taxonomy, &uses);
            assert_eq!(is_told, is_excluded, "{kind}: {energy_kj} kJ");
        }
    }
}
