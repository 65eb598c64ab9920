"""Every cache key of the service."""

import hashlib
import json
from datetime import date


def user_profile(user_id: int) -> str:
    return f"user:profile:{user_id}"


def user_list(cursor: str, limit: int) -> str:
    return f"user:list:{cursor}:{limit}"


def product(product_id: int) -> str:
    return f"product:item:{product_id}"


def product_list(**filters: object) -> str:
    text = json.dumps(filters, sort_keys=True)
    return f"product:list:{hashlib.sha256(text.encode()).hexdigest()}"


def visits(day: date) -> str:
    return f"report:visits:{day}"


def receipt(number: int) -> str:
    return f"checkout:receipt:{number}"
