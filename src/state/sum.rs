//! The sum of two JSON numbers: whole numbers stay whole, and none wraps around. Pure.

use serde_json::Number;

/// The sum; none where no number can be it.
pub fn sum(one: &Number, another: &Number) -> Option<Number> {
    let (Some(a), Some(b)) = (whole(one), whole(another)) else {
        return Number::from_f64(one.as_f64()? + another.as_f64()?);
    };
    // Neither has more than 64 bits.
    let sum = a + b;
    let positive = u64::try_from(sum).ok().map(Number::from);
    positive.or_else(|| i64::try_from(sum).ok().map(Number::from))
}

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn whole_numbers_stay_whole_and_exact_and_none_wraps_around() {
        let number = |value: &Value| value.as_number().cloned().unwrap();
        let (max, min) = (u64::MAX, i64::MIN);
        for (one, another, wanted) in [
            (json!(1), json!(2), json!(3)),
            (json!(1), json!(-2), json!(-1)),
            (json!(-1), json!(1), json!(0)),
            (json!(max), json!(-1), json!(max - 1)),
            (json!(max), json!(min), json!(i64::MAX)),
            (json!(max), json!(1), Value::Null),
            (json!(min), json!(-1), Value::Null),
            (json!(1), json!(0.5), json!(1.5)),
            (json!(1.5), json!(0.5), json!(2.0)),
            (json!(f64::MAX), json!(f64::MAX), Value::Null),
            (json!(9_007_199_254_740_993_u64), json!(2), json!(9_007_199_254_740_995_u64)),
        ] {
            let found = sum(&number(&one), &number(&another)).map_or(Value::Null, Value::Number);
            assert_eq!(found, wanted, "{one} + {another}");
        }
    }
}
