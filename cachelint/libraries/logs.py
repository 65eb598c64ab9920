"""Calls that tell people about a problem: logging, structlog, loguru, error trackers, metrics."""

from __future__ import annotations

from cachelint.vocabulary import Library, Logs, Obtains, Type

LOGGER = "logging.Logger"
STRUCTLOG = "structlog.stdlib.BoundLogger"
LOGURU = "loguru.Logger"
_LEVELS = "debug info warning warn error exception critical fatal log"

LOGGING = Library(
    name="logging",
    packages="logging structlog loguru sentry_sdk warnings prometheus_client opentelemetry newrelic rollbar",
    rows=(
        Type(
            name=LOGGER,
            aliases="logging.LoggerAdapter logging.RootLogger",
            receiver_names="logger log LOGGER LOG _logger _log",
        ),
        Obtains(on="logging", names="getLogger", gives=LOGGER, params="name"),
        # How Celery, Flask and Django's runserver hand out loggers of the same class.
        Obtains(on="celery.utils.log", names="get_task_logger get_logger", gives=LOGGER, params="name"),
        Obtains(on="flask.Flask quart.Quart", names="logger", how="value", gives=LOGGER),
        Logs(on=f"{LOGGER} logging", names=_LEVELS),
        Type(
            name=STRUCTLOG,
            aliases="structlog.BoundLogger structlog.typing.FilteringBoundLogger "
            "structlog.stdlib.AsyncBoundLogger structlog.types.FilteringBoundLogger",
        ),
        Obtains(on="structlog", names="get_logger getLogger", gives=STRUCTLOG),
        Obtains(on="structlog.stdlib", names="get_logger", gives=STRUCTLOG),
        Obtains(on=STRUCTLOG, names="bind unbind new try_unbind", gives="self"),
        Logs(
            on=STRUCTLOG,
            names=f"{_LEVELS} adebug ainfo awarning aerror aexception acritical alog",
        ),
        Type(name=LOGURU),
        Obtains(on="loguru", names="logger", how="value", gives=LOGURU),
        Obtains(on=LOGURU, names="bind opt patch contextualize", gives="self"),
        Logs(on=LOGURU, names="trace debug info success warning error exception critical log"),
        Logs(on="sentry_sdk", names="capture_exception capture_message capture_event"),
        Logs(on="warnings", names="warn"),
        Logs(on="traceback", names="print_exc print_exception"),
        # A counter that goes up tells people too, and so does a line on standard output.
        Type(name="prometheus_client.Counter", aliases="prometheus_client.metrics.Counter"),
        Obtains(on="prometheus_client.Counter", names="labels", gives="self"),
        Logs(on="prometheus_client.Counter", names="inc"),
        Type(name="opentelemetry.trace.Span", aliases="opentelemetry.trace.span.Span"),
        Obtains(on="opentelemetry.trace", names="get_current_span", gives="opentelemetry.trace.Span"),
        Logs(on="opentelemetry.trace.Span", names="record_exception set_status add_event"),
        Logs(on="builtins", names="print"),
        Logs(on="newrelic.agent", names="notice_error record_exception"),
        Logs(on="rollbar", names="report_exc_info report_message"),
    ),
)
