from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Product, Visit


async def find(session: AsyncSession, product_id: int) -> dict[str, Any] | None:
    product = await session.get(Product, product_id)
    return None if product is None else {"id": product.id, "name": product.name, "cents": product.cents}


async def search(session: AsyncSession, query: str, category: str) -> list[dict[str, Any]]:
    statement = select(Product).where(Product.name.icontains(query), Product.category == category)
    products = await session.scalars(statement)
    return [{"id": product.id, "name": product.name} for product in products]


async def popular(session: AsyncSession) -> list[int]:
    statement = select(Visit.product_id).group_by(Visit.product_id).order_by(func.count().desc()).limit(10)
    rows = await session.scalars(statement)
    return list(rows)


async def visits(session: AsyncSession, day: date) -> list[list[int]]:
    statement = select(Visit.product_id, func.count()).where(Visit.day == day).group_by(Visit.product_id)
    rows = await session.execute(statement)
    return [[product_id, count] for product_id, count in rows]
