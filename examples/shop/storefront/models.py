from django.db import models


class Category(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)


class Brand(models.Model):
    name = models.CharField(max_length=80)


class StockPrice(models.Model):
    sku = models.IntegerField(unique=True)
    cents = models.IntegerField()


class Payment(models.Model):
    user_id = models.IntegerField()
    cents = models.IntegerField()
