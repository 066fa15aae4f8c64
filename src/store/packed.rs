//! A document's value as bytes on disk: JSON, packed where that is worth it; and the sum that tells damage. Pure.

use serde_json::Value;

/// Longer values are packed: below, a page or a few are read and written anyway.
const LONG: usize = 16 << 10;

/// How the bytes are to be read.
const NOTHING: i64 = 0;
const PLAIN: i64 = 1;
const LZ4: i64 = 2;

/// A value as it is stored.
pub(super) struct Packed {
    pub form: i64,
    pub bytes: Vec<u8>,
    /// How many bytes its JSON has.
    pub size: usize,
}

impl Packed {
    /// The value packed; an error where it cannot be written as JSON.
    pub fn new(value: Option<&Value>) -> serde_json::Result<Self> {
        let json = value.map(serde_json::to_vec).transpose()?;
        let size = json.as_ref().map_or(0, Vec::len);
        let (form, bytes) = match json {
            None => (NOTHING, Vec::new()),
            Some(json) if size > LONG => (LZ4, lz4_flex::compress_prepend_size(&json)),
            Some(json) => (PLAIN, json),
        };
        Ok(Self { form, bytes, size })
    }
}

/// What is summed up with a value's bytes, as it would be wrong with another.
pub(super) struct Seal<'s> {
    pub scope: &'s str,
    pub version: u64,
    pub form: i64,
}

impl Seal<'_> {
    /// The sum that tells whether any of it is not what was written.
    pub fn sum(&self, bytes: &[u8]) -> i64 {
        let mut sum = crc32fast::Hasher::new();
        sum.update(self.scope.as_bytes());
        sum.update(&self.version.to_le_bytes());
        sum.update(&self.form.to_le_bytes());
        sum.update(bytes);
        i64::from(sum.finalize())
    }
}

/// The value; none where the bytes cannot be one. The outer one says whether they can.
pub(super) fn unpack(form: i64, bytes: &[u8]) -> Option<Option<Value>> {
    match form {
        NOTHING => Some(None),
        PLAIN => serde_json::from_slice(bytes).ok().map(Some),
        LZ4 => {
            let json = lz4_flex::decompress_size_prepended(bytes).ok()?;
            serde_json::from_slice(&json).ok().map(Some)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_reads_back_as_it_was_and_a_long_one_is_packed() {
        let long = json!(vec!["the same words again"; 4000]);
        for value in [json!(null), json!({"a": [1, -1, u64::MAX, 0.1, 1e300, "ä\n"]}), long] {
            let packed = Packed::new(Some(&value)).unwrap();
            assert_eq!(packed.size, value.to_string().len());
            assert_eq!(unpack(packed.form, &packed.bytes), Some(Some(value)));
            assert!(packed.size <= LONG || packed.bytes.len() < packed.size / 10);
        }
        let packed = Packed::new(None).unwrap();
        assert_eq!(unpack(packed.form, &packed.bytes), Some(None));
    }

    #[test]
    fn a_bit_that_has_flipped_anywhere_is_told_by_the_sum() {
        let seal = || Seal { scope: "shared", version: 7, form: PLAIN };
        let sum = seal().sum(b"[1]");
        assert_eq!(seal().sum(b"[1]"), sum);
        let others = [
            Seal { scope: "sharee", ..seal() }.sum(b"[1]"),
            Seal { version: 6, ..seal() }.sum(b"[1]"),
            Seal { form: LZ4, ..seal() }.sum(b"[1]"),
            seal().sum(b"[2]"),
        ];
        assert!(!others.contains(&sum));
        assert_eq!(unpack(9, b"[1]"), None, "no form of ours");
        assert_eq!(unpack(LZ4, b"no lz4"), None);
    }
}
