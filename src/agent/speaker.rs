//! Whose hook it is: the agent's own, or that of a program of the same kind that the agent has started as a tool: pure.
//!
//! Both find the agent by the same variable, which all processes of its terminal have. So the first process that is heard is
//! kept, and while it runs, another one of its program is only heard if it stands above it.

use serde::{Deserialize, Serialize};

use crate::protocol::agent::Process;

/// The process that is the agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Speaker {
    process: Process,
    /// The numbers of those that it comes from.
    above: Vec<u32>,
}

/// Whether a hook is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Heard,
    /// It is, and comes from the process that is taken for the agent from now on.
    From(Speaker),
    /// It is another program's.
    Silent,
}

impl Speaker {
    /// The number of its process, and when that was started.
    pub fn process(&self) -> (u32, u64) {
        (self.process.pid, self.process.start)
    }

    fn of(line: &[Process]) -> Option<Self> {
        let (process, above) = line.split_first()?;
        Some(Self { process: process.clone(), above: above.iter().map(|p| p.pid).collect() })
    }

    fn is(&self, other: &Process) -> bool {
        (other.pid, other.start) == self.process()
    }

    /// Whether it has made a copy of itself, as a script does for a part of it, and some programs to run with other limits: a
    /// tool has other arguments, or a group of its own.
    fn may_be(&self, other: &Process) -> bool {
        (other.group, other.call) == (self.process.group, self.process.call)
    }
}

/// What is to be made of a hook that comes from these processes, its parent first, in a terminal that runs the process `root`.
/// `known` is the agent's process, if it runs still.
pub fn verdict(by: &[Process], root: u32, known: Option<&Speaker>) -> Verdict {
    // What the terminal itself comes from is nobody's program.
    let end = by.iter().position(|process| process.pid == root);
    let line = &by[..end.map_or(by.len(), |end| end + 1)];
    let Some(known) = known else {
        // Who has left the terminal, or comes from elsewhere, may be anybody.
        let first = line.iter().position(|process| end.is_some() && !process.program.is_empty());
        let first = first.and_then(|first| Speaker::of(&line[first..]));
        return first.map_or(Verdict::Heard, Verdict::From);
    };
    let same = |process: &&Process| process.program == known.process.program;
    // What stands before it has called the hook for it: a shell, or a script of the person's.
    let Some(at) = line.iter().position(|process| known.is(process) || same(&process)) else {
        return Verdict::Heard;
    };
    let speaks = &line[at];
    let copied = known.may_be(speaks) && line[at..].iter().any(|process| known.is(process));
    if known.is(speaks) || copied {
        return Verdict::Heard;
    }
    match Speaker::of(&line[at..]).filter(|_| known.above.contains(&speaks.pid)) {
        Some(above) => Verdict::From(above),
        None => Verdict::Silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: u32, group: u32, program: &str, call: u32) -> Process {
        Process { pid, start: u64::from(pid), group, program: program.into(), call }
    }

    /// A program behind its own wrapper, which is what the terminal runs, below the daemon.
    fn agent() -> Vec<Process> {
        vec![process(11, 10, "x", 1), process(10, 10, "node x.js", 1), process(2, 2, "orchflow", 9)]
    }

    fn below(line: &[&Process]) -> Vec<Process> {
        line.iter().copied().cloned().chain(agent()).collect()
    }

    fn known(by: &[Process]) -> Speaker {
        match verdict(by, 10, None) {
            Verdict::From(speaker) => speaker,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_that_speaks_is_the_agent_and_whatever_calls_its_hooks_for_it() {
        let shell = process(12, 10, "", 7);
        let first = known(&below(&[&shell]));
        assert_eq!((first.process(), &*first.above), ((11, 11), &[10][..]));
        let script = process(13, 10, "bash my-hook.sh", 7);
        for by in [agent(), below(&[&shell]), below(&[&shell, &script]), vec![]] {
            assert_eq!(verdict(&by, 10, Some(&first)), Verdict::Heard, "{by:?}");
        }
        // A shell in a terminal with nothing else is nobody to be known again.
        assert_eq!(verdict(&[shell], 12, None), Verdict::Heard);
    }

    #[test]
    fn another_one_of_its_program_is_silent_while_it_runs() {
        let first = known(&agent());
        let (tool, nested) = (process(20, 20, "", 3), process(21, 20, "x", 4));
        for by in [
            below(&[&nested, &tool]),
            below(&[&process(22, 20, "", 5), &nested, &tool]),
            // Started without a shell, also with the same words: a tool has a group of its own.
            below(&[&nested]),
            below(&[&process(21, 21, "x", 1)]),
            below(&[&process(21, 10, "x", 4)]),
            // What it was started by has gone.
            vec![nested.clone(), process(1, 1, "init", 0)],
        ] {
            assert_eq!(verdict(&by, 10, Some(&first)), Verdict::Silent, "{by:?}");
        }
        // When the first one has ended, whoever speaks then is the agent, unless that has left the terminal.
        assert_eq!(known(&below(&[&nested])).process(), (21, 21));
        assert_eq!(verdict(&[nested], 10, None), Verdict::Heard);
    }

    #[test]
    fn a_copy_of_itself_is_the_agent_too() {
        let first = known(&agent());
        let copy = below(&[&process(20, 10, "x", 1)]);
        assert_eq!(verdict(&copy, 10, Some(&first)), Verdict::Heard);
    }

    #[test]
    fn of_two_that_speak_the_upper_one_is_the_agent() {
        let nested = below(&[&process(21, 20, "x", 4)]);
        let wrong = known(&nested);
        let Verdict::From(right) = verdict(&agent(), 10, Some(&wrong)) else { panic!() };
        assert_eq!(right, known(&agent()));
        assert_eq!(verdict(&nested, 10, Some(&right)), Verdict::Silent);
    }
}
