"""gemini (Gemini CLI): its settings, its keys and what to wait for."""
import json

TOOLS = False  # its small requests of its own have no directives in them


def environment(url):
    return {"GEMINI_API_KEY": "none", "GOOGLE_GEMINI_BASE_URL": url, "GEMINI_CLI_TRUST_WORKSPACE": "true"}


DISTRUSTED = {"GEMINI_CLI_TRUST_WORKSPACE": ""}
SETTINGS = {"security": {"auth": {"selectedType": "gemini-api-key"}}, "general": {"enableAutoUpdate": False, "enableAutoUpdateNotification": False},
            "privacy": {"usageStatisticsEnabled": False}, "ui": {"theme": "Default", "hideTips": True}, "model": {"name": "gemini-2.5-flash"}}


def prepare(home, work, url, trusted=True, more=None):
    (home / ".gemini").mkdir(exist_ok=True)
    (home / ".gemini" / "settings.json").write_text(json.dumps(SETTINGS | (more or {})))


SLOW = 2  # it draws all anew for each piece of an answer
READY = r"Type your message"
BLOCKED = r"Allow execution of"
ACCEPT, REFUSE = "1", "\x1b"
REFUSED = r"Request cancelled|cancelled"
INTERRUPTED = r"Request cancelled"
FAILED = r"scripted\s+failure"
FAIL = 400

DRAFTS = [("a\nb\nc", r"^ +c$"), ("\n".join(map(str, range(30))), r"\[Pasted Text")]
MENUS = [(["/settings", "\r"], r"Esc to close", ["\x1b"]), (["/auth", "\r"], r"How would you like to authenticate", ["\x1b"]),
         (["/model", "\r"], r"Select Model", ["\x1b"])]


def trust(s):
    s.start(env=DISTRUSTED)
    s.expect(r"Do you trust the files", 40, 0.4)
    s.mark("blocked")
    s.wait(1.5)
    s.type("\r")
    s.mark("starting")
    s.expect("is restarting", 40)
    s.expect(READY, 40, 0.6)
    s.mark("idle")
    s.wait(1.0)


def hooks(s):
    """As a person who has put the hooks into the settings by hand."""
    s.hook_args()
    prepare(s.home, s.work, s.model.url, more=json.loads(s.hook_file().read_text()))
    s.opened()
    s.prompt("please make a file #tool=touch made-by-agent.txt #say=The_work_is_over.")
    s.answered(tool=True)
    s.expect(BLOCKED, 30, 0.4)
    s.mark("blocked")
    s.wait(1.5)
    s.type(ACCEPT)
    s.mark("working")
    s.finished("The work is over.")
    s.type("/quit")
    s.wait(0.8)
    s.type("\r")
    s.ends()


def busy(s):
    """Too many requests: it tries again by itself."""
    s.opened()
    s.prompt("please fail #fail=429")
    s.answered(fail=True)
    s.wait(1.5)
    s.type("\x1b")
    s.expect(INTERRUPTED, 20, 0.4)
    s.mark("done")
    s.wait(3.0)


def question(s):
    s.opened()
    s.prompt("please ask me #ask=What would you like to drink? #say=Thank_you.")
    s.answered(tool=True)
    s.expect("What would you like to drink\\?\\s", 20, 0.4)
    s.expect("coffee", 20, 0.4)
    s.mark("blocked")
    s.wait(1.5)
    s.type("\r")
    s.mark("working")
    s.finished("Thank you.")


def login(s):
    settings = {name: value for name, value in SETTINGS.items() if name != "security"}
    (s.home / ".gemini" / "settings.json").write_text(json.dumps(settings))
    s.start(env={"GEMINI_API_KEY": ""})
    s.expect("How would you like to authenticate", 40, 0.6)
    s.mark("blocked")
    s.wait(1.5)


def background(s):
    s.opened()
    s.prompt("please wait in the background #background=sleep 8 #say=It_goes_on_behind.")
    s.answered(tool=True)
    s.expect(BLOCKED, 30, 0.4)
    s.mark("blocked")
    s.wait(0.5)
    s.type(ACCEPT)
    s.mark("working")
    s.answered(say="It goes on behind.")
    s.expect("1 Background process", 20)
    s.gone("Background process", 20, 1.0)
    s.mark("done")
    s.wait(3.0)


SCENES = {"login": login, "background": background, "trust": trust, "hooks": hooks, "busy": busy, "question": question}
