//! Many sequencers on one database, one of which ignores their courtesy, and two that sign: one log, and every head any of them
//! ever saw is the beginning of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::SimpleConnection;
use so_nhan_ai::db::{Db, DbError};
use so_nhan_ai::log::guard::Guard;
use so_nhan_ai::log::keys::{LogKeys, verifiers};
use so_nhan_ai::log::signing::Signatory;
use so_nhan_ai::log::store::{self, Sequenced};
use so_nhan_ai::log::tile_store::{self, Grown, TreeError};
use so_nhan_ai::log::tree::{Hash, root_over};

use crate::harness::Database;

const WRITERS: usize = 2;
const BATCHES: usize = 40;
const BATCH: usize = 50;
const SEQUENCERS: usize = 4;

/// Leaves come in while they are sequenced, as gifts do.
fn write(db: &Db, writer: usize) {
    for batch in 0..BATCHES {
        let sql = format!(
            "INSERT INTO log_pending (entry, leaf, leaf_hash) SELECT code, code::bytea, sha256('\\x00'::bytea || code::bytea)
             FROM (SELECT 'E-{writer}-{batch}-' || n AS code FROM generate_series(1, {BATCH}) n) codes"
        );
        db.tx_blocking(|conn| -> Result<(), DbError> {
            diesel::RunQueryDsl::execute(diesel::sql_query(sql), conn)?;
            Ok(())
        })
        .unwrap();
    }
}

