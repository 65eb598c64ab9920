"""valkey-py: redis-py's API under another name, with exceptions that are not redis exceptions."""

from __future__ import annotations

from cachelint.vocabulary import CacheTouch, Error, Library, Obtains, Outage, Type

_ROOT = "valkey.exceptions.ValkeyError"
_DOWN = "valkey.exceptions.ConnectionError valkey.exceptions.TimeoutError"
_PIPELINES = "valkey.client.Pipeline valkey.asyncio.client.Pipeline"
_OPTIONS = "host port db password socket_timeout socket_connect_timeout"


def _error(name: str, bases: str = _ROOT) -> Error:
    modules = "valkey valkey.client valkey.asyncio valkey.asyncio.client"
    aliases = " ".join(f"{module}.{name}" for module in modules.split())
    return Error(name=f"valkey.exceptions.{name}", bases=bases, aliases=aliases)


# The commands are redis-py's: the types name its clients as bases, nothing is repeated here.
VALKEY = Library(
    name="valkey",
    packages="valkey",
    rows=(
        Type(
            name="valkey.Valkey",
            aliases="valkey.StrictValkey valkey.client.Valkey valkey.client.StrictValkey",
            bases="redis.Redis",
            call_params=_OPTIONS,
            receiver_names="valkey valkey_client",
            name_evidence="valkey",
        ),
        Type(
            name="valkey.asyncio.Valkey",
            aliases="valkey.asyncio.StrictValkey valkey.asyncio.client.Valkey",
            bases="redis.asyncio.Redis",
            call_params=_OPTIONS,
        ),
        Type(
            name="valkey.cluster.ValkeyCluster",
            aliases="valkey.ValkeyCluster",
            bases="valkey.Valkey",
            call_params=_OPTIONS,
        ),
        Type(name="valkey.client.Pipeline", bases="redis.client.Pipeline"),
        Type(name="valkey.asyncio.client.Pipeline", bases="redis.asyncio.client.Pipeline"),
        Obtains(on="valkey valkey.client valkey.Valkey", names="from_url", params="url", gives="valkey.Valkey"),
        Obtains(
            on="valkey.asyncio valkey.asyncio.client valkey.asyncio.Valkey",
            names="from_url",
            params="url",
            gives="valkey.asyncio.Valkey",
        ),
        Obtains(on="valkey.Valkey", names="pipeline", params="transaction", gives="valkey.client.Pipeline"),
        Obtains(
            on="valkey.asyncio.Valkey",
            names="pipeline",
            params="transaction",
            gives="valkey.asyncio.client.Pipeline",
        ),
        Outage(on="valkey.Valkey valkey.asyncio.Valkey", raises=_DOWN, root=_ROOT, kind="Valkey"),
        Outage(
            on="valkey.cluster.ValkeyCluster",
            raises=f"{_DOWN} valkey.exceptions.ValkeyClusterException",
            root=_ROOT,
            kind="Valkey",
        ),
        CacheTouch(on=_PIPELINES, names="execute watch unwatch", params="raise_on_error"),
        Outage(on=_PIPELINES, raises="", kind="Valkey"),
        Outage(
            on=_PIPELINES,
            names="execute watch unwatch",
            raises=_DOWN,
            root=_ROOT,
            kind="Valkey",
        ),
        _error("ValkeyError", "builtins.Exception"),
        _error("ConnectionError"),
        _error("TimeoutError"),
        _error("ResponseError"),
        _error("DataError"),
        _error("WatchError"),
        _error("LockError", f"{_ROOT} builtins.ValueError"),
        _error("LockNotOwnedError", "valkey.exceptions.LockError"),
        _error("BusyLoadingError", "valkey.exceptions.ConnectionError"),
        _error("AuthenticationError", "valkey.exceptions.ConnectionError"),
        _error("ReadOnlyError", "valkey.exceptions.ResponseError"),
        _error("ClusterError"),
        _error("ValkeyClusterException", "builtins.Exception"),
    ),
)
