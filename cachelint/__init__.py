"""cachelint: static analysis of application caching (Redis, Memcached, Django cache...) in Python web code."""

__version__ = "0.1.0"
