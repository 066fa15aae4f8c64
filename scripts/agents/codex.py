"""codex (OpenAI Codex CLI): its settings, its keys and what to wait for."""


def environment(url):
    return {"OPENAI_API_KEY": "none"}


def prepare(home, work, url, trusted=True):
    folder = home / ".codex"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(f'''model = "scripted"
model_provider = "scripted"
check_for_update_on_startup = false
approval_policy = "on-request"
sandbox_mode = "read-only"
[model_providers.scripted]
name = "scripted"
base_url = "{url}/v1"
wire_api = "responses"
''' + (f'[projects."{work}"]\ntrust_level = "trusted"\n' if trusted else ""))


READY = r"^› "
BLOCKED = r"(?s)Would you like to run the following command.*Press enter to confirm"
ACCEPT, REFUSE = "y", "\x1b"
REFUSED = INTERRUPTED = r"Conversation interrupted"
FAILED = r"exceeded retry limit"

DRAFTS = [("a\nb", r"^  b$"), ("\n".join(map(str, range(1200))), r"\[Pasted Content")]
MENUS_NEED_A_TURN = True
MENUS = [(["/model", "\r"], r"enter select · esc back", ["\x1b"]), (["/permissions", "\r"], r"enter (?:select|confirm) · esc|Press enter to confirm", ["\x1b"])]


def trust(s):
    prepare(s.home, s.work, s.model.url, trusted=False)
    s.start()
    s.expect(r"(?s)Trust this folder.*enter continue", 30, 0.4)
    s.mark("blocked")
    s.wait(1.5)
    s.type("\r")
    s.mark("starting")
    s.expect(READY + r"Ask", 30, 0.6)
    s.mark("idle")
    s.wait(1.0)


def background(s):
    """The turn ends while its command goes on; nothing but the screen says so."""
    s.opened()
    s.prompt('please wait #call=exec_command {"cmd": "sleep 6", "yield_time_ms": 1000} #say=It_goes_on_behind.')
    s.answered(say="It goes on behind.")
    s.expect(r"background terminal running", 10)
    s.gone(r"background terminal running", 15)
    s.mark("done")
    s.wait(3.0)


def hooks(s):
    """A hook of the person's own that is not trusted yet is asked about at the start."""
    with open(s.home / ".codex" / "config.toml", "a") as config:
        config.write('\n[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = "command"\ncommand = "true"\n')
    s.start()
    s.expect(r"(?s)Hooks need review.*enter confirm", 30, 0.4)
    s.mark("blocked")
    s.wait(1.0)
    s.type("3")
    s.mark("starting")
    s.expect(READY + r"Ask", 30, 0.6)
    s.mark("idle")
    s.wait(1.0)


def login(s):
    (s.home / ".codex" / "config.toml").write_text("check_for_update_on_startup = false\n")
    s.start(env={"OPENAI_API_KEY": ""})
    s.expect(r"(?s)Sign in.*Press enter to continue", 30, 0.4)
    s.mark("blocked")
    s.wait(1.0)


SCENES = {"trust": trust, "background": background, "hooks": hooks, "login": login}
