from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shop import cache, keys
from shop.repositories import orders


async def receipt(session: AsyncSession, number: int) -> dict[str, Any]:
    order = await orders.find(session, number)
    summary = orders.as_dict(order)
    await cache.put(keys.receipt(number), summary, 600)
    return summary
