//! The register of processing says every store of persons.

use so_nhan_ai::http::Lang;
use so_nhan_ai::privacy::register;
use so_nhan_ai::rooms::ROOMS;

#[test]
fn the_register_says_every_store_in_both_languages() {
    let (vi, en) = (register::print(ROOMS, Lang::Vi), register::print(ROOMS, Lang::En));
    for holder in ROOMS.persons() {
        assert!(!holder.processing().is_empty(), "{:?}", holder.columns());
        for kept in holder.processing() {
            for (said_vi, said_en) in [kept.data, kept.purpose, kept.grounds, kept.readers, kept.period] {
                assert!(vi.contains(said_vi) && en.contains(said_en));
                assert!(!said_vi.contains('|') && !said_en.contains('|') && said_vi != said_en, "{said_vi}");
            }
        }
        for column in holder.columns() {
            assert!(vi.contains(&format!("`{column}`")), "{column}");
        }
    }
    let widths: Vec<usize> = vi.lines().filter(|line| line.starts_with('|')).map(|line| line.matches('|').count()).collect();
    assert!(widths.iter().all(|width| *width == widths[0]), "{vi}");
}
