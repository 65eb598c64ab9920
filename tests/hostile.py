"""Projects made to hang an analyzer, to blow its memory or to crash it, each as files by path. `size` scales them: 1.0
is what `make hard` runs, the ordinary tests take a small part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Files = dict[str, str]

HEAD = """\
import redis
from flask import Flask, request

app = Flask(__name__)
client = redis.Redis()
"""
# What every hostile project also holds, and what has to be found whatever stands beside it.
ROUTE = (
    HEAD
    + """

@app.get("/search")
def search():
    try:
        return client.get(f"search:{request.args['term']}")
    except redis.RedisError:
        return ""
"""
)


def lines(*parts: str | Iterator[str]) -> str:
    return "\n".join(part if isinstance(part, str) else "\n".join(part) for part in parts) + "\n"


def ten_thousand_functions(size: float) -> Files:
    """One module, each function calling the next and reading the cache."""
    n = int(10_000 * size)
    body = (f"def f{i}(key):\n    client.get(key)\n    return f{(i + 1) % n}(key)" for i in range(n))
    return {"many.py": lines(HEAD, body, "@app.get('/')\ndef root():\n    return f0(request.args['q'])")}


def ten_thousand_handlers(size: float) -> Files:
    """Routes that all lead to one helper."""
    body = (f"@app.get('/r{i}')\ndef r{i}():\n    return load(request.args['q'])" for i in range(int(10_000 * size)))
    return {"many.py": lines(HEAD, "def load(key):\n    return client.get(key)", body)}


def deep_chain(size: float) -> Files:
    """500 functions deep over as many files."""
    n = int(500 * size)
    files = {
        f"chain/m{i}.py": lines(f"from chain.m{i + 1} import g{i + 1}", f"def g{i}(key):\n    return g{i + 1}(key)")
        for i in range(n)
    }
    files[f"chain/m{n}.py"] = lines(HEAD, f"def g{n}(key):\n    return client.get(key)")
    files["chain/__init__.py"] = ""
    files["entry.py"] = lines(
        HEAD, "from chain.m0 import g0", "@app.get('/')\ndef root():\n    return g0(request.args['q'])"
    )
    return files


def cyclic_imports(size: float) -> Files:
    """Modules that all import all names of the next, in a ring."""
    n = int(300 * size)
    return {
        f"ring/m{i}.py": lines(
            f"from ring.m{(i + 1) % n} import *",
            f"from ring.m{(i + 7) % n} import shared as other{i}",
            "import redis",
            f"def own{i}(key):\n    return shared.get(key) or own{(i + 1) % n}(key)",
        )
        for i in range(n)
    } | {"ring/__init__.py": "from .m0 import *\n"}


def star_lattice(size: float) -> Files:
    """Layers of modules, each importing everything of all modules of the layer below."""
    wide, high = 8, max(2, int(40 * size))
    files = {"lattice/__init__.py": ""}
    for level in range(high):
        for i in range(wide):
            below = (f"from lattice.l{level + 1}m{j} import *" for j in range(wide) if level + 1 < high)
            files[f"lattice/l{level}m{i}.py"] = lines(below, f"def fn{level}_{i}(key):\n    return missing(key)")
    return files


def diamond_calls(size: float) -> Files:
    """Two calls of the next level from each: 2**depth ways, with the key changed on each of them."""
    depth = int(400 * size)
    body = (
        f"def d{i}(key, other=None):\n    if other:\n        return d{i + 1}(f'a:{{key}}', key)\n"
        f"    return d{i + 1}(f'b:{{other}}', other) or d{i + 1}(key)"
        for i in range(depth)
    )
    last = f"def d{depth}(key, other=None):\n    client.set(key, other)\n    return client.get(key)"
    return {"diamond.py": lines(HEAD, body, last, "@app.get('/')\ndef root():\n    return d0(request.args['q'])")}


def diamond_callbacks(size: float) -> Files:
    """Functions that take functions, each wrapping its argument twice."""
    depth = int(200 * size)
    body = (
        f"def w{i}(f):\n    def a(k):\n        return f(k)\n    def b(k):\n        return f(k + k)\n"
        f"    return w{i + 1}(a) or w{i + 1}(b)"
        for i in range(depth)
    )
    last = f"def w{depth}(f):\n    return f('x')"
    entry = "@app.get('/')\ndef root():\n    return w0(lambda k: client.get(k + request.args['q']))"
    return {"callbacks.py": lines(HEAD, body, last, entry)}


def mutual_recursion(size: float) -> Files:
    """Every function calls every other with its parameters in another order."""
    n = max(3, int(120 * size))
    body = (
        f"def r{i}(a, b, c):\n    client.get(a)\n    return "
        + " or ".join(f"r{j}({'abc'[j % 3]}, f'{{b}}{j}', {'cab'[j % 3]})" for j in range(n))
        for i in range(n)
    )
    entry = "@app.get('/')\ndef root():\n    return r0(request.args['q'], 1, 2)"
    return {"mutual.py": lines(HEAD, body, entry)}


def recursive_types(size: float) -> Files:
    """Classes that hold, return and inherit what is made of themselves."""
    n = max(3, int(400 * size))
    body = (
        f"class T{i}(Generic['T{i}'], Base['T{(i + 1) % n}[T{i}]']):\n"
        f"    child: 'dict[str, list[T{(i + 1) % n} | T{i}]]'\n"
        f"    def me(self) -> 'T{(i + 1) % n}':\n        return self.me().me().child['a'][0].me()\n"
        f"    def get(self, key):\n        self.box = [self.box, self, T{(i * 7) % n}()]\n"
        f"        return self.me().get(self.box[0].get(key))"
        for i in range(n)
    )
    selves = "class Own(Own):\n    x = property(lambda self: self.x)\nclass A(B):\n    pass\nclass B(A):\n    pass\n"
    entry = "@app.get('/')\ndef root():\n    return client.get(T0().get(request.args['q']) + Own().x + A().y)"
    return {"types_.py": lines(HEAD, "from typing import Generic", "class Base: pass", selves, body, entry)}


def deep_inheritance(size: float) -> Files:
    """Diamonds on diamonds of classes, every method calling its super in all bases."""
    depth = int(150 * size)
    body = (
        f"class L{i}(L{i - 1}, R{i - 1}):\n    def go(self, key):\n        return super().go(key) or self.go(key)\n"
        f"class R{i}(R{i - 1}, L{i - 1}):\n    def go(self, key):\n        return super().go('r' + key)"
        for i in range(1, depth)
    )
    base = "class L0:\n    def go(self, key):\n        return client.get(key)\nclass R0(L0):\n    pass"
    entry = f"@app.get('/')\ndef root():\n    return L{depth - 1}().go(request.args['q'])"
    return {"inherit.py": lines(HEAD, base, body, entry)}


def same_names(size: float) -> Files:
    """Thousands of methods of one name in one class, and of functions of one name in one module."""
    n = int(5000 * size)
    methods = (f"    def same(self, key):\n        return client.get(key + '{i}')" for i in range(n))
    functions = (f"def same(key):\n    return Many().same(key + '{i}') or same(key)" for i in range(n))
    entry = "@app.get('/')\ndef root():\n    return same(request.args['q'])"
    return {"same.py": lines(HEAD, "class Many:", methods, functions, entry)}


def many_classes_one_method(size: float) -> Files:
    """An untyped receiver that may be any of thousands of classes."""
    n = int(5000 * size)
    classes = (f"class C{i}:\n    def load(self, key):\n        return client.get(key + '{i}')" for i in range(n))
    pick = (f"    if key == '{i}':\n        thing = C{i}()" for i in range(n))
    entry = "@app.get('/')\ndef root():\n    return choose(request.args['q'])"
    return {
        "classes.py": lines(
            HEAD, classes, "def choose(key):\n    thing = None", pick, "    return thing.load(key)", entry
        )
    }


def branches(size: float) -> Files:
    """50,000 branches in one function, each with another value for the same names."""
    entry = "@app.get('/')\ndef root():\n a = request.args['q']\n b = 'x'"
    body = (f" if a=={i}:a,b=b,a" for i in range(int(40_000 * size)))
    loops = (" while b:b=a" for _ in range(int(10_000 * size)))
    return {"branches.py": lines(HEAD, entry, body, loops, " return client.get(a)")}


def elifs(size: float) -> Files:
    """One chain of elif as long as a parser takes."""
    body = (f"    elif a == {i}:\n        key = f'k{i}:{{a}}'" for i in range(int(2000 * size)))
    return {
        "elifs.py": lines(
            HEAD,
            "@app.get('/')\ndef root():\n    a = request.args['q']\n    if a:\n        key = a",
            body,
            "    return client.get(key)",
        )
    }


def nested_blocks(size: float) -> Files:
    """Blocks 90 deep (Python allows 100 levels of indentation), of every kind."""
    heads = ["if a:", "for a in a:", "while a:", "with a as b:", "try:", "def f(a):", "class A:", "match a:"]
    depth, text, level, closing = max(3, int(90 * size)), [], 1, []
    while level < depth:
        head = heads[level % len(heads)]
        text.append("    " * level + head)
        if head == "try:":
            closing.append("    " * level + "except Exception:\n" + "    " * level + "    a = client.get(a)")
        level += 1
        if head == "match a:":
            text.append("    " * level + "case [a, *b]:")
            level += 1
    text.append("    " * level + "client.get(a)")
    return {
        "blocks.py": lines(
            HEAD, "@app.get('/')\ndef root():\n    a = request.args['q']", iter(text), iter(closing[::-1])
        )
    }


def nested_expressions(size: float) -> Files:
    """Every kind of expression, 190 deep."""
    depth = max(3, int(190 * size))
    forms = [
        ("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("a[", "]"), ("(lambda: ", ")"), ("(yield ", ")"),
        ("not (", ")"), ("(x if x else ", ")"), ("[x for x in ", "]"), ("{'k': ", "}"), ("f(*", ")"), ("f(**", ")"),
        ("(x := ", ")"), ("-(", ")"), ("client.get(", ")"), ("str(", ").format(a)"), ("'%s' % (", ",)"),
    ]  # fmt: skip
    body = (f"def e{i}(a, x=1):\n    return {o * depth}a{c * depth}" for i, (o, c) in enumerate(forms))
    quotes = "def q(a):\n    return " + "".join("f'{" if i % 2 else 'f"{' for i in range(2)) + "a" + "}\"}'"
    return {"expressions.py": lines(HEAD, body), "quotes.py": lines(quotes)}


def deep_brackets(size: float) -> Files:
    """Deeper than Python allows, in ways that a parser may try again and again."""
    n = int(100_000 * size)
    return {
        "round.py": "x = " + "(" * n + ")" * n + "\n",
        "open.py": "x = " + "[{(" * (n // 3) + "\n",
        "lambdas.py": "x = " + "lambda: " * (n // 10) + "1\n",
        "nots.py": "x = " + "not " * n + "1\n",
        "minus.py": "x = " + "-" * n + "1\n",
        "awaits.py": "async def f():\n    " + "await " * (n // 10) + "x\n",
        "dots.py": "x = a" + ".a" * n + "\n",
        "calls.py": "x = a" + "()" * n + "\n",
        "cases.py": "match x:\n    case " + "[" * 60 + "]" * 60 + ":\n        pass\n",
        "dels.py": "del " + "(" * 60 + "x" + ")" * 60 + "\n",
        "decorated.py": "@a\n" * (n // 10) + "def f(): pass\n",
    }


def long_chains(size: float) -> Files:
    """Operators without brackets: one tree as high as the line is long."""
    n = int(60_000 * size)
    return {
        "plus.py": HEAD + "key = " + " + ".join(f"'a{i}'" for i in range(n)) + "\nclient.get(key)\n",
        "adjacent.py": HEAD + "key = " + " ".join("'a'" for _ in range(n)) + "\nclient.get(key)\n",
        "ors.py": HEAD + "key = " + " or ".join("a" for _ in range(n)) + "\nclient.get(key)\n",
        "compare.py": "x = " + " < ".join("a" for _ in range(n)) + "\n",
        "assign.py": " = ".join("a" for _ in range(n // 10)) + " = 1\n",
        "percent.py": HEAD + "client.get('%s' % 'a'" + " % 'b'" * (n // 100) + ")\n",
        "formats.py": HEAD + "client.get('{}'" + ".format('{}{}')" * (n // 100) + ")\n",
    }


def giant_literals(size: float) -> Files:
    """Literals close to the limit of a file's size."""
    n = int(900_000 * size)
    return {
        "dictionary.py": "D = {\n"
        + "".join(f"    'k{i}': {i},\n" for i in range(n // 20))
        + "}\n"
        + HEAD
        + "client.get(D[request.args['q']])\n",
        "list_.py": "L = [" + "1," * (n // 2) + "]\n",
        "nested.py": "N = " + "[" * 150 + ("1," * 100 + "[2],") * (n // 2000) + "]" * 150 + "\n",
        "text.py": "T = '''" + "{" * n + "'''\n" + HEAD + "client.get(T.format(1))\n",
        "percents.py": "T = '" + "%" * (n + n % 2) + "'\n" + HEAD + "client.get(T % 1)\n",
        "escapes.py": "T = '" + "\\N{BULLET}" * (n // 20) + "'\n",
        "number.py": "X = "
        + "9" * n
        + "\nY = 0x"
        + "f" * n
        + "\nZ = 1e999999\n"
        + HEAD
        + "client.get(f'{X}{Y}{Z}', ex=int(Z))\n",
        "comments.py": "x = 1\n" + "#\n" * (n // 4) + "# cachelint: ignore[" + "a," * (n // 8) + "] why\n",
        "hashes.py": "#" * n + "\nx = 1\n",
        "continued.py": "x = 1 + \\\n" * (n // 20) + "1\n",
        "blank.py": "\n" * n + "x = 1\n",
        "arguments.py": HEAD + "client.get(" + "a," * (n // 10) + ")\n",
        "parameters.py": "def f(" + ",".join(f"a{i}" for i in range(n // 20)) + "): return a1\n",
    }


def giant_fstrings(size: float) -> Files:
    """f-strings with very many holes, very long text, holes in formats, and the same one used again and again."""
    n = int(30_000 * size)
    doubled = (f"    k = f'{{k}}:{{k}}'  # {i}" for i in range(int(300 * size)))
    joined = (f"    k = k + k + '{i}'" for i in range(int(300 * size)))
    return {
        "holes.py": lines(HEAD, "def h(a):\n    return client.get(f'" + "{a}" * n + "')"),
        "formats.py": lines(HEAD, "def h(a):\n    return client.get(f'" + "{a:{a}}" * (n // 4) + "')"),
        "text.py": lines(HEAD, "def h(a):\n    return client.get(f'" + "x" * n * 10 + "{a}')"),
        "doubled.py": lines(
            HEAD, "@app.get('/')\ndef h():\n    k = request.args['q']", doubled, "    return client.get(k)"
        ),
        "joined.py": lines(
            HEAD, "@app.get('/')\ndef h():\n    k = request.args['q']", joined, "    return client.get(k)"
        ),
    }


def doubling_values(size: float) -> Files:
    """Values that double with each line: containers of containers, conditionals, partials, dictionaries."""
    n = int(300 * size)
    kinds = {
        "lists": "k = [k, k]",
        "tuples": "k = (k, (k,), k)",
        "dictionaries": "k = {'a': k, 'b': k, **k}",
        "choices": "k = k if k else (k or x)",
        "calls": "k = g(k, k)",
        "subscripts": "k = k[k]",
        "attributes": "k.a = k; k.b = k.a",
        "comprehensions": "k = [k for k in k if k]",
        "lambdas": "k = (lambda k=k: k)() or k",
        "partials": "k = functools.partial(k, k)",
        "joins": "k = ':'.join([k, k])",
        "strings": "k = '%s-%s' % (k, k)",
        "spread": "m = {**m, **m, k: m}",
        "added": "m = m | m; l = l + l; l = l + [l]",
        "stored": "m['a'] = m; m['b'] = m",
        "texts": "t = f'{t}:{t}'; t = t + t; t = t % t if t else '{}{}'.format(t, t)",
        "numbers": "n = n * n; n = n + n; r = r * r - r / r; u = f'{n}:{r}'",
        "spans": "d = d * n; d = d + timedelta(days=n, seconds=r); n = n * 7; i = int(r); i = round(r * 1e300)",
    }
    return {
        f"{name}.py": lines(
            "import functools\nfrom datetime import timedelta", HEAD, "def g(a, b):\n    return a + b",
            "@app.get('/')\ndef h(x=1):\n    k = request.args['q']",
            "    m, l, t, n, r, d = {'a': 1}, [1], 'text %s %s', 3, 1e200, timedelta(days=1)",
            (f"    {line}  # {i}" for i in range(n)),
            "    client.set(k, k, ex=n)\n    client.set(t, m, ex=d)\n    client.get(f'{l}{m}{t}{n}{r}')\n    return client.get(k)",
        )
        for name, line in kinds.items()
    }  # fmt: skip


def doubling_functions(size: float) -> Files:
    """Each function's result holds the one before it twice."""
    depth = int(300 * size)
    body = (f"def v{i}(k):\n    return f'{{v{i - 1}(k)}}:{{v{i - 1}(k)}}'" for i in range(1, depth))
    boxes = (f"def x{i}(k):\n    return [x{i - 1}(k), x{i - 1}([k])]" for i in range(1, depth))
    first = "def v0(k):\n    return k\ndef x0(k):\n    return k"
    entry = f"@app.get('/')\ndef root():\n    return client.get(v{depth - 1}(x{depth - 1}(request.args['q'])))"
    return {"values.py": lines(HEAD, first, body, boxes, entry)}


def many_parameters(size: float) -> Files:
    """Functions with a hundred parameters that pass all of them on, to one another and in rotation."""
    n = max(3, int(100 * size))
    names = [f"p{i}" for i in range(n)]
    body = (
        f"def m{i}({', '.join(names)}):\n    client.get(p{i})\n    return m{(i + 1) % n}({', '.join(names[1:] + names[:1])})"
        for i in range(n)
    )
    entry = f"@app.get('/')\ndef root():\n    return m0({', '.join(['request.args[1]'] * n)})"
    return {"parameters.py": lines(HEAD, body, entry)}


def decorators(size: float) -> Files:
    """Decorators around decorators, each a function of the project."""
    n = int(200 * size)
    body = (
        f"def deco{i}(f):\n    def inner(*args, **kwargs):\n        client.get(str(args))\n"
        f"        return f(*args, **kwargs)\n    return {'inner' if i == 0 else f'deco{i - 1}(inner)'}"
        for i in range(n)
    )
    stacked = (f"@deco{i}" for i in range(n))
    return {"decorators.py": lines(HEAD, body, "@app.get('/<q>')", stacked, "def root(q):\n    return client.get(q)")}


def self_settings(size: float) -> Files:
    """Django settings made of themselves."""
    n = int(300 * size)
    parts = {
        f"conf/s{i}.py": lines(
            f"from .s{(i + 1) % n} import *", "from .base import *",
            "CACHES = {**CACHES, 'default': CACHES['default'], **globals()}", "DATABASES = DATABASES",
            "BACKEND = CACHES['default']['BACKEND'] if DEBUG else CACHES[CACHES]", "DEBUG = not DEBUG",
        )
        for i in range(n)
    }  # fmt: skip
    base = "from .s0 import *\nCACHES = {'default': {'BACKEND': BACKEND}}\nROOT_URLCONF = 'urls'\nBACKEND = BACKEND + BACKEND\n"
    manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.s0')\n"
    views = "from django.core.cache import cache\nfrom django.conf import settings\ndef v(request):\n    return cache.get(request.GET['q'], settings.BACKEND)\n"
    urls = "from django.urls import path, include\nimport views\nurlpatterns = [path('a', views.v), path('', include('urls')), *urlpatterns]\n"
    return parts | {
        "conf/__init__.py": "",
        "conf/base.py": base,
        "manage.py": manage,
        "views.py": views,
        "urls.py": urls,
    }


def deep_packages(size: float) -> Files:
    """Folders in folders, each a package that passes everything on."""
    depth = int(90 * size)
    files = {}
    for i in range(depth):
        files["/".join(["p"] * (i + 1)) + "/__init__.py"] = "from .p import *\nfrom . import p\nfrom .. import q\n"
    files["/".join(["p"] * depth) + "/q.py"] = HEAD
    return files


def long_names(size: float) -> Files:
    """Names of tens of thousands of characters."""
    name = "n" * int(50_000 * size)
    return {
        "names.py": lines(
            HEAD,
            f"def {name}({name}):\n    return client.get({name})",
            f"@app.get('/')\ndef r():\n    return {name}(request.args['{name}'])",
        )
    }


def policy_bombs(size: float) -> Files:
    """Rules that are long, nested, self-importing or full of what regular expressions stumble over."""
    n = int(20_000 * size)
    return {
        "CLAUDE.md": "# Caching\n\n@CLAUDE.md\n@docs/more.md\n\n"
        + "".join("  " * (i % 60) + f"- Cache products{i} for {i} min, unless {'a ' * (i % 50)}\n" for i in range(n // 20))
        + "- Never cache " + "orders, " * n + "payments\n"
        + "- " + "(" * n + ")" * n + "\n" + "> " * 500 + "cache x for 5 min\n" + "`" * n + "\n"
        + "| a " * 500 + "|\n" + "|---" * 500 + "|\n" + ("| 5 min " * 500 + "|\n") * 20
        + "- TTL " + "1" * n + " min\n- key: " + "{a}:" * n + "\n" + "*" * n + "\n" + "[a](" * (n // 10) + "\n",
        "docs/more.md": "# Cache keys\n\n@more.md\n@../CLAUDE.md\n\nFormat: `" + "{a}:" * n + "`\n" + "<!-- " * n + "\n",
        "AGENTS.md": "# Caching " + "#" * n + "\n" + "- never cache: " + "-" * n + "\n" + "&amp;" * n + "\n",
    }  # fmt: skip


def routers(size: float) -> Files:
    """Routers that include one another, themselves too."""
    n = max(3, int(200 * size))
    made = (f"r{i} = APIRouter(prefix='/a{i}')" for i in range(n))
    mounted = (f"r{i}.include_router(r{(i * 7 + j) % n}, prefix='/x')" for i in range(n) for j in range(3))
    views = (f"@r{i}.get('/{{q}}')\ndef v{i}(q: str):\n    return client.get(q)" for i in range(n))
    return {
        "routers.py": lines(
            "import redis\nfrom fastapi import APIRouter, FastAPI\nclient = redis.Redis()\napp = FastAPI()",
            made,
            mounted,
            views,
            "app.include_router(r0)",
        )
    }


def dependencies(size: float) -> Files:
    """Dependencies of dependencies: every one needs two that need two."""
    n = int(100 * size)
    body = (
        f"def dep{i}(a=Depends(dep{i + 1}), b=Depends(dep{i + 1}), q: str = ''):\n    return f'{{a}}{{b}}{{q}}'"
        for i in reversed(range(n))
    )
    return {
        "deps.py": lines(
            "import redis\nfrom fastapi import Depends, FastAPI\nclient = redis.Redis()\napp = FastAPI()",
            f"def dep{n}(x: str): return x",
            body,
            "@app.get('/')\ndef root(k=Depends(dep0)):\n    return client.get(k)",
        )
    }


def regular_expressions(size: float) -> Files:
    """What checks and routes may hold that a regular expression engine would never come back from."""
    n = int(5000 * size)
    return {
        "patterns.py": lines(
            "import re", HEAD, f"P = re.compile('({'a*' * n})*b')", f"Q = re.compile(r'{'(' * 80}a{'+)' * 80}$')",
            "@app.get('/')\ndef root():\n    q = request.args['q']\n    if P.fullmatch(q) or Q.match(q):\n        return client.get(q)",
            f"@app.get('/{'<a>' * n}')\ndef other(a):\n    return client.get(a)", f"@app.get('{'{' * n}')\ndef third():\n    return 1",
        ),
        "space.py": "x = 1" + " " * (n * 100) + "# cachelint: ignore" + "[" * n + "\n" + "y = '" + "\\" * (2 * n) + "'\n" + "'" * n + "\n",
        "quotes.py": ('"' * 3 + "a" + "'" * 3) * n + "\n",
        "strings.py": "'" + "\\'" * n * 20 + "\n",
        "urls.py": "from django.urls import re_path\nimport views\nurlpatterns = [re_path(r'^" + "(?P<a>(a*)*)" * (n // 10) + "$', views.v), re_path('(' * 2000, views.v)]\n",
        "views.py": "from django.core.cache import cache\ndef v(request, a):\n    return cache.get(a)\n",
    }  # fmt: skip


def odd_python(size: float) -> Files:
    """What is legal, seldom, and easily forgotten."""
    return {
        "odd.py": HEAD + """
import redis as redis, redis as client2
from . import odd
from .odd import *
from odd import odd as odd
class self(self): self = self; self.self = self
def __getattr__(name): return globals()[name](name)
def f(f=f, *f2, g=lambda f: f, **f3): return f(f)(f, *f2, **f3)
x = y = x = lambda *a, **k: x(*a, **k)
async def g(): return [await z async for z in g() if (w := z)]
del f, g
def h(h): h = h(h); del h; return h
for client in client: client = client.get(client)
else: client: "client[client]" = client
with client as client.client, (client) as client[client]: ...
try: ...
except* (client, redis.RedisError) as client: raise client from client
class M(metaclass=M, **M): __slots__ = M; M = M()
match client:
    case redis.Redis(get=client) | {"a": client, **rest} | [client, *_] if client: client.get(client)
    case _: ...
global_ = [global_ for global_ in global_]
def outer():
    global client
    def inner():
        nonlocal q
        q = client.get(q); return inner
    q = inner; return inner()()
@app.get
@(lambda f: f)
@app.get("/x")(app.get)
def view(view=view): return client.get(view, request.args)
type X[T: X, *Ts, **P] = dict[X, T]
""",
        "if.py": "x = 1\n", "a-b.py": HEAD, "1.py": HEAD, "a/b.py": "from .. import *\nfrom ..... import x\nfrom .b import b\n",
        "a/__init__.py": "from .b import *\n__all__ = [*__all__, 'b', 1, None]\n__all__ += __all__\n",
    }  # fmt: skip


PROJECTS: dict[str, Callable[[float], Files]] = {
    make.__name__: make
    for make in (
        ten_thousand_functions, ten_thousand_handlers, deep_chain, cyclic_imports, star_lattice, diamond_calls,
        diamond_callbacks, mutual_recursion, recursive_types, deep_inheritance, same_names, many_classes_one_method,
        branches, elifs, nested_blocks, nested_expressions, deep_brackets, long_chains, giant_literals, giant_fstrings,
        doubling_values, doubling_functions, many_parameters, decorators, self_settings, deep_packages, long_names,
        policy_bombs, routers, dependencies, regular_expressions, odd_python,
    )
}  # fmt: skip
