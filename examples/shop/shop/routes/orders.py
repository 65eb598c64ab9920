from typing import Any

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from shop.database import get_session
from shop.repositories import orders
from shop.services import checkout

router = APIRouter()


@router.get("/of/{user_id}")
async def of_user(
    user_id: int, response: Response, session: AsyncSession = Depends(get_session)
) -> list[dict[str, Any]]:
    response.headers["Cache-Control"] = "no-store"
    return await orders.of_user(session, user_id)


@router.post("/{number}/receipt")
async def receipt(number: int, session: AsyncSession = Depends(get_session)) -> dict[str, Any]:
    return await checkout.receipt(session, number)
