//! Seals the audit log: each seal is over the one before, signed by the hub's own key, so that a changed or removed entry is found.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::{App, Error};
use crate::identity;
use crate::secret;
use crate::store::audit::AuditRow;
use crate::store::audit_seal::{self, SealRow};

/// Entries in one seal at most.
const BATCH: i64 = 500;
/// Seals looked at in one call.
const SEALS: i64 = 200;
/// Problems that are told.
const TOLD: usize = 50;

/// Seals what can be sealed. Returns how many entries that were.
pub async fn seal(connection: &mut PgConnection, app: &App, at: Timestamp) -> Result<usize, Error> {
    let last = audit_seal::last(connection).await?;
    let (number, previous) = last.map_or((1, vec![0; 32]), |last| (last.number + 1, last.sha256));
    let rows = audit_seal::unsealed(connection, BATCH).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let entry_ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let entry_sha256s: Vec<Vec<u8>> = rows.iter().map(entry).collect();
    let sha256 = chain(number, &previous, &entry_ids, &entry_sha256s);
    let new = SealRow {
        number,
        sealed_at: jiff_sqlx::ToSqlx::to_sqlx(at),
        signature: app.identity.sign_bytes(&signed(&sha256)),
        signed_by: app.identity_key.clone(),
        entry_ids,
        entry_sha256s,
        previous_sha256: previous,
        sha256,
    };
    audit_seal::insert(connection, &new).await?;
    Ok(rows.len())
}

/// The hash of an entry: each of its words after its length, so that no two entries read the same.
fn entry(row: &AuditRow) -> Vec<u8> {
    let (id, at) = (row.id.to_string(), row.at.to_jiff().as_microsecond().to_string());
    let words = [&id, &at, &row.who, &row.action, &row.subject, &row.reason, &row.outcome, &row.request_id];
    let mut hash = Context::new(&SHA256);
    for word in words {
        hash.update(&u64::try_from(word.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(word.as_bytes());
    }
    hash.finish().as_ref().to_vec()
}

fn chain(number: i64, previous: &[u8], ids: &[i64], hashes: &[Vec<u8>]) -> Vec<u8> {
    let mut hash = Context::new(&SHA256);
    hash.update(b"flagstaff audit v1\n");
    hash.update(&number.to_be_bytes());
    hash.update(previous);
    for (id, one) in ids.iter().zip(hashes) {
        hash.update(&id.to_be_bytes());
        hash.update(one);
    }
    hash.finish().as_ref().to_vec()
}

fn signed(sha256: &[u8]) -> Vec<u8> {
    format!("flagstaff audit seal v1\n{}\n", secret::hex(sha256)).into_bytes()
}

/// What was found in a stretch of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    /// Whether everything in this stretch is as it was sealed.
    pub intact: bool,
    /// Seals that were looked at.
    pub seals: usize,
    /// Entries that were compared with their seals.
    pub entries: usize,
    /// Entries of the last moment that are not sealed yet; known at the end of the log.
    pub unsealed: Option<i64>,
    /// The seal that this stretch follows.
    pub from: Option<Head>,
    /// The last seal that was looked at. Who keeps it finds out later whether the log was cut off before it.
    pub head: Option<Head>,
    /// Ask again with `after` set to this: there is more.
    pub next_after: Option<i64>,
    /// What is wrong, at most fifty things.
    pub problems: Vec<AuditProblem>,
}

/// A seal by number and hash.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Head {
    /// From 1, one more each time.
    pub number: i64,
    /// SHA-256 in hex.
    pub sha256: String,
    /// When it was made.
    pub sealed_at: Timestamp,
}

impl Head {
    fn of(row: &SealRow) -> Self {
        Self { number: row.number, sha256: secret::hex(&row.sha256), sealed_at: row.sealed_at.to_jiff() }
    }
}

/// Something that is not as it was sealed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditProblem {
    /// `entry_changed`, `entry_removed`, `entry_added`, `seal_changed`, `seal_removed` or `other_key`.
    pub kind: String,
    /// Which seal.
    pub seal: i64,
    /// Which entry.
    pub entry: Option<i64>,
    /// What, as a sentence.
    pub sentence: String,
}

