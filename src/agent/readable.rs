//! What is read of the questions in recordings of the real programs, against what a person reads there.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::dialog::{Choice, Dialog};
use super::matrix::recording::{self, Event, Recording, Truth};
use super::profiles::Profiles;
use super::reading;
use crate::terminal::Player;

/// A program and what it did, the question, and its choices behind what is pressed for each.
type Asked = (&'static str, &'static str, &'static str, &'static [&'static str]);

const TOUCH: &str = "made-by-agent.txt";

/// White space is as the width of the screen will have it, so it is not compared.
const ASKED: &[Asked] = &[
    (
        "aider",
        "permission denied",
        "touch TOUCH Run shell command?",
        &[r"Y \r (Y)es", r"N \r (N)o", r"D \r (D)on't ask again"],
    ),
    (
        "aider",
        "mention",
        "hello.txt Add file to the chat?",
        &[r"Y \r (Y)es", r"N \r (N)o", r"D \r (D)on't ask again"],
    ),
    (
        "aider",
        "setup",
        "You can skip this check with --no-gitignore Add .aider* to .gitignore (recommended)?",
        &[r"Y \r (Y)es", r"N \r (N)o"],
    ),
    (
        "aider",
        "login",
        "No LLM model was specified and no API keys were provided. OpenRouter provides free and paid access to many LLMs. \
         Login to OpenRouter or create a free account?",
        &[r"Y \r (Y)es", r"N \r (N)o"],
    ),
    (
        "claude",
        "permission denied",
        "Bash command touch TOUCH a scripted command Do you want to proceed?",
        &["1 Yes", "2 Yes, and always allow access to project/ from this project", "3 No"],
    ),
    (
        "claude",
        "edit",
        "Create file new.txt 1 new Do you want to create new.txt?",
        &["1 Yes", "2 Yes, allow all edits during this session (shift+tab)", "3 No"],
    ),
    ("claude", "plan", "Exit plan mode?", &["1 Yes", "2 No"]),
    (
        "claude",
        "question",
        "What would you like?",
        &["1 tea", "2 coffee", "3 Type something.", "4 Chat about this"],
    ),
    (
        "claude",
        "trust",
        "Accessing workspace: /mnt/ada/project Quick safety check: Is this a project you created or one you trust?",
        &["1 Yes, I trust this folder", "2 No, exit"],
    ),
    (
        "codex",
        "permission denied",
        "Would you like to run the following command? Environment: local Reason: a scripted command $ touch TOUCH",
        &[
            "1 Yes, proceed (y)",
            "2 Yes, and don't ask again for commands that start with `touch TOUCH` (p)",
            "3 No, and tell Codex what to do differently (esc)",
        ],
    ),
    (
        "codex",
        "hooks",
        "Hooks need review 1 hook is new or changed. Hooks can run outside the sandbox after you trust them.",
        &[
            "1 Review hooks",
            "2 Trust all and continue",
            "3 Continue without trusting (hooks won't run)",
        ],
    ),
    (
        "codex",
        "login",
        "Choose how you want to use Codex.",
        &["1 Sign in with ChatGPT", "2 Sign in with Device Code", "3 Sign in another way"],
    ),
    (
        "codex",
        "trust",
        "Folder access /mnt/ada/project Trust this folder? Codex can read, edit, and run files here, subject to your permission \
         settings. Folder settings can run code automatically, even without a model request. Continue only if you trust these \
         files. Your trust decision will be saved.",
        &[r"1 \r Trust and continue", r"2 \r Back to Agent Command Center"],
    ),
    (
        "gemini",
        "permission denied hooks",
        "Shell touch TOUCH touch TOUCH Allow execution of [Shell]?",
        &["1 Allow once", "2 Allow for this session", "3 No, suggest changes (esc)"],
    ),
    (
        "gemini",
        "background",
        "Shell sleep 8 sleep 8 Allow execution of [Shell]?",
        &["1 Allow once", "2 Allow for this session", "3 No, suggest changes (esc)"],
    ),
    (
        "gemini",
        "login",
        "How would you like to authenticate for this project?",
        &[" Sign in with Google", " Use Gemini API Key", " Vertex AI"],
    ),
    (
        "gemini",
        "question",
        "Answer Questions What would you like to drink?",
        &["1 tea", "2 coffee", "3 Enter a custom value"],
    ),
    (
        "gemini",
        "trust",
        "Do you trust the files in this folder?",
        &["1 Trust folder (project)", "2 Trust parent folder (ada)", "3 Don't trust"],
    ),
    (
        "opencode",
        "permission denied",
        "Permission required # Shell command $ touch TOUCH",
        &[r"\r Allow once", r"\u{1b}[C \r Allow always", r"\u{1b}[C \u{1b}[C \r Reject"],
    ),
    (
        "opencode",
        "question",
        "What would you like to drink?",
        &["1 tea", "2 coffee", "3 Type your own answer"],
    ),
    (
        "qwen",
        "permission denied",
        "Shell touch TOUCH (a scripted command) ← touch TOUCH Allow execution of: 'touch'?",
        &[
            "1 Yes, allow once",
            "2 Always allow run 'touch *' commands in this project",
            "3 Always allow run 'touch *' commands for this user",
            "4 No, suggest changes (esc)",
        ],
    ),
    (
        "qwen",
        "background",
        "Shell sleep 6 [background] (a scripted command) ← sleep 6 Allow execution of: 'sleep'?",
        &[
            "1 Yes, allow once",
            "2 Always allow run 'sleep *' commands in this project",
            "3 Always allow run 'sleep *' commands for this user",
            "4 No, suggest changes (esc)",
        ],
    ),
    ("qwen", "login", "Select Authentication Method", &[]),
    (
        "qwen",
        "trust",
        "Do you trust this folder?",
        &["1 Trust folder (project)", "2 Trust parent folder (ada)", "3 Don't trust (esc)"],
    ),
];

/// The last screen of each question in a recording, before somebody types.
fn asked(recording: &Recording, profiles: &Profiles) -> Vec<Option<Dialog>> {
    let rules = profiles.find(&recording.program).unwrap().screen;
    let mut player = Player::new(recording.size);
    let (mut lines, mut blocked, mut all) = (Vec::new(), false, Vec::new());
    for (_, event) in recording.events.iter().chain([&(0, Event::Mark(None))]) {
        if let Event::Output(text) = event {
            player.play(text.as_bytes());
            lines = player.sight().lines;
        }
        if blocked && matches!(event, Event::Input(_) | Event::Mark(_)) {
            all.push(reading::read(&rules, &lines).and_then(|reading| reading.dialog));
            blocked = false;
        }
        blocked |= matches!(event, Event::Mark(Some(Truth::Blocked)));
    }
    all
}

fn dense(text: &str) -> String {
    text.replace("TOUCH", TOUCH).split_whitespace().collect()
}

fn told(choice: &Choice) -> String {
    let keys: Vec<_> = choice.keys.iter().map(|keys| keys.escape_debug().to_string()).collect();
    dense(&format!("{} {}", keys.join(" "), choice.label))
}

#[test]
fn every_recorded_question_is_read_as_a_person_reads_it() {
    let profiles = Profiles::new(PathBuf::from("/nowhere"));
    let mut read = BTreeSet::new();
    for recording in recording::all() {
        // Program, version, scene, size.
        let scene = recording.name.split('-').nth(2).unwrap_or_default();
        for dialog in asked(&recording, &profiles) {
            let dialog = dialog.unwrap_or_else(|| panic!("{} has no dialog", recording.name));
            let is = |asked: &&Asked| {
                asked.0 == recording.program && asked.1.split(' ').any(|one| one == scene)
            };
            let (program, scenes, question, choices) = ASKED
                .iter()
                .find(is)
                .unwrap_or_else(|| panic!("{} asks {dialog:?}", recording.name));
            assert_eq!(dense(&dialog.text), dense(question), "{}", recording.name);
            let pressed: Vec<_> = dialog.choices.iter().map(told).collect();
            let wanted: Vec<_> = choices.iter().map(|choice| dense(choice)).collect();
            assert_eq!(pressed, wanted, "{}", recording.name);
            read.insert((program, scenes));
        }
    }
    let wanted = ASKED.iter().map(|(program, scenes, ..)| (program, scenes)).collect();
    assert_eq!(read, wanted, "what is in the table was recorded");
}
