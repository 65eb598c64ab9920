"""Written before shop/cache.py was; only the reports still use it."""

import json
from typing import Any

import redis.asyncio as redis


class ReportCache:
    def __init__(self) -> None:
        self.client = redis.from_url("redis://cache:6379/1", socket_timeout=2, socket_connect_timeout=2)

    async def get(self, key: str) -> Any:
        raw = await self.client.get(key)
        return None if raw is None else json.loads(raw)

    async def put(self, key: str, value: Any, seconds: int) -> None:
        try:
            await self.client.set(key, json.dumps(value), ex=seconds)
        except redis.ConnectionError:
            return

    async def forget(self, key: str) -> None:
        try:
            await self.client.delete(key)
        except redis.RedisError:
            pass
