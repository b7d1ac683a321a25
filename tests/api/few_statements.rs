//! What two people do together costs few round trips to the database: the statements of asking and of approving are counted.

use serde_json::json;

use crate::lists::{during, watched};
use crate::spending::{approve, given, payment};
use crate::transfers;

/// `what` took at most so many; all of them are shown where it took more.
fn at_most(most: usize, what: &str, asked: &[String]) {
    println!("{what}: {} statements", asked.len());
    assert!(asked.len() <= most, "{what} took {} statements, not {most}: {asked:#?}", asked.len());
}

/// Asked for and approved in two transactions. pgbench writes the same rows with 26 statements in one (`bench/payment.pgbench.sql`).
#[test]
fn a_payment_takes_few_statements() {
    let (app, database) = watched();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    given(&app, json!({"amount_vnd": 90_000_000}));
    // The first one makes balances and sums that others find.
    for n in 0..2 {
        let order = payment(&app, json!({}));
        let (asked, first) = during(&database, || officer.post("/api/v1/payments", order.clone(), 201));
        let (approved, done) = during(&database, || approve(&chair, "payments", &order, 200));
        if n == 1 {
            at_most(13, "asking for a payment", &asked);
            at_most(21, "approving a payment", &approved);
        }
        // What is answered out of what was just written is what is read later.
        let (again, _) = during(&database, || officer.post("/api/v1/payments", order.clone(), 200));
        assert!(again.len() > asked.len(), "a request that comes again is looked up");
        assert_eq!(approve(&chair, "payments", &order, 200), done);
        assert_eq!(officer.post("/api/v1/payments", order.clone(), 200), done);
        for same in [
            "id",
            "chapter",
            "fund",
            "amount_vnd",
            "requested_by",
            "requested_at",
            "approver_chapter",
            "debit",
            "credit",
            "category",
        ] {
            assert_eq!(first[same], done[same], "{same}");
        }
    }
}

/// The same of money that goes to another chapter: asked here, approved here, confirmed there.
#[test]
fn a_transfer_takes_few_statements() {
    let (app, database) = watched();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    given(&app, json!({"amount_vnd": 90_000_000}));
    for n in 0..2 {
        let order = transfers::cash("23095", "23059", 100_000);
        let (asked, _) = during(&database, || officer.post("/api/v1/transfers", order.clone(), 201));
        let id = order["id"].as_str().unwrap();
        let (approved, _) = during(&database, || chair.post(&format!("/api/v1/transfers/{id}/approval"), json!(null), 200));
        if n == 1 {
            at_most(23, "asking for a transfer", &asked);
            at_most(33, "approving a transfer", &approved);
        }
    }
}
