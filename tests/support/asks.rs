//! Owns what the real agent CLIs ask, word for word as a person reads it on a terminal of 80 columns, in their `proven` versions.

/// A question with its choices: what stands before each, where something does, and its words.
pub struct Asks {
    /// Line by line; `{work}` is the folder that it works in.
    pub question: &'static [&'static str],
    /// In their order, the one that says yes first; `{above}` is the name of the folder around that folder.
    pub choices: &'static [(Option<&'static str>, &'static str)],
}

/// Whether it may run `touch made-by-agent.txt`, which the model calls "a scripted command".
pub fn permission(program: &str) -> Asks {
    match program {
        "claude" => Asks {
            question: &[
                "Bash command",
                "touch made-by-agent.txt",
                "a scripted command",
                "Do you want to proceed?",
            ],
            choices: &[
                (Some("1"), "Yes"),
                (Some("2"), "Yes, and always allow access to work/ from this project"),
                (Some("3"), "No"),
            ],
        },
        "codex" => Asks {
            question: &[
                "Would you like to run the following command?",
                "Environment: local",
                "Reason: a scripted command",
                "$ touch made-by-agent.txt",
            ],
            choices: &[
                (Some("1"), "Yes, proceed (y)"),
                // A line ends behind `made-by-`.
                (
                    Some("2"),
                    "Yes, and don't ask again for commands that start with `touch made-by- agent.txt` (p)",
                ),
                (Some("3"), "No, and tell Codex what to do differently (esc)"),
            ],
        },
        "gemini" => Asks {
            question: &[
                "Shell  touch made-by-agent.txt",
                "touch made-by-agent.txt",
                "Allow execution of [Shell]?",
            ],
            choices: &[
                (Some("1"), "Allow once"),
                (Some("2"), "Allow for this session"),
                (Some("3"), "No, suggest changes (esc)"),
            ],
        },
        "opencode" => Asks {
            question: &["Permission required", "# Shell command", "$ touch made-by-agent.txt"],
            choices: &[(None, "Allow once"), (None, "Allow always"), (None, "Reject")],
        },
        "qwen" => Asks {
            question: &[
                "Shell touch made-by-agent.txt (a scripted command) ←",
                "touch made-by-agent.txt",
                "Allow execution of: 'touch'?",
            ],
            choices: &[
                (Some("1"), "Yes, allow once"),
                (Some("2"), "Always allow run 'touch *' commands in this project"),
                (Some("3"), "Always allow run 'touch *' commands for this user"),
                (Some("4"), "No, suggest changes (esc)"),
            ],
        },
        "aider" => Asks {
            question: &["touch made-by-agent.txt", "Run shell command?"],
            choices: &[(Some("Y"), "(Y)es"), (Some("N"), "(N)o"), (Some("D"), "(D)on't ask again")],
        },
        other => panic!("it is not known how {other} asks"),
    }
}

/// Whether it may work in this folder.
pub fn trust(program: &str) -> Asks {
    match program {
        "claude" => Asks {
            question: &[
                "Accessing workspace:",
                "{work}",
                "Quick safety check: Is this a project you created or one you trust?",
            ],
            choices: &[(Some("1"), "Yes, I trust this folder"), (Some("2"), "No, exit")],
        },
        "codex" => Asks {
            question: &[
                "Folder access",
                "{work}",
                "Trust this folder? Codex can read, edit, and run files here, subject to your",
                "permission settings. Folder settings can run code automatically, even",
                "without a model request. Continue only if you trust these files. Your trust",
                "decision will be saved.",
            ],
            choices: &[
                (Some("1"), "Trust and continue"),
                (Some("2"), "Back to Agent Command Center"),
            ],
        },
        "gemini" => Asks {
            question: &["Do you trust the files in this folder?"],
            choices: &[
                (Some("1"), "Trust folder (work)"),
                (Some("2"), "Trust parent folder ({above})"),
                (Some("3"), "Don't trust"),
            ],
        },
        "qwen" => Asks {
            question: &["Do you trust this folder?"],
            choices: &[
                (Some("1"), "Trust folder (work)"),
                (Some("2"), "Trust parent folder ({above})"),
                (Some("3"), "Don't trust (esc)"),
            ],
        },
        other => panic!("it is not known how {other} asks"),
    }
}
