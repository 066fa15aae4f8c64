//! A document's value as bytes on disk: JSON, packed where that is worth it, with a sum that tells damage. Pure.

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
    pub sum: i64,
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
        Ok(Self { form, sum: i64::from(crc32fast::hash(&bytes)), bytes, size })
    }
}

/// Whether the bytes are those that were written.
pub(super) fn is_whole(sum: i64, bytes: &[u8]) -> bool {
    i64::from(crc32fast::hash(bytes)) == sum
}

/// The value; none where the bytes are not what was written. The outer one says whether they are.
pub(super) fn unpack(form: i64, sum: i64, bytes: &[u8]) -> Option<Option<Value>> {
    if !is_whole(sum, bytes) {
        return None;
    }
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
            assert_eq!(unpack(packed.form, packed.sum, &packed.bytes), Some(Some(value)));
            assert!(packed.size <= LONG || packed.bytes.len() < packed.size / 10);
        }
        let packed = Packed::new(None).unwrap();
        assert_eq!(unpack(packed.form, packed.sum, &packed.bytes), Some(None));
    }

    #[test]
    fn a_bit_that_has_flipped_is_told() {
        let mut packed = Packed::new(Some(&json!({"count": 1}))).unwrap();
        packed.bytes[9] ^= 1;
        assert_eq!(unpack(packed.form, packed.sum, &packed.bytes), None);
    }
}
