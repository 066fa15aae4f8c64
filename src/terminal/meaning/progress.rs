//! How far a program is: `OSC 9;4;STATE;PERCENT`, ConEmu's, which build tools and package managers send.

use crate::protocol::terminal::{Progress, ProgressState};

/// What follows `9;4;`: what is shown then, given what was shown before. None where it makes no sense.
pub fn read(text: &[u8], before: Option<Progress>) -> Option<Option<Progress>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut parts = text.split(';');
    let state = parts.next()?;
    let percent = match parts.next() {
        None | Some("") => None,
        Some(digits) => Some(percent(digits)?),
    };
    let kept = percent.or(before.and_then(|before| before.percent));
    Some(match state {
        "0" => None,
        "1" => Some(Progress { state: ProgressState::Normal, percent: percent.or(Some(0)) }),
        "2" => Some(Progress { state: ProgressState::Error, percent: kept }),
        "3" => Some(Progress { state: ProgressState::Indeterminate, percent: None }),
        "4" => Some(Progress { state: ProgressState::Paused, percent: kept }),
        _ => return None,
    })
}

/// More than all is all.
fn percent(digits: &str) -> Option<u8> {
    let fits = digits.len() <= 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = fits.then(|| digits.parse().ok())??;
    u8::try_from(number.min(100)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_read_and_nonsense_is_not() {
        let progress = |state, percent| Some(Some(Progress { state, percent }));
        use ProgressState::{Error, Indeterminate, Normal, Paused};
        for (text, wanted) in [
            ("0", Some(None)),
            ("0;50", Some(None)),
            ("1;0", progress(Normal, Some(0))),
            ("1;50", progress(Normal, Some(50))),
            ("1;250", progress(Normal, Some(100))),
            ("1", progress(Normal, Some(0))),
            ("2", progress(Error, Some(7))),
            ("2;9", progress(Error, Some(9))),
            ("3", progress(Indeterminate, None)),
            ("3;12", progress(Indeterminate, None)),
            ("4;", progress(Paused, Some(7))),
            ("5", None),
            ("", None),
            ("1;-5", None),
            ("1;5x", None),
            ("1;99999999999999999999999", None),
            ("x;1", None),
        ] {
            let before = Progress { state: Normal, percent: Some(7) };
            assert_eq!(read(text.as_bytes(), Some(before)), wanted, "{text}");
        }
        assert_eq!(read(b"2", None), progress(Error, None));
        assert_eq!(read(b"1;\xff", None), None);
    }
}
