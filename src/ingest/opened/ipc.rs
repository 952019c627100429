//! A look at the messages of an Arrow file before it is read.
//!
//! Reference: apache/arrow `format/Message.fbs`; a message is a FlatBuffers table.

/// Messages looked at.
const MOST: usize = 10_000;
/// Type of a message that holds columns.
const RECORD_BATCH: u8 = 3;

/// Whether columns in the messages from byte `at` on are compressed: the reader at hand cannot take
/// them.
pub(super) fn is_compressed(bytes: &[u8], mut at: usize) -> bool {
    for _ in 0..MOST {
        let marked = bytes.get(at..at.saturating_add(4)) == Some(&[0xff; 4]);
        let prefix = at.saturating_add(if marked { 4 } else { 0 });
        let Some(length) = word(bytes, prefix).filter(|length| *length > 0) else { return false };
        let start = prefix.saturating_add(4);
        let Some(message) = bytes.get(start..start.saturating_add(length)) else { return false };
        let Some(table) = word(message, 0) else { return false };
        let kind = field(message, table, 1).and_then(|at| message.get(at)).copied();
        if kind == Some(RECORD_BATCH) {
            let batch = field(message, table, 2).and_then(|at| Some(at.saturating_add(word(message, at)?)));
            return batch.is_some_and(|batch| field(message, batch, 3).is_some());
        }
        let body = field(message, table, 3).and_then(|at| word(message, at)).unwrap_or(0);
        at = start.saturating_add(length).saturating_add(body);
    }
    false
}

/// A little-endian 32-bit number.
fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*four)).ok()
}

/// Where field `number` of the table at `table` stands, when it is set.
fn field(message: &[u8], table: usize, number: usize) -> Option<usize> {
    let back = word(message, table)? as u32 as i32;
    let layout = usize::try_from(i64::try_from(table).ok()? - i64::from(back)).ok()?;
    let short = |at: usize| {
        let two = message.get(at..at.checked_add(2)?)?.first_chunk::<2>()?;
        Some(usize::from(u16::from_le_bytes(*two)))
    };
    let slot = 4 + 2 * number;
    let offset = (slot < short(layout)?).then(|| short(layout + slot)).flatten().filter(|offset| *offset > 0)?;
    Some(table + offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_not_compressed_and_does_no_harm() {
        for bytes in [&b""[..], &[0xff; 64], &[0xff, 0xff, 0xff, 0xff, 8, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0]]
        {
            assert!(!is_compressed(bytes, 0));
            assert!(!is_compressed(bytes, usize::MAX));
        }
    }
}
