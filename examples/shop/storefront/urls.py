from django.urls import path

from storefront import views

urlpatterns = [
    path("categories/<slug:slug>/", views.category),
    path("suggestions/", views.suggestions),
    path("brands/", views.Brands.as_view()),
    path("prices/<int:sku>/", views.price),
    path("payments/", views.payments),
    path("banner/keep/", views.keep_banner),
]
