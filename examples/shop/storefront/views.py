from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import ListView

from storefront.models import Brand, Category, Payment, StockPrice


def category(request: HttpRequest, slug: str) -> JsonResponse:
    found = cache.get_or_set(
        f"category:item:{slug}", lambda: Category.objects.filter(slug=slug).values("name").first(), 300
    )
    return JsonResponse({"category": found})


def suggestions(request: HttpRequest) -> JsonResponse:
    prefix = request.GET.get("prefix", "").strip().lower()
    key = f"suggestion:list:{prefix}"
    names = cache.get_or_set(
        key,
        lambda: list(Category.objects.filter(name__istartswith=prefix).values_list("name", flat=True)),
        300,
    )
    return JsonResponse({"names": names})


class Brands(ListView):
    model = Brand


def price(request: HttpRequest, sku: int) -> JsonResponse:
    key = f"stock-price:{sku}"
    cents = cache.get_or_set(key, lambda: StockPrice.objects.get(sku=sku).cents, 30)
    return JsonResponse({"cents": cents})


@never_cache
def payments(request: HttpRequest) -> JsonResponse:
    rows = Payment.objects.filter(user_id=request.user.pk).values("id", "cents")
    return JsonResponse({"payments": list(rows)})


@require_POST
def keep_banner(request: HttpRequest) -> JsonResponse:
    cache.touch("banner:front:v1", 3600)
    return JsonResponse({})