/// Steps until there is nothing left; answers every head it saw.
fn sequence(db: &Db, polite: bool, written: &AtomicBool) -> BTreeMap<u64, Hash> {
    let mut heads = BTreeMap::new();
    loop {
        let over = written.load(Ordering::Acquire);
        let placed = db.tx_blocking(|conn| store::sequence(conn, 37, polite, 0));
        let grown = db.tx_blocking(|conn| tile_store::grow(conn, 61, polite));
        let head = db.read_blocking(|conn| -> Result<_, DbError> { tile_store::head(conn) }).unwrap();
        heads.insert(head.size, head.root);
        match (placed, grown) {
            (Ok(Sequenced::Moved(0)), Ok(Grown::By(0))) if over => return heads,
            // Whoever ignores the lock may be told by the database that it came too late.
            (Ok(_) | Err(DbError::Query(_) | DbError::Deadlock), Ok(_) | Err(TreeError::Db(_))) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Signs whatever there is, as two servers with one data folder do; neither may take the other's head for another log's.
fn sign(db: &Db, guard: &Guard, over: &AtomicBool) -> usize {
    let signatory = signatory(guard);
    let mut signed = 0;
    while !over.load(Ordering::Acquire) {
        let head = db.tx_blocking(|conn| signatory.sign(conn, chrono::Utc::now())).unwrap().head;
        signed += usize::from(head.size > 0);
    }
    signed
}

#[test]
fn four_sequencers_one_of_them_rude_make_one_log() {
    let database = Database::fresh();
    let db = Db::connect(&database.url(), None, 8);
    let (written, over) = (AtomicBool::new(false), AtomicBool::new(false));
    let guard = &database.log().guard;
    guard.begin().unwrap();
    let seen: Vec<BTreeMap<u64, Hash>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|n| {
                scope.spawn({
                    let db = &db;
                    move || write(db, n)
                })
            })
            .collect();
        let sequencers: Vec<_> = (0..SEQUENCERS)
            .map(|n| {
                scope.spawn({
                    let (db, written) = (&db, &written);
                    move || sequence(db, n > 0, written)
                })
            })
            .collect();
        let signers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn({
                    let (db, over) = (&db, &over);
                    move || sign(db, guard, over)
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        written.store(true, Ordering::Release);
        let seen = sequencers.into_iter().map(|sequencer| sequencer.join().unwrap()).collect();
        over.store(true, Ordering::Release);
        assert!(signers.into_iter().map(|signer| signer.join().unwrap()).sum::<usize>() > 2);
        seen
    });
    let total = (WRITERS * BATCHES * BATCH) as u64;
    let leaves: Vec<Hash> = db
        .read_blocking(|conn| -> Result<_, DbError> { store::leaves_from(conn, 0, i64::MAX) })
        .unwrap()
        .into_iter()
        .enumerate()
        .map(|(at, leaf)| {
            assert_eq!(leaf.idx, at as i64, "dense");
            leaf.leaf_hash.try_into().unwrap()
        })
        .collect();
    assert_eq!(leaves.len() as u64, total, "each leaf once");
    assert_eq!(database.number("SELECT count(*) FROM log_pending"), 0);
    let mut heads = 0;
    for (size, root) in seen.iter().flatten() {
        assert_eq!(root_over(&leaves[..*size as usize]), *root, "the head of {size} leaves is no beginning of the log");
        heads += 1;
    }
    assert!(heads > 20, "{heads} heads were seen");
    let last = db.read_blocking(|conn| -> Result<_, DbError> { tile_store::head(conn) }).unwrap();
    assert_eq!((last.size, last.root), (total, root_over(&leaves)));
}

fn signatory(guard: &Guard) -> Signatory {
    let signers = LogKeys::of_secret([7; 32]).signers("so.example.org/log").unwrap();
    let trusted = verifiers(&signers);
    Signatory { origin: "so.example.org/log".to_owned(), signers, trusted, guard: guard.clone(), published: None }
}

/// One server has begun to compare when the log grows and another one signs it: what the first reads of the tree must be at
/// least what it reads of signatures, or it would take the other's checkpoint for a log it does not have.
#[test]
fn a_server_that_is_overtaken_while_comparing_does_not_take_it_for_a_fork() {
    let database = Database::fresh();
    let db = Db::connect(&database.url(), None, 4);
    let guard = &database.log().guard;
    guard.begin().unwrap();
    let now = chrono::Utc::now();
    let grow = |writer: usize| {
        write(&db, writer);
        sequence(&db, true, &AtomicBool::new(true))
    };
    grow(0);
    // Nobody may read checkpoints for a while: the slow server waits there, before or behind its look at the tree.
    let mut fast = database.connect();
    fast.batch_execute("BEGIN; LOCK TABLE log_checkpoint IN ACCESS EXCLUSIVE MODE").unwrap();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| db.tx_blocking(|conn| signatory(guard).sign(conn, now)));
        database.wait_until("EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'log_checkpoint'::regclass)");
        grow(1);
        let signed = signatory(guard).sign(&mut fast, now).unwrap();
        fast.batch_execute("COMMIT").unwrap();
        assert_eq!(slow.join().unwrap().unwrap().head, signed.head);
    });
}

/// What only another server's key has signed is remembered under a note that this server's own keys can read.
#[test]
fn a_checkpoint_of_another_key_is_remembered() {
    let database = Database::fresh();
    let db = Db::connect(&database.url(), None, 2);
    let folder = Database::folder();
    std::fs::create_dir_all(&folder).unwrap();
    let [here, mut there] = ["here.signed", "there.signed"].map(|name| {
        let guard = Guard::new(&folder.join(name));
        guard.begin().unwrap();
        signatory(&guard)
    });
    let of_both = LogKeys::of_secret([9; 32]).signers("so.example.org/log").unwrap();
    there.trusted.extend(verifiers(&of_both));
    there.signers.extend(of_both);
    for writer in 0..3 {
        write(&db, writer);
        sequence(&db, true, &AtomicBool::new(true));
        let signed = db.tx_blocking(|conn| there.sign(conn, chrono::Utc::now())).unwrap();
        db.tx_blocking(|conn| here.remember(conn, &signed)).unwrap();
        let known = here.guard.read(&verifiers(&here.signers)).unwrap();
        assert_eq!(known, Some(signed.head));
        // From now on it signs with its newer key alone.
        there.signers.drain(..there.signers.len() - 1);
    }
}
