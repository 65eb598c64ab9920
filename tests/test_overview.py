"""`cachelint map` and `cachelint routes`: what a project caches, and what serves its requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cachelint.cli.app import app

CACHE = """\
import redis

client = redis.Redis(socket_timeout=1)


def fetch(key):
    return client.get(key)


def keep(key, value, ttl=60):
    client.set(key, value, ex=ttl)
"""
SERVICE = """\
from app.cache import client, fetch, keep
from app.models import Brand

HOUR = 3600


def brand(session, brand_id):
    key = f"brand:{brand_id}"
    hit = fetch(key)
    if hit is None:
        hit = session.get(Brand, brand_id)
        keep(key, hit, ttl=HOUR)
    return hit


def forget(pk):
    client.delete(f"brand:{pk}")


def push(job):
    client.lpush("jobs", job)
"""
MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Brand(Base):
    __tablename__ = "brand"
    id: Mapped[int] = mapped_column(primary_key=True)


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
API = """\
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import service
from app.db import session_of
from app.models import Brand, Order
from app.users import current_user

brands = APIRouter(prefix="/brands")
orders = APIRouter()


@brands.get("/{brand_id}")
def show(brand_id: int, session: Session = Depends(session_of)):
    return service.brand(session, brand_id)


@brands.get("")
def everything(session: Session = Depends(session_of)):
    return session.scalars(select(Brand)).all()


@brands.delete("/{brand_id}")
def drop(brand_id: int, user=Depends(current_user)):
    service.forget(brand_id)


@orders.get("/orders")
def mine(session: Session = Depends(session_of)):
    return session.scalars(select(Order)).all()


app = FastAPI()
app.include_router(brands, prefix="/api")
app.include_router(orders, prefix="/api/v1")
"""
DB = """\
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


def session_of():
    with Session(create_engine("sqlite://")) as session:
        yield session
