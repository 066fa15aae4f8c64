"""aider: its settings, its keys and what to wait for."""
import json

TOOLS = False  # it has none: it takes commands and edits from the words of the model


def environment(url):
    return {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": url + "/v1", "AIDER_MODEL": "openai/scripted", "AIDER_EDIT_FORMAT": "diff",
            "AIDER_ANALYTICS": "false", "AIDER_CHECK_UPDATE": "false", "AIDER_SHOW_RELEASE_NOTES": "false", "AIDER_SHOW_MODEL_WARNINGS": "false",
            "AIDER_GITIGNORE": "false", "AIDER_MAP_TOKENS": "0"}


def prepare(home, work, url):
    (home / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.org\n")
    caches = home / ".aider" / "caches"  # a table of prices, which it would bring from the network otherwise
    caches.mkdir(parents=True)
    (caches / "model_prices_and_context_window.json").write_text(json.dumps({"openai/scripted": {
        "max_tokens": 8000, "max_input_tokens": 100000, "max_output_tokens": 8000, "input_cost_per_token": 1e-05, "output_cost_per_token": 3e-05,
        "litellm_provider": "openai", "mode": "chat"}}))


READY = r"^(diff)?> *$"
BLOCKED = r"Run shell command\?"
FAILED = r"scripted failure"
FAIL = 400
INTERRUPTED = r"\^C"


def asked(s):
    s.opened()
    s.prompt("please make a file #tool=touch made-by-agent.txt")
    s.answered(say="Run this")
    s.expect(BLOCKED, 30, 0.4)
    s.mark("blocked")
    s.wait(1.5)


def over(s):
    s.mark("ending")
    s.expect(READY + r"(?![\s\S]*\(N\)o)", 20, 0.4)
    s.mark("done")
    s.wait(3.0)


def permission(s):
    asked(s)
    s.type("y")
    s.wait(0.3)
    s.type("\r")
    s.mark("working")
    s.expect("Running touch", 20)
    over(s)
    assert (s.work / "made-by-agent.txt").exists(), "the command did not run"


def denied(s):
    asked(s)
    s.type("n")
    s.wait(0.3)
    s.type("\r")
    s.mark("working")
    s.gone(r"\[Yes\]: *n?$\Z", 20)
    over(s)
    assert not (s.work / "made-by-agent.txt").exists(), "the command ran"


def interrupt(s):
    s.opened()
    s.prompt("please be slow #slow=20 #say=That_was_all_of_it.")
    s.expect("step 4,", 30)
    s.type("\x03")
    s.expect(INTERRUPTED, 20, 0.4)
    over(s)


def busy(s):
    """Too many requests: it tries again by itself, waiting longer each time."""
    s.opened()
    s.prompt("please fail #fail=429")
    s.answered(fail=True)
    s.wait(6)
    s.type("\x03")
    s.wait(1.0)
    over(s)


def setup(s):
    """The question that it asks before its first prompt."""
    s.start(env={"AIDER_GITIGNORE": "true"})
    s.expect(r"\.gitignore \(recommended\)\?.*\[Yes\]:", 40, 0.4)
    s.mark("blocked")
    s.wait(1.0)
    s.type("n\r")
    s.mark("starting")
    s.expect(READY, 40, 0.6)
    s.mark("idle")
    s.wait(1.0)


def mention(s):
    """A file that the model names: shall it see it?"""
    s.opened()
    s.prompt("please look around #say=I_need_to_see_hello.txt_first.")
    s.answered(say="I need")
    s.expect(r"Add file to the chat\?", 20, 0.4)
    s.mark("blocked")
    s.wait(1.0)
    s.type("y\r")
    s.mark("working")
    s.answered()
    s.expect("Hello from the scripted model", 20)
    over(s)


def login(s):
    """Without a key and a model."""
    s.start(env={"OPENAI_API_KEY": "", "AIDER_MODEL": ""})
    s.expect(r"Login to OpenRouter.*\n?.*\[Yes\]:", 40, 0.4)
    s.mark("blocked")
    s.wait(1.5)


def turns(s):
    """It takes a prompt only when it waits for one: what is typed before that is in it then."""
    s.opened()
    s.prompt("hello there #say=Hello_yourself.")
    s.answered(say="Hello yourself.")
    s.expect(r"Hello\s+yourself\.[\s\S]*" + READY, 20)
    s.mark("done")
    s.wait(3.0)
    s.prompt("please be slow #slow=4 #say=That_was_all_of_it.")
    s.expect("step 1,", 30)
    s.type("half of a thought")
    s.answered(say="That was all of it.")
    s.expect(r"^(diff)?> half of a thought", 20)
    s.mark("kept")
    s.wait(3.0)


CLEAR = "\x15\x7f" * 3
DRAFTS = [("a\nb\nc", r"^(diff)?> c$")]
MENUS = [(["\x12"], r"reverse-i-search|I-search", ["\x07"])]

SCENES = {"first": None, "turns": turns, "login": login, "permission": permission, "denied": denied, "interrupt": interrupt, "busy": busy, "setup": setup, "mention": mention}
