"""A project as large as wished, always the same: what the counts are taken of.

One copy is an application of twelve files in the styles that cachelint follows: routes and views over services,
repositories and a cache helper, with a call chain, classes, callbacks and settings.
"""

from __future__ import annotations

Files = dict[str, str]

HELPER = """
import json
import redis
from redis.exceptions import RedisError

client = redis.Redis(host="cache")


class Cache:
    def __init__(self, prefix, ttl=300):
        self.prefix, self.ttl = prefix, ttl

    def key(self, *parts):
        return ":".join([self.prefix, *map(str, parts)])

    def get(self, *parts):
        try:
            raw = client.get(self.key(*parts))
        except RedisError:
            return None
        return json.loads(raw) if raw else None

    def put(self, value, *parts):
        client.set(self.key(*parts), json.dumps(value), ex=self.ttl)

    def get_or_load(self, load, *parts):
        found = self.get(*parts)
        if found is None:
            found = load(*parts)
            self.put(found, *parts)
        return found


def cached(prefix):
    def around(function):
        def inner(*arguments):
            return Cache(prefix).get_or_load(function, *arguments)
        return inner
    return around
"""
MODELS = """
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Entity{i}(Base):
    __tablename__ = "entity{i}"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    owner = Column(Integer)

    def as_dict(self):
        return {{"id": self.id, "name": self.name, "owner": self.owner}}
"""
REPOSITORY = """
from sqlalchemy import select
from {app}.models{i} import Entity{i}


class Repository{i}:
    def __init__(self, session):
        self.session = session

    def one(self, number):
        return self.session.execute(select(Entity{i}).where(Entity{i}.id == number)).scalar()

    def search(self, term, limit=20):
        rows = self.session.execute(select(Entity{i}).where(Entity{i}.name == term).limit(limit))
        return [row.as_dict() for row in rows.scalars()]

    def save(self, entity):
        self.session.add(entity)
        self.session.commit()
"""
SERVICE = """
from {app}.helper import Cache, cached
from {app}.repository{i} import Repository{i}

entries = Cache("entity{i}", ttl=60 * {i} + 60)


def normalised(text):
    text = text.strip().lower()
    if not text:
        return "all"
    for old, new in ((" ", "-"), ("/", "-")):
        text = text.replace(old, new)
    return text[:100]


def find(session, term, page=1):
    repository = Repository{i}(session)
    key = f"search:{{normalised(term)}}:{{page}}"
    known = entries.get(key)
    if known is not None:
        return known
    rows = repository.search(term, 20)
    entries.put(rows, key)
    return rows


def one(session, number):
    return entries.get_or_load(lambda n: Repository{i}(session).one(n).as_dict(), number)


@cached("total{i}")
def total(number):
    return number + {i}


def rename(session, number, name):
    repository = Repository{i}(session)
    entity = repository.one(number)
    entity.name = name
    repository.save(entity)
    try:
        entries.put(entity.as_dict(), number)
    except Exception:
        pass
    return chain_0(session, number)
"""
LINK = """

def chain_{n}(session, number):
    if number % {m} == 0:
        return one(session, number)
    return {next}(session, number - 1)
"""
ROUTES = """
from fastapi import APIRouter, Depends
from {app} import service{i}
from {app}.database import get_session

router = APIRouter(prefix="/{app}/{i}")


@router.get("/search")
def search(term: str = "", page: int = 1, session=Depends(get_session)):
    return service{i}.find(session, term, page)


@router.get("/{{number}}")
def one(number: int, session=Depends(get_session)):
    return service{i}.one(session, number)


@router.put("/{{number}}")
def rename(number: int, name: str, session=Depends(get_session)):
    return service{i}.rename(session, number, name)


@router.get("/{{number}}/total")
def total(number: int):
    return service{i}.total(number)
"""
DATABASE = """
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(bind=create_engine("sqlite://"))


def get_session():
    session = SessionLocal()
    try:
        yield session
    finally:
        session.close()
"""
APPLICATION = """
from fastapi import FastAPI
{imports}

app = FastAPI()
{mounts}
"""
PARTS = 2
CHAIN = 12


def application(name: str) -> Files:
    """One copy, as the package `name`."""
    files = {f"{name}/__init__.py": "", f"{name}/helper.py": HELPER, f"{name}/database.py": DATABASE}
    for i in range(PARTS):
        links = (LINK.format(n=n, m=n + 2, next=f"chain_{n + 1}" if n + 1 < CHAIN else "one") for n in range(CHAIN))
        files |= {
            f"{name}/models{i}.py": MODELS.format(i=i),
            f"{name}/repository{i}.py": REPOSITORY.format(app=name, i=i),
            f"{name}/service{i}.py": SERVICE.format(app=name, i=i) + "".join(links),
            f"{name}/routes{i}.py": ROUTES.format(app=name, i=i),
        }
    imports = "\n".join(f"from {name} import routes{i}" for i in range(PARTS))
    mounts = "\n".join(f"app.include_router(routes{i}.router)" for i in range(PARTS))
    return files | {f"{name}/main.py": APPLICATION.format(imports=imports, mounts=mounts)}


def project(copies: int) -> Files:
    """So many applications side by side, and a policy."""
    files = {"CLAUDE.md": "# Caching\n\n- Entities: 5 min TTL\n- Never cache payments\n", "pyproject.toml": ""}
    for number in range(copies):
        files |= application(f"app{number}")
    return files
