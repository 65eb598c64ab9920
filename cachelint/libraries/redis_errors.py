"""The exceptions of redis-py and aioredis 2: what a guard may name, and under which import paths."""

from __future__ import annotations

from cachelint.vocabulary import Error, Library

_ROOT = "redis.exceptions.RedisError"


def _error(name: str, bases: str = _ROOT) -> Error:
    modules = "redis redis.client redis.connection redis.cluster redis.asyncio redis.asyncio.client"
    aliases = " ".join(f"{module}.{name}" for module in modules.split())
    return Error(name=f"redis.exceptions.{name}", bases=bases, aliases=aliases)


def _aioredis_error(name: str, bases: str) -> Error:
    return Error(name=f"aioredis.exceptions.{name}", bases=bases, aliases=f"aioredis.{name} aioredis.client.{name}")


_CONNECTION = "redis.exceptions.ConnectionError"
_RESPONSE = "redis.exceptions.ResponseError"
_CLUSTER_EXCEPTION = "redis.exceptions.RedisClusterException"
REDIS_ERRORS = Library(
    name="redis-errors",
    packages="redis aioredis",
    rows=(
        _error("RedisError", "builtins.Exception"),
        _error("ConnectionError"),
        # Neither a ConnectionError nor the builtin or asyncio TimeoutError.
        _error("TimeoutError"),
        *(
            _error(name, _CONNECTION)
            for name in (
                "AuthenticationError",
                "AuthorizationError",
                "BusyLoadingError",
                "MaxConnectionsError",
                "ExternalAuthProviderError",
            )
        ),
        _error("ResponseError"),
        *(
            _error(name, _RESPONSE)
            for name in (
                "ReadOnlyError",
                "NoScriptError",
                "OutOfMemoryError",
                "NoPermissionError",
                "ExecAbortError",
                "MovedError",
            )
        ),
        *(_error(name) for name in ("DataError", "InvalidResponse", "WatchError", "PubSubError", "ClusterError")),
        _error("LockError", f"{_ROOT} builtins.ValueError"),
        _error("LockNotOwnedError", "redis.exceptions.LockError"),
        _error("ClusterDownError", f"redis.exceptions.ClusterError {_RESPONSE}"),
        _error("MasterDownError", "redis.exceptions.ClusterDownError"),
        _error("RedisClusterException", "builtins.Exception"),
        *(
            _error(name, _CLUSTER_EXCEPTION)
            for name in ("SlotNotCoveredError", "CrossSlotTransactionError", "InvalidPipelineStack")
        ),
        _error("ChildDeadlockedError", "builtins.Exception"),
        _aioredis_error("RedisError", "builtins.Exception"),
        _aioredis_error("ConnectionError", "aioredis.exceptions.RedisError"),
        _aioredis_error("TimeoutError", "aioredis.exceptions.RedisError builtins.TimeoutError"),
        _aioredis_error("ResponseError", "aioredis.exceptions.RedisError"),
    ),
)
