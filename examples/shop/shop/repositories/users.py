from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import User


async def find(session: AsyncSession, user_id: int) -> dict[str, Any] | None:
    user = await session.get(User, user_id)
    return None if user is None else {"id": user.id, "name": user.name, "city": user.city}


async def page(session: AsyncSession, cursor: str, limit: int) -> list[dict[str, Any]]:
    users = await session.scalars(select(User).where(User.name > cursor).order_by(User.name).limit(limit))
    return [{"id": user.id, "name": user.name} for user in users]


async def rename(session: AsyncSession, user_id: int, name: str) -> None:
    await session.execute(update(User).where(User.id == user_id).values(name=name))
    await session.commit()
