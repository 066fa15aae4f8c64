"""qwen (Qwen Code): its settings, its keys and what to wait for."""
import json


def environment(url):
    return {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"{url}/v1", "OPENAI_MODEL": "scripted", "QWEN_CODE_DISABLE_PRECONNECT": "1"}


def prepare(home, work, url, trusted=True):
    folder = home / ".qwen"
    folder.mkdir(parents=True, exist_ok=True)
    security = {"auth": {"selectedType": "openai"}} | ({} if trusted else {"folderTrust": {"enabled": True}})
    (folder / "settings.json").write_text(json.dumps({
        "security": security, "general": {"enableAutoUpdate": False, "disableAutoUpdate": True},
        "privacy": {"usageStatisticsEnabled": False}, "telemetry": {"enabled": False}, "ui": {"theme": "Default"}, "$version": 3}))


READY = r"(?s)Type your message.*\? for shortcuts"
BLOCKED = r"(?s)Allow execution.*Yes, allow once.*Waiting for user confirmation"
ACCEPT, REFUSE = "1", "\x1b"
REFUSED = r"│ -  Shell touch"
INTERRUPTED = r"Request cancelled"
FAIL, FAILED = 400, r"✕ .*scripted failure|API Error"  # 429 and 500 are tried again for minutes, with nothing said about it
SLOW = 3  # it paints a lot
STREAMING = r"step 2,"

DRAFTS = [("a\nb\nc", r"^ +c$"), ("\n".join(map(str, range(30))), r"\[Pasted")]
MENUS = [(["/model", "\r"], r"Select Model", ["\x1b"]), (["/settings", "\r"], r"Settings", ["\x1b"])]


def trust(s):
    """Its hook SessionStart comes while this dialog is still there."""
    prepare(s.home, s.work, s.model.url, trusted=False)
    s.start()
    s.expect(r"(?s)Do you trust this folder.*Don't trust", 60, 0.4)
    s.mark("blocked")
    s.wait(1.5)
    s.type("\r")
    s.mark("starting")
    s.expect(READY, 60, 0.6)
    s.mark("idle")
    s.wait(1.0)


def login(s):
    (s.home / ".qwen" / "settings.json").write_text("{}")
    s.start(env={"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "OPENAI_MODEL": ""})
    s.expect(r"(?s)Select Authentication Method.*Terms of Services", 60, 0.4)
    s.mark("blocked")
    s.wait(1.0)


def background(s):
    """The turn ends while its shell goes on."""
    s.opened()
    s.prompt("please wait in the background #background=sleep 6 #say=It_goes_on_behind.")
    s.expect(r"(?s)Allow execution.*Yes, allow once.*Waiting for user confirmation", 60, 0.4)
    s.mark("blocked")
    s.wait(0.5)
    s.type(ACCEPT)
    s.mark("working")
    s.answered(say="It goes on behind.")
    s.expect(r"· 1 task done", 20)
    s.mark("done")
    s.wait(3.0)


def subagent(s):
    s.opened()
    s.prompt("please delegate #task=look around %slow=2 %say=I_looked. #say=The_helper_has_looked.")
    s.finished("The helper has looked.")


SCENES = {"trust": trust, "login": login, "background": background, "subagent": subagent}
