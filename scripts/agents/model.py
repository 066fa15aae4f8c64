"""A scripted model on loopback: it answers a real agent CLI in that program's own wire format, as its prompt asks it to.

    POST */messages                       Anthropic Messages
    POST */chat/completions               OpenAI Chat Completions
    POST */responses                      OpenAI Responses
    POST *:generateContent, *:stream…     Gemini

Directives in the newest prompt, each up to the next one or to the end of the line:
    #slow=6        stream the answer over so many seconds
    #tool=CMD      ask for the shell command CMD; once its result came, answer in words
    #background=CMD  the same, in the background where the tool can
    #task=PROMPT   ask for a sub-agent with that prompt (directives in it are written with % instead of #)
    #ask=QUESTION  ask the person a question through the program's own tool for it
    #call=NAME {JSON}  call that tool with these arguments
    #fail=429      answer with that HTTP status
    #say=TEXT      the words to answer with, _ for a space

By itself: `python3 model.py PORT [LOGFILE]`, one line of JSON in LOGFILE for each request, with every text of the conversation as `heard`.
"""
import collections
import http.server
import json
import re
import sys
import threading
import time
import uuid

USED = {"in": 25, "out": 8}
SHELL = re.compile(r"^(bash|shell|shell_command|exec_command|run_shell_command|execute_command|terminal)$", re.I)
SUBAGENT = re.compile(r"^(task|agent|delegate_to_agent|spawn_agent)$", re.I)
QUESTION = re.compile(r"^(AskUserQuestion|ask_user_question|ask_user|question|request_user_input)$", re.I)
CHOICES = ("tea", "coffee")


def words_of(content):
    if isinstance(content, str):
        return [content]
    return [p["text"] for p in content or [] if isinstance(p, dict) and isinstance(p.get("text"), str)]


def texts_within(value):
    """Every text in it, however deep."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inner for text in texts_within(one)]


def conversation(request):
    """What was said so far, in whatever format."""
    return request.get("messages") or request.get("input") or request.get("contents") or []


class Ask:
    """What a request asks, whatever format it is in."""

    def __init__(self, request):
        self.prompt, self.answered = "", False  # the newest prompt, and whether a tool's result came after it
        items = conversation(request)
        for item in [{"role": "user", "content": items}] if isinstance(items, str) else items:
            self.take(item)
        self.tools = {}
        for tool in request.get("tools") or []:
            for known in [tool, tool.get("function") or {}, *(tool.get("functionDeclarations") or [])]:
                if known.get("name"):
                    self.tools[known["name"]] = known.get("input_schema") or known.get("parameters") or known.get("parametersJsonSchema") or {}
        shape = request.get("generationConfig") or {}
        self.shape = shape.get("responseJsonSchema") or shape.get("responseSchema")

    def take(self, item):
        content = item.get("content", item.get("parts"))
        parts = [p for p in content if isinstance(p, dict)] if isinstance(content, list) else []
        if item.get("role") == "tool" or str(item.get("type", "")).endswith("_call_output"):
            self.answered = True
        if item.get("role") != "user":
            return
        if any(p.get("type") == "tool_result" or "functionResponse" in p for p in parts):
            self.answered = True
        for text in words_of(content):
            # What a program adds by itself is in tags.
            if text.strip() and not text.lstrip().startswith("<"):
                self.prompt, self.answered = text, False if "#" in text else self.answered

    def tool(self, pattern):
        return next(((name, schema) for name, schema in self.tools.items() if pattern.match(name)), (None, None))


def smallest(schema):
    """The smallest value that a JSON schema admits."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = str(schema.get("type", "object")).lower()
    if kind == "object":
        return {name: smallest(inner) for name, inner in (schema.get("properties") or {}).items() if name in (schema.get("required") or [])}
    return {"string": "none", "boolean": False, "integer": 10000, "number": 10000, "array": []}.get(kind)


def shell_call(schema, command, background):
    known, args = schema.get("properties", {}), smallest(schema)
    key = next((k for k in ("command", "cmd", "script") if k in known), "command")
    args[key] = ["bash", "-lc", command] if known.get(key, {}).get("type") == "array" else command
    if "description" in known:
        args["description"] = "a scripted command"
    if "sandbox_permissions" in known:  # a person is asked only about what leaves the sandbox
        args |= {"sandbox_permissions": "require_escalated", "justification": "a scripted command"}
    for key in ("run_in_background", "is_background"):
        if key in known:
            args[key] = background
    return args


def question_call(schema, question):
    many = "questions" in schema.get("properties", {})
    asked = {"id": "drink", "question": question, "header": "Drink", "multiSelect": False, "multiple": False, "type": "choice",
             "options": [{"label": c, "description": f"a cup of {c}"} for c in CHOICES]}
    return {"questions": [asked]} if many else asked


