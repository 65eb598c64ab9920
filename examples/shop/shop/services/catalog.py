from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shop import cache, keys
from shop.repositories import products


async def item(session: AsyncSession, product_id: int) -> dict[str, Any] | None:
    key = keys.product(product_id)
    cached = await cache.get(key)
    if cached is not None:
        return cached
    found = await products.find(session, product_id)
    if found is not None:
        await cache.put(key, found, 300)
    return found


async def search(session: AsyncSession, query: str, category: str) -> list[dict[str, Any]]:
    key = keys.product_list(query=query, category=category)
    cached = await cache.get(key)
    if cached is not None:
        return cached
    found = await products.search(session, query, category)
    await cache.put(key, found, 300)
    return found
