from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from shop.database import get_session
from shop.services import users

router = APIRouter()


@router.get("")
async def page(
    cursor: str = "", limit: int = 20, session: AsyncSession = Depends(get_session)
) -> list[dict[str, Any]]:
    return await users.page(session, cursor, limit)


@router.get("/{user_id}")
async def profile(user_id: int, session: AsyncSession = Depends(get_session)) -> dict[str, Any] | None:
    return await users.profile(session, user_id)


@router.put("/{user_id}")
async def rename(user_id: int, name: str, session: AsyncSession = Depends(get_session)) -> None:
    await users.rename(session, user_id, name)