class Answer:
    """What is answered: words, or a call of a tool, or a failure."""

    def __init__(self, ask, directives_need_tools):
        said = dict(re.findall(r"#(slow|tool|background|task|ask|call|fail|say)=(.*?)(?=\s+#(?:slow|tool|background|task|ask|call|fail|say)=|\n|$)", ask.prompt))
        if directives_need_tools and not ask.tools:
            said = {}  # a title, a summary, a check: small requests that programs make for themselves
        self.prompt, self.main = ask.prompt, bool(ask.tools) or not directives_need_tools
        self.fail = int(said["fail"]) if "fail" in said else None
        self.slow = float(said.get("slow", 0))
        self.say = said.get("say", "").replace("_", " ") or ("Done: the command ran." if ask.answered else "Hello from the scripted model.")
        self.tool, self.args = (None, None) if ask.answered else self.call(ask, said)
        if "tool" in said and not ask.tools:  # a program without tools takes a command from the words
            self.say = f"Run this:\n\n```bash\n{said['tool']}\n```\n"
        if ask.shape:
            self.tool, self.say = None, json.dumps(smallest({**ask.shape, "required": list(ask.shape.get("properties", {}))}))
        self.pieces, self.pause = [self.say], 0
        if self.slow and not self.tool:
            count = max(1, int(self.slow * 4))
            self.pieces, self.pause = [f"step {n}, " for n in range(1, count)] + [self.say], self.slow / count

    @staticmethod
    def call(ask, said):
        if "call" in said:
            name, _, args = said["call"].partition(" ")
            return name, json.loads(args or "{}")
        for key in ("tool", "background"):
            if key in said:
                name, schema = ask.tool(SHELL)
                return name, shell_call(schema, said[key], key == "background") if name else None
        if "task" in said:
            name, schema = ask.tool(SUBAGENT)
            if name:
                args = smallest(schema) | {"description": "a scripted task", "prompt": said["task"].replace("%", "#")}
                kinds = schema.get("properties", {}).get("subagent_type")
                return name, args | ({"subagent_type": (kinds.get("enum") or ["general-purpose"])[0]} if kinds else {})
        if "ask" in said:
            name, schema = ask.tool(QUESTION)
            return name, question_call(schema, said["ask"]) if name else None
        return None, None


