"""Messages are one plain sentence: who, what, where it comes from, what harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachelint import check_project
from cachelint.plain import listed

CLIENT = "import redis\nfrom flask import Flask, request\nfrom flask.views import MethodView\n\n"
CLIENT += "app = Flask(__name__)\nclient = redis.Redis(socket_timeout=1)\n\n\n"
GUARDED = "    try:\n        return client.get({key}) or ''\n    except redis.RedisError:\n        return ''\n"
VIEW = (
    "class {name}(MethodView):\n    def {verb}(self):\n        return load()\n\n\n"
    "app.add_url_rule('/{name}', view_func={name}.as_view('{name}'))\n\n\n"
)


def messages(folder: Path, source: str, rule: str) -> list[str]:
    (folder / "app.py").write_text(source)
    report = check_project(folder, use_store=False, jobs=1)
    return [finding.message for finding in report.findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("route", "signature", "key", "words"),
    [
        ("/p/<name>", "name", "f'p:{name}'", "path parameter `name` reaches the Redis key `p:{name}` unvalidated"),
        ("/p", "", "f\"p:{request.args['q']}\"", "query parameter `q` reaches the Redis key"),
        ("/p", "", "f'p:{request.query_string}'", "the query string reaches the Redis key"),
        ("/p", "", "f'p:{request.full_path}'", "the path reaches the Redis key"),
        ("/p", "", "f\"p:{request.headers['X-A']}\"", "header `X-A` reaches the Redis key"),
        ("/p", "", "f\"p:{request.cookies['sid']}\"", "cookie `sid` reaches the Redis key"),
    ],
)
def test_user_input_is_called_by_what_it_is(tmp_path: Path, route: str, signature: str, key: str, words: str) -> None:
    source = f"{CLIENT}@app.get('{route}')\ndef page({signature}):\n{GUARDED.format(key=key)}"
    (message,) = messages(tmp_path, source, "raw-input-in-key")
    assert message.startswith(words)


def test_handlers_are_told_apart_and_counted_once(tmp_path: Path) -> None:
    views = "".join(VIEW.format(name=f"View{n}", verb=verb) for n, verb in enumerate(("get", "post", "put", "get")))
    source = f"{CLIENT}def load():\n    return client.get('x')\n\n\n{views}"
    (message,) = messages(tmp_path, source, "unguarded-cache-call")
    assert message == (
        "an outage of Redis fails the request: `redis.exceptions.ConnectionError` and `redis.exceptions.TimeoutError` "
        "leave `get` and nothing on the way from `View0`, `View1.post`, `View2.put` and 1 more handler stops them"
    )


def test_lists_as_people_say_them() -> None:
    assert [listed(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
