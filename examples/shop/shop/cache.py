"""The cache utility module: a Redis error is a miss, is logged and never fails a request."""

import json
import logging
from typing import Any

import redis.asyncio as redis

logger = logging.getLogger(__name__)
client = redis.from_url("redis://cache:6379/0", socket_timeout=0.5, socket_connect_timeout=0.5)


async def get(key: str) -> Any:
    try:
        raw = await client.get(key)
    except redis.RedisError:
        logger.exception("cache get error")
        return None
    return None if raw is None else json.loads(raw)


async def put(key: str, value: Any, seconds: int) -> None:
    try:
        await client.set(key, json.dumps(value), ex=seconds)
    except redis.RedisError:
        logger.exception("cache set error")


async def drop(*keys: str) -> None:
    try:
        await client.delete(*keys)
    except redis.RedisError:
        logger.exception("cache delete error")


async def drop_matching(pattern: str) -> None:
    try:
        keys = [key async for key in client.scan_iter(match=pattern)]
        if keys:
            await client.delete(*keys)
    except redis.RedisError:
        logger.exception("cache delete error")
