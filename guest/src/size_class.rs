//! Classes of the heap's pieces by size. Plain arithmetic, in a file of its own so that it is tested where there is no
//! WebAssembly: a class smaller than what was asked for would let two pieces overlap.

/// Small classes are this far apart, and so is every piece aligned. A type that asks for more is rare: its pieces are not
/// handed out again.
pub(crate) const GRAIN: usize = 8;
/// The largest piece that has a class of its own size; beyond, there are four classes to each power of two.
pub(crate) const SMALL: usize = 128;
const SMALL_CLASSES: usize = SMALL / GRAIN + 1;
/// How many classes there are, up to the largest piece that an address reaches.
pub(crate) const CLASSES: usize = SMALL_CLASSES + 4 * (usize::BITS - SMALL.ilog2()) as usize;

/// The class of a piece, and the size of all pieces in it.
#[inline(always)]
pub(crate) fn class(size: usize) -> (usize, usize) {
    if size <= SMALL {
        let class = size.div_ceil(GRAIN);
        (class, class * GRAIN)
    } else {
        let power = (size - 1).ilog2();
        let quarter = power - 2;
        // From 5 to 8 of them, which is the next power of two.
        let quarters = ((size - 1) >> quarter) + 1;
        (SMALL_CLASSES + 4 * (power - SMALL.ilog2()) as usize + quarters - 5, quarters << quarter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every size up to some MiB, and those around each power of two up to the largest that a layout takes.
    fn sizes() -> impl Iterator<Item = usize> {
        let around = |power: u32| (1_usize << power) - 1..=(1 << power) + 1;
        (0..=3 << 20).chain((22..usize::BITS - 1).flat_map(around))
    }

    #[test]
    fn a_piece_holds_what_was_asked_for() {
        for size in sizes() {
            let (class, held) = class(size);
            assert!(class < CLASSES && held >= size && held.is_multiple_of(GRAIN), "{size}");
        }
    }

    #[test]
    fn all_pieces_of_a_class_have_its_size() {
        for size in sizes() {
            let (class, held) = class(size);
            assert_eq!(super::class(held), (class, held), "{size}");
        }
    }

    #[test]
    fn a_class_above_holds_larger_pieces() {
        let classes: Vec<_> = sizes().map(class).collect();
        for (below, above) in classes.iter().zip(&classes[1..]) {
            assert!(below == above || below.0 < above.0 && below.1 < above.1, "{below:?} {above:?}");
        }
    }

    #[test]
    fn at_most_a_quarter_is_lost() {
        for size in sizes() {
            let lost = class(size).1 - size;
            assert!(if size <= SMALL { lost < GRAIN } else { lost <= size / 4 }, "{size}");
        }
    }
}
