from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from storefront.models import Category


@receiver([post_save, post_delete], sender=Category)
def forget_category(sender: type, instance: Category, **kwargs: object) -> None:
    key = f"category:item:{instance.slug}"
    transaction.on_commit(lambda: cache.delete(key))
