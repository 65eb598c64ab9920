"""The FastAPI service."""

from fastapi import FastAPI

from shop.routes import orders, products, reports, users

app = FastAPI(title="Shop")
app.include_router(users.router, prefix="/users")
app.include_router(products.router, prefix="/products")
app.include_router(reports.router, prefix="/reports")
app.include_router(orders.router, prefix="/orders")
