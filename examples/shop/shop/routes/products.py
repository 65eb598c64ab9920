from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from shop.database import get_session
from shop.repositories import products
from shop.services import catalog

router = APIRouter()


@router.get("/popular")
async def popular(session: AsyncSession = Depends(get_session)) -> list[int]:
    return await products.popular(session)


@router.get("/search")
async def search(
    query: str, category: str = "all", session: AsyncSession = Depends(get_session)
) -> list[dict[str, Any]]:
    return await catalog.search(session, query, category)


@router.get("/{product_id}")
async def item(product_id: int, session: AsyncSession = Depends(get_session)) -> dict[str, Any] | None:
    return await catalog.item(session, product_id)  # cachelint: ignore[uncached-query] cached since May
