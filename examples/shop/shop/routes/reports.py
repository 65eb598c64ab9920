from datetime import date

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from shop import keys
from shop.database import get_session
from shop.report_cache import ReportCache
from shop.repositories import products

router = APIRouter()
reports = ReportCache()


@router.get("/visits/{day}")
async def visits(day: date, session: AsyncSession = Depends(get_session)) -> list[list[int]]:
    key = keys.visits(day)
    cached = await reports.get(key)
    if cached is not None:
        return cached
    counts = await products.visits(session, day)
    await reports.put(key, counts, 900)
    return counts


@router.delete("/visits/{day}")
async def refresh(day: date) -> None:
    await reports.forget(keys.visits(day))
