from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shop import cache, keys
from shop.repositories import users


async def profile(session: AsyncSession, user_id: int) -> dict[str, Any] | None:
    key = keys.user_profile(user_id)
    cached = await cache.get(key)
    if cached is not None:
        return cached
    found = await users.find(session, user_id)
    if found is not None:
        await cache.put(key, found, 3600)
    return found


async def page(session: AsyncSession, cursor: str, limit: int) -> list[dict[str, Any]]:
    key = keys.user_list(cursor, limit)
    cached = await cache.get(key)
    if cached is not None:
        return cached
    found = await users.page(session, cursor, limit)
    await cache.put(key, found, 120)
    return found


async def rename(session: AsyncSession, user_id: int, name: str) -> None:
    await users.rename(session, user_id, name)
    await cache.drop(keys.user_profile(user_id))
    await cache.drop_matching("user:list:*")