"""
USERS = "def current_user():\n    return 1\n"
POLICY = "## Caching\n\n- Brands: 1h TTL\n\n### What NOT to Cache\n\n- Orders\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {"cache": CACHE, "service": SERVICE, "models": MODELS, "api": API, "db": DB, "users": USERS, "__init__": ""}
    (tmp_path / "app").mkdir()
    for name, text in files.items():
        (tmp_path / f"app/{name}.py").write_text(text)
    (tmp_path / "CLAUDE.md").write_text(POLICY)
    return tmp_path


def run(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--project", str(project)])


def places(uses: list[dict[str, Any]]) -> list[str]:
    return [f"{use['path']}:{use['line']} {use['function']}" for use in uses]


def test_the_map_sees_through_wrappers_and_leaves_out_what_is_no_cache(project: Path) -> None:
    result = run(project, "map", "--format", "json")
    (entry,) = json.loads(result.stdout)["entries"]
    assert (result.exit_code, entry["key"], entry["clients"]) == (0, "brand:{pk}", ["Redis"])
    assert places(entry["readers"]) == ["app/service.py:9 brand"]
    assert places(entry["writers"]) == ["app/service.py:12 brand"]
    assert places(entry["deleters"]) == ["app/service.py:17 forget"]
    assert (entry["ttl"], entry["entities"]) == (["1 h"], ["Brand"])


def test_the_map_as_a_table_and_as_a_drawing(project: Path) -> None:
    head, row = run(project, "map").stdout.splitlines()
    assert head.split() == ["key", "readers", "writers", "deleters", "TTL", "entity"]
    assert row.split() == [
        "brand:{pk}",
        "app/service.py:9",
        "app/service.py:12",
        "app/service.py:17",
        "1",
        "h",
        "Brand",
    ]
    drawn = run(project, "map", "--format", "mermaid").stdout.splitlines()
    assert drawn[:2] == ["flowchart LR", '  key0["brand:#123;pk#125;<br>1 h"]']
    assert "  key0 -->|reads| function0" in drawn
    assert "  function0 -->|writes| key0" in drawn
    assert "  function1 -.->|deletes| key0" in drawn
    assert '  entity0[("Brand")]' in drawn
    assert "  entity0 -.- key0" in drawn


def test_a_decorator_is_an_entry_too(tmp_path: Path) -> None:
    text = "from aiocache import cached\n\n\n@cached(ttl=300)\nasync def rates(day: str):\n    return load(day)\n"
    (tmp_path / "rates.py").write_text(text)
    (entry,) = json.loads(run(tmp_path, "map", "--format", "json").stdout)["entries"]
    assert (entry["key"], entry["ttl"], places(entry["readers"])) == ("rates()", ["5 min"], ["rates.py:4 rates"])


def test_nothing_cached_and_nothing_served(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert run(tmp_path, "map").stdout.startswith("no cache entries")
    assert json.loads(run(tmp_path, "map", "--format", "json").stdout) == {"version": 1, "entries": []}
    assert run(tmp_path, "map", "--format", "mermaid").stdout == "flowchart LR\n"
    assert run(tmp_path, "routes").stdout.startswith("no routes")
    assert json.loads(run(tmp_path, "routes", "--format", "json").stdout) == {"version": 1, "routes": []}


def routes(project: Path) -> dict[str, dict[str, Any]]:
    found = json.loads(run(project, "routes", "--format", "json").stdout)["routes"]
    return {f"{','.join(route['methods'])} {' '.join(route['paths'])}": route for route in found}


def test_routes_have_their_whole_paths(project: Path) -> None:
    expected = ["GET /api/brands/{brand_id}", "GET /api/brands", "DELETE /api/brands/{brand_id}", "GET /api/v1/orders"]
    assert list(routes(project)) == expected


def test_routes_tell_queries_caches_and_the_policy(project: Path) -> None:
    found = routes(project)
    show = found["GET /api/brands/{brand_id}"]
    assert [(each["entity"], each["cached"]) for each in show["queries"]] == [("Brand", True)]
    assert [(each["key"], each["use"]) for each in show["caches"]] == [("brand:{pk}", "read"), ("brand:{pk}", "write")]
    assert [(each["says"], each["line"], each["kept"]) for each in show["policy"]] == [
        ("cache Brands for 1 h", 3, True)
    ]
    everything = found["GET /api/brands"]
    assert [(each["entity"], each["cached"]) for each in everything["queries"]] == [("Brand", False)]
    assert [each["kept"] for each in everything["policy"]] == [False]
    orders = found["GET /api/v1/orders"]
    assert [(each["says"], each["line"], each["kept"]) for each in orders["policy"]] == [
        ("never cache Orders", 7, False)
    ]
    assert (show["auth"], found["DELETE /api/brands/{brand_id}"]["auth"]) == (None, "login")
    assert show["handler"] == {"name": "show", "path": "app/api.py", "line": 15, "column": 5}


def test_routes_for_people(project: Path) -> None:
    text = run(project, "routes").stdout
    assert "GET /api/brands/{brand_id}\n    handler  show (app/api.py:15)\n    asks for no login seen\n" in text
    assert "    caches   reads brand:{pk}\n    caches   writes brand:{pk}\n" in text
    assert "    reads    row of Brand (app/service.py:11), cached\n" in text
    assert "    policy   never cache Orders (CLAUDE.md:7): NOT kept\n" in text


def test_a_key_is_shown_as_it_is_written(tmp_path: Path) -> None:
    text = (
        "from fastapi import FastAPI\nfrom redis import Redis\n\napp = FastAPI()\nredis = Redis()\n\n\n"
        '@app.get("/left")\ndef left():\n    return redis.ttl("others:list")\n'
    )
    (tmp_path / "app.py").write_text(text)
    assert "    caches   asks about others:list\n" in run(tmp_path, "routes").stdout


DJANGO = {
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n',
    "site1/settings.py": 'ROOT_URLCONF = "site1.urls"\n',
    "site1/urls.py": "from django.urls import include, path\n\n"
    'urlpatterns = [path("shop/", include("shop.urls")), path("x/", include("shop.more"))]\n',
    "shop/__init__.py": "",
    "shop/urls.py": "from django.urls import path, re_path\n\nfrom shop import views\n\n"
    'urlpatterns = [path("", views.home), path("brands/", views.Brands.as_view()), re_path(r"^b/$", views.mine)]\n',
    "shop/more.py": "from django.urls import path\n\nfrom shop import views\n\n"
    'urlpatterns = [path("new/", views.new)]\n',
    "shop/views.py": "from django.contrib.auth.decorators import login_required, permission_required\n"
    "from django.contrib.auth.mixins import LoginRequiredMixin\n"
    "from django.http import HttpResponse\n"
    "from django.views import View\n\n\n"
    "def home(request):\n    return HttpResponse()\n\n\n"
    "class Brands(LoginRequiredMixin, View):\n    def get(self, request):\n        return HttpResponse()\n\n\n"
    "@login_required\ndef mine(request):\n    return HttpResponse()\n\n\n"
    '@permission_required("shop.add")\ndef new(request):\n    return HttpResponse()\n',
}


def test_django_modules_that_are_included(tmp_path: Path) -> None:
    for name, text in DJANGO.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = json.loads(run(tmp_path, "routes", "--format", "json").stdout)["routes"]
    seen = {route["handler"]["name"]: (route["paths"], route["auth"]) for route in found}
    assert seen == {
        "home": (["shop/"], None),
        "Brands": (["shop/brands/"], "login"),
        "mine": (["shop/b/$"], "login"),
        "new": (["x/new/"], "right"),
    }


FLASK = """\
from flask import Blueprint, Flask
from flask_login import login_required

shop = Blueprint("shop", __name__, url_prefix="/shop")
bare = Blueprint("bare", __name__)


@shop.route("/a")
@login_required
def a():
    return ""


@bare.get("/b")
def b():
    return ""


app = Flask(__name__)
app.register_blueprint(shop)
app.register_blueprint(bare, url_prefix="/bare")
"""


def test_blueprints(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(FLASK)
    assert {key: route["auth"] for key, route in routes(tmp_path).items()} == {
        "GET /shop/a": "login",
        "GET /bare/b": None,
    }


@pytest.mark.parametrize("command", ["map", "routes"])
def test_a_wrong_configuration_is_said(tmp_path: Path, command: str) -> None:
    (tmp_path / "cachelint.toml").write_text("slect = 1\n")
    result = run(tmp_path, command)
    assert (result.exit_code, "cachelint.toml:1: `slect`" in result.stderr) == (2, True)