/// Looks at the seals after the number `after`, and at their entries.
pub async fn verify(app: &App, after: i64) -> Result<Verification, Error> {
    let mut tx = app.pool.begin().await?;
    // One state of the log, however much is written meanwhile.
    audit_seal::freeze(&mut tx).await?;
    let mut problems = vec![];
    let mut tell = |kind: &str, seal: i64, entry: Option<i64>, sentence: String| {
        problems.push(AuditProblem { kind: kind.into(), seal, entry, sentence });
    };
    let before = audit_seal::at(&mut tx, after).await?;
    let (mut previous, mut top) = match &before {
        Some(row) => (row.sha256.clone(), row.entry_ids.last().copied().unwrap_or_default()),
        // No entry has so low a number: one that does was put in.
        None if after == 0 => (vec![0; 32], i64::MIN),
        None => return Err(Error::NotFound { what: format!("seal {after} of the audit log") }),
    };
    let (mut number, mut entries, mut head) = (after, 0, None);
    let rows = audit_seal::after(&mut tx, after, SEALS).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|count| count == SEALS);
    for row in &rows {
        if row.number != number + 1 {
            tell("seal_removed", number + 1, None, format!("Seals {} to {} are gone.", number + 1, row.number - 1));
        } else if row.previous_sha256 != previous {
            tell("seal_changed", row.number, None, format!("Seal {} does not follow the one before it.", row.number));
        }
        number = row.number;
        let sha256 = chain(row.number, &row.previous_sha256, &row.entry_ids, &row.entry_sha256s);
        if sha256 != row.sha256 || !identity::is_signed(&row.signed_by, &signed(&sha256), &row.signature) {
            tell("seal_changed", row.number, None, format!("Seal {} is not as it was made.", row.number));
        } else if row.signed_by != app.identity_key {
            let sentence = format!("Seal {} is signed by another key than this hub's: {}.", row.number, row.signed_by);
            tell("other_key", row.number, None, sentence);
        }
        let last = row.entry_ids.last().copied().unwrap_or(top);
        let found: BTreeMap<i64, Vec<u8>> =
            audit_seal::entries(&mut tx, top, last).await?.iter().map(|row| (row.id, entry(row))).collect();
        let sealed: BTreeMap<i64, &Vec<u8>> = row.entry_ids.iter().copied().zip(&row.entry_sha256s).collect();
        for (id, hash) in &sealed {
            match found.get(id) {
                Some(now) if now == *hash => {}
                Some(_) => {
                    tell("entry_changed", number, Some(*id), format!("Entry {id} was changed after it was sealed."))
                }
                None => {
                    tell("entry_removed", number, Some(*id), format!("Entry {id} was removed after it was sealed."))
                }
            }
        }
        for id in found.keys().filter(|id| !sealed.contains_key(id)) {
            tell("entry_added", number, Some(*id), format!("Entry {id} was put among sealed ones."));
        }
        entries += sealed.len();
        top = last.max(top);
        previous.clone_from(&row.sha256);
        head = Some(Head::of(row));
    }
    let unsealed = if more { None } else { Some(audit_seal::count_after(&mut tx, top).await?) };
    tx.commit().await?;
    problems.truncate(TOLD);
    let next_after = more.then_some(number);
    let from = before.as_ref().map(Head::of);
    Ok(Verification {
        intact: problems.is_empty(),
        seals: rows.len(),
        entries,
        unsealed,
        from,
        head,
        next_after,
        problems,
    })
}

#[cfg(test)]
mod tests {
    use jiff_sqlx::ToSqlx;

    use super::*;

    fn row(who: &str, action: &str) -> AuditRow {
        AuditRow {
            id: 1,
            at: Timestamp::UNIX_EPOCH.to_sqlx(),
            who: who.into(),
            action: action.into(),
            subject: String::new(),
            reason: String::new(),
            outcome: "done".into(),
            request_id: "r".into(),
            xid: 7,
        }
    }

    #[test]
    fn no_two_entries_have_one_hash() {
        assert_eq!(entry(&row("a", "b")), entry(&row("a", "b")));
        assert_ne!(entry(&row("ab", "")), entry(&row("a", "b")));
        let other = AuditRow { xid: 8, ..row("a", "b") };
        assert_eq!(entry(&other), entry(&row("a", "b")), "a restored database numbers transactions anew");
    }

    #[test]
    fn a_seal_is_over_the_one_before() {
        let hashes = vec![entry(&row("a", "b"))];
        let one = chain(1, &[0; 32], &[1], &hashes);
        assert_ne!(one, chain(2, &[0; 32], &[1], &hashes));
        assert_ne!(one, chain(1, &[1; 32], &[1], &hashes));
        assert_ne!(one, chain(1, &[0; 32], &[2], &hashes));
    }
}
