from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Order


def as_dict(order: Order) -> dict[str, Any]:
    return {"id": order.id, "product": order.product_id, "cents": order.cents}


async def of_user(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    orders = await session.scalars(select(Order).where(Order.user_id == user_id))
    return [as_dict(order) for order in orders]


async def find(session: AsyncSession, number: int) -> Order:
    return await session.get_one(Order, number)
