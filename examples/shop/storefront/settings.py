SECRET_KEY = "only for the example"
ROOT_URLCONF = "storefront.urls"
INSTALLED_APPS = ["storefront"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "storefront"}}

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": "redis://cache:6379/2",
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "LOG_IGNORED_EXCEPTIONS": True,
            "SOCKET_TIMEOUT": 0.5,
            "SOCKET_CONNECT_TIMEOUT": 0.5,
        },
    }
}