def anthropic(request, answer, short):
    message = {"id": "msg_" + short, "type": "message", "role": "assistant", "model": request.get("model", "scripted"), "content": [],
               "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": USED["in"], "output_tokens": 1}}
    stop = "tool_use" if answer.tool else "end_turn"
    block = {"type": "tool_use", "id": "toolu_" + short, "name": answer.tool, "input": answer.args} if answer.tool else {"type": "text", "text": answer.say}
    if not request.get("stream"):
        return message | {"content": [block], "stop_reason": stop, "usage": {"input_tokens": USED["in"], "output_tokens": USED["out"]}}

    def events():
        yield {"type": "message_start", "message": message}, 0
        yield {"type": "content_block_start", "index": 0, "content_block": block | ({"input": {}} if answer.tool else {"text": ""})}, 0
        if answer.tool:
            yield {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": json.dumps(answer.args)}}, answer.slow
        else:
            for piece in answer.pieces:
                yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}, answer.pause
        yield {"type": "content_block_stop", "index": 0}, 0
        yield {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": USED["out"]}}, 0
        yield {"type": "message_stop"}, 0
    return events()


def chat(request, answer, short):
    used = {"prompt_tokens": USED["in"], "completion_tokens": USED["out"], "total_tokens": USED["in"] + USED["out"]}
    call = {"id": "call_" + short, "type": "function", "function": {"name": answer.tool, "arguments": json.dumps(answer.args)}} if answer.tool else None
    finish = "tool_calls" if call else "stop"
    base = {"id": "chat_" + short, "created": int(time.time()), "model": request.get("model", "scripted")}
    if not request.get("stream"):
        message = {"role": "assistant", "content": None, "tool_calls": [call]} if call else {"role": "assistant", "content": answer.say}
        return base | {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": used}

    def events():
        chunk = lambda delta, end=None: base | {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": end}]}
        if call:
            yield chunk({"role": "assistant", "tool_calls": [{"index": 0, **call}]}), answer.slow
        else:
            for piece in answer.pieces:
                yield chunk({"role": "assistant", "content": piece}), answer.pause
        yield chunk({}, finish) | {"usage": used}, 0
        yield "[DONE]", 0
    return events()


def responses(request, answer, short):
    if answer.tool:
        item = {"type": "function_call", "id": "fc_" + short, "call_id": "call_" + short, "name": answer.tool, "arguments": json.dumps(answer.args), "status": "completed"}
    else:
        item = {"type": "message", "id": "msg_" + short, "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": answer.say, "annotations": []}]}
    base = {"id": "resp_" + short, "object": "response", "status": "in_progress", "output": []}
    used = {"input_tokens": USED["in"], "output_tokens": USED["out"], "total_tokens": USED["in"] + USED["out"]}
    whole = base | {"status": "completed", "output": [item], "usage": used}
    if not request.get("stream"):
        return whole

    def events():
        yield {"type": "response.created", "response": base}, 0
        if answer.tool:
            yield {"type": "response.in_progress", "response": base}, answer.slow
        else:
            yield {"type": "response.output_item.added", "output_index": 0, "item": item | {"status": "in_progress", "content": []}}, 0
            for piece in answer.pieces:
                yield {"type": "response.output_text.delta", "item_id": item["id"], "output_index": 0, "content_index": 0, "delta": piece}, answer.pause
        yield {"type": "response.output_item.done", "output_index": 0, "item": item}, 0
        yield {"type": "response.completed", "response": whole}, 0
    return events()


def gemini(streamed, answer):
    def body(parts, finish=None):
        one = {"content": {"role": "model", "parts": parts}, "index": 0} | ({"finishReason": finish} if finish else {})
        return {"candidates": [one], "modelVersion": "scripted",
                "usageMetadata": {"promptTokenCount": USED["in"], "candidatesTokenCount": USED["out"], "totalTokenCount": USED["in"] + USED["out"]}}
    call = [{"functionCall": {"name": answer.tool, "args": answer.args}}] if answer.tool else None
    if not streamed:
        return body(call or [{"text": answer.say}], "STOP")

    def events():
        for piece in [] if call else answer.pieces:
            yield body([{"text": piece}]), answer.pause
        yield body(call or [{"text": ""}], "STOP"), answer.slow if call else 0
    return events()


class Model:
    """The server, and what it has answered so far: `answers` grows by one dict as each answer has gone out whole."""

    def __init__(self, port=0, directives_need_tools=True, log=None):
        self.answers, self.requests, self.mains, self.running = [], 0, 0, 0
        self.latest = collections.deque(maxlen=50)  # the requests themselves, for whoever looks into them
        self.directives_need_tools, self.log, self.lock = directives_need_tools, log, threading.Lock()
        handler = type("Bound", (Handler,), {"model": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a program that hangs up is no news
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def start(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def went(self, path, request, answer, whole):
        with self.lock:
            self.answers.append({"path": path, "prompt": answer.prompt, "say": None if answer.tool else answer.say, "tool": answer.tool,
                                 "fail": answer.fail, "main": answer.main, "whole": whole, "at": time.monotonic()})
            if self.log:
                print(json.dumps(self.answers[-1] | {"heard": texts_within(conversation(request))}), file=self.log, flush=True)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: Model

    def log_message(self, *_):
        pass

    def whole(self, body, status=200):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def pieces(self, events):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for event, pause in events:
            name = f"event: {event['type']}\n" if isinstance(event, dict) and "type" in event else ""
            self.wfile.write(f"{name}data: {event if isinstance(event, str) else json.dumps(event)}\n\n".encode())
            self.wfile.flush()
            time.sleep(pause)

    def do_HEAD(self):
        self.whole({})

    def do_GET(self):
        self.whole({"object": "list", "data": [{"id": "scripted", "object": "model"}], "models": []})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?")[0]
        try:
            request = json.loads(body)
        except ValueError:
            return self.whole({"error": {"message": "this is not JSON"}}, 400)
        if "count_tokens" in path or "countTokens" in path:
            return self.whole({"input_tokens": USED["in"], "totalTokens": USED["in"]})
        answer, short = Answer(Ask(request), self.model.directives_need_tools), uuid.uuid4().hex[:12]
        self.model.requests += 1
        self.model.mains += answer.main
        self.model.latest.append((path, request))
        try:
            self.reply(path, request, answer, short)
            self.model.went(path, request, answer, True)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            self.model.went(path, request, answer, False)

    def reply(self, path, request, answer, short):
        if answer.fail:
            kind = {429: "rate_limit_error", 401: "authentication_error", 529: "overloaded_error"}.get(answer.fail, "api_error")
            return self.whole({"type": "error", "error": {"type": kind, "message": f"scripted failure {answer.fail}", "code": answer.fail}}, answer.fail)
        if path.endswith("/messages"):
            reply = anthropic(request, answer, short)
        elif path.endswith("/chat/completions"):
            reply = chat(request, answer, short)
        elif path.endswith("/responses"):
            reply = responses(request, answer, short)
        elif "enerateContent" in path:
            reply = gemini("stream" in path, answer)
        else:
            return self.whole({"error": {"message": f"no such path: {path}"}}, 404)
        if isinstance(reply, dict):
            time.sleep(answer.slow)
            return self.whole(reply)
        self.pieces(reply)


if __name__ == "__main__":
    Model(int(sys.argv[1]), log=open(sys.argv[2], "a") if len(sys.argv) > 2 else None).server.serve_forever()
