"""opencode: its settings, its keys and what to wait for."""
import json


def environment(url):
    # A plugin makes it install a package first; without a network npm would try that for more than a minute.
    return {"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "1", "npm_config_offline": "true", "npm_config_fetch_retries": "0"}


def prepare(home, work, url):
    config = home / ".config" / "opencode"
    config.mkdir(parents=True)
    (config / "opencode.json").write_text(json.dumps({
        "model": "scripted/scripted", "small_model": "scripted/scripted", "enabled_providers": ["scripted"], "autoupdate": False, "share": "disabled",
        "permission": {"bash": "ask", "edit": "ask"},
        "provider": {"scripted": {"npm": "@ai-sdk/openai-compatible", "name": "Scripted", "options": {"baseURL": url + "/v1", "apiKey": "none"},
                                  "models": {"scripted": {"name": "scripted", "tool_call": True}}}}}))


SLOW = 3  # it draws something all the time
READY = r"Ask anything"
BLOCKED = r"Permission required"
ACCEPT = "\r"
FAILED = r"retrying"

DRAFTS = [("a\nb\nc", r"\[Pasted")]
MENUS = [(["\x10"], r"Commands.*esc", ["\x1b"]), (["/models", "\r"], r"Select model.*esc", ["\x1b"])]


def interrupt(s):
    s.opened()
    s.prompt("please be slow #slow=20 #say=That_was_all_of_it.")
    s.expect("step 4,", 30)
    s.type("\x1b")
    s.expect("esc again to interrupt", 5)
    s.type("\x1b")
    s.expect("interrupted", 20, 0.4)
    s.mark("done")
    s.wait(3.0)


def denied(s):
    s.opened()
    s.prompt("please make a file #tool=touch made-by-agent.txt #say=The_work_is_over.")
    s.answered(tool=True)
    s.expect(BLOCKED, 30, 0.4)
    s.mark("blocked")
    s.wait(1.5)
    s.type("\x1b[C")
    s.wait(0.4)
    s.type("\x1b[C")
    s.wait(0.4)
    s.type("\r")
    s.mark("working")
    s.gone("esc interrupt|" + BLOCKED, 20, 0.4)
    s.mark("done")
    s.wait(3.0)


def failure(s):
    """Too many requests: it tries again by itself, so it is at work until it is stopped."""
    s.opened()
    s.prompt("please fail #fail=429")
    s.answered(fail=True)
    s.expect("retrying", 20)
    s.wait(1.5)
    s.type("\x1b")
    s.expect("again", 5)
    s.type("\x1b")
    s.gone("retrying|esc interrupt", 20, 0.4)
    s.mark("done")
    s.wait(3.0)


def refused(s):
    """An answer that is not worth trying again ends the turn with its message."""
    s.opened()
    s.prompt("please fail #fail=400")
    s.answered(fail=True)
    s.mark("ending")
    s.expect("scripted failure", 20, 0.4)
    s.mark("done")
    s.wait(3.0)


def question(s):
    s.opened()
    s.prompt("please ask me #ask=What would you like to drink? #say=Thank_you.")
    s.answered(tool=True)
    s.expect("What would you like to drink", 20, 0.4)
    s.expect("coffee", 20, 0.4)
    s.mark("blocked")
    s.wait(1.5)
    s.type("1")
    s.mark("working")
    s.finished("Thank you.")


def subagent(s):
    s.opened()
    s.prompt('please delegate #call=task {"description": "a scripted task", "prompt": "look around", "subagent_type": "general"} #say=The_helper_has_looked.')
    s.finished("The helper has looked.")


def session(s):
    """What is different once there is a conversation: another place for the box, and nothing in it that says what it is for."""
    s.opened()
    s.prompt("hello there #say=Hello_yourself.")
    s.finished("Hello yourself.")
    s.type("half of a thought")
    s.expect("half of a thought", 20, 0.4)
    s.mark("draft")
    s.wait(0.8)
    s.type("\x03")
    s.gone("half of a thought", 20, 0.4)
    s.mark("idle")
    s.wait(0.8)
    s.menus()


SCENES = {"session": session, "interrupt": interrupt, "denied": denied, "failure": failure, "refused": refused, "question": question, "subagent": subagent}
