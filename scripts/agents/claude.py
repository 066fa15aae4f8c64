"""claude (Claude Code): its settings, its keys and what to wait for."""
import json

KEY = "sk-ant-nothing-nothing-nothing"


def environment(url):
    return {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": KEY, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1",
            "IS_SANDBOX": "1"}


def prepare(home, work, url, trusted=True):
    (home / ".claude.json").write_text(json.dumps({
        "hasCompletedOnboarding": True, "theme": "dark", "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
        "projects": {str(work): {"hasTrustDialogAccepted": trusted, "allowedTools": []}}}))


READY = r"^❯"
BLOCKED = r"Do you want to proceed\?"
ACCEPT, REFUSE = "1", "\x1b"
REFUSED = INTERRUPTED = r"Interrupted · What should Claude do instead"
FAILED = r"API Error: .*scripted failure"
TRIES = 3
FAILING = {"CLAUDE_CODE_MAX_RETRIES": "2"}  # by itself it tries ten times over, for some three minutes
DRAFTS = [("a\nb\nc", r"^  c"), ("\n".join(map(str, range(30))), r"\[Pasted text")]
MENUS_NEED_A_TURN = True
MENUS = [(["/model", "\r"], r"Select model", ["\x1b"]), (["/config", "\r"], r"Search settings", ["\x1b", "\x1b"]),
         (["\x1b", "\x1b"], r"Rewind", ["\x1b"]), (["\x0f"], r"ctrl\+o to toggle", ["\x0f"])]


def trust(s):
    prepare(s.home, s.work, s.model.url, trusted=False)
    s.start()
    s.expect(r"Yes, I trust this folder", 30, 0.4)
    s.mark("blocked")
    s.wait(1.5)
    s.type("\r")
    s.mark("starting")
    s.expect(READY, 30, 0.6)
    s.mark("idle")
    s.wait(1.0)


def login(s):
    """Without an account it starts all the same, and fails at the first prompt."""
    s.opened(env={"ANTHROPIC_API_KEY": ""})
    s.prompt("hello there")
    s.expect(r"Please run /login", 20, 0.4)
    s.mark("done")
    s.wait(3.0)


def background(s):
    """The turn ends while its shell goes on; the end of that starts another turn by itself."""
    s.opened()
    s.prompt("please wait in the background #background=sleep 6 #say=It_goes_on_behind.")
    s.answered(say="It goes on behind.")
    s.answered(say="It goes on behind.", timeout=20)
    s.expect(r"(?s)It goes on behind.*completed.*It goes on behind", 10)
    s.mark("done")
    s.wait(3.0)


def subagent(s):
    s.opened()
    s.prompt("please delegate #task=look around %slow=4 %say=I_looked. #say=The_helper_has_looked.")
    s.finished("The helper has looked.")


def asked(s, shown, keys, words):
    s.answered(tool=True)
    s.expect(shown, 20, 0.4)
    s.mark("blocked")
    s.wait(1.5)
    s.type(keys)
    s.mark("working")
    s.finished(words)


def question(s):
    s.opened()
    s.prompt("please ask me #ask=What would you like? #say=Thank_you.")
    asked(s, r"❯ 1\. tea", "1", "Thank you.")


def edit(s):
    s.opened()
    s.prompt('please write #call=Write {"file_path": "/mnt/ada/project/new.txt", "content": "new"} #say=The_work_is_over.')
    asked(s, r"Do you want to create", "1", "The work is over.")


def plan(s):
    s.opened("--permission-mode", "plan")
    (s.home / ".claude" / "plans").mkdir(parents=True, exist_ok=True)
    s.prompt('please plan #call=ExitPlanMode {"plan": "1. do it"} #say=The_work_is_over.')
    asked(s, r"Claude wants to exit plan mode", "1", "The work is over.")


SCENES = {"trust": trust, "login": login, "background": background, "subagent": subagent, "question": question, "edit": edit, "plan": plan}
