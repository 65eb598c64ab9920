"""The standard library: what carries data on, runs callables, swallows errors."""

from __future__ import annotations

from cachelint.vocabulary import PICKLED, Dialect, Invokes, Library, LimitsTime, Obtains, Passes, Suppresses, Type

EXECUTOR = "concurrent.futures.Executor"
LOOP = "asyncio.AbstractEventLoop"
GROUP = "asyncio.TaskGroup"

CARRIERS = (
    Passes(on="json orjson ujson rapidjson simplejson", names="loads", params="obj", argument="obj"),
    Passes(on="json orjson ujson rapidjson simplejson", names="dumps", params="obj", argument="obj", as_text=True),
    Passes(on="json simplejson", names="dump", params="obj fp", argument="obj"),
    Passes(on="json simplejson", names="load", params="fp", argument="fp"),
    Passes(on="pickle cPickle _pickle cloudpickle dill", names="dumps", params="obj", argument="obj", gives=PICKLED),
    Passes(on="marshal", names="dumps", params="obj", argument="obj"),
    Passes(on="pickle cPickle _pickle cloudpickle dill marshal", names="loads", params="obj", argument="obj"),
    Passes(
        on="zlib gzip bz2 lzma lz4.frame brotli snappy zstd",
        names="compress",
        params="data",
        argument="data",
        gives="argument:data",
    ),
    Passes(on="zlib gzip bz2 lzma lz4.frame brotli snappy zstd", names="decompress", params="data", argument="data"),
    Passes(on="msgpack", names="packb unpackb dumps loads", params="obj", argument="obj"),
    Passes(on="msgspec.json msgspec.msgpack", names="encode decode", params="obj", argument="obj"),
    Passes(on="msgspec", names="to_builtins convert", params="obj", argument="obj"),
    Passes(on="copy", names="copy deepcopy", params="x", argument="x", gives="argument:x"),
    Passes(on="dataclasses", names="asdict astuple", params="obj", argument="obj"),
    Passes(on="dataclasses", names="replace", params="obj **changes", argument="*", gives="argument:obj"),
    Passes(on="attr attrs", names="asdict astuple", params="inst", argument="inst"),
    Passes(on="builtins", names="dict zip map filter max min", params="*values **named", argument="*"),
    Passes(
        on="builtins",
        names="list tuple set frozenset sorted reversed iter aiter enumerate",
        params="iterable",
        argument="iterable",
    ),
    Passes(on="builtins", names="next anext", params="iterator default", argument="*"),
    Passes(
        on="builtins", names="str repr ascii bytes bytearray format", params="object", argument="object", as_text=True
    ),
    Passes(on="builtins", names="vars", params="object", argument="object"),
    Passes(on="builtins", names="getattr", params="object name default", argument="object"),
    Passes(on="itertools", names="chain islice", params="*values", argument="*"),
    Passes(on="collections", names="OrderedDict defaultdict ChainMap deque", params="*values", argument="*"),
    Passes(on="types", names="MappingProxyType", params="mapping", argument="mapping"),
    Passes(on="typing typing_extensions", names="cast", params="typ val", argument="val", gives="argument:val"),
    Passes(
        on="urllib.parse",
        names="unquote unquote_plus urljoin urlparse urlsplit parse_qs parse_qsl",
        params="*parts",
    ),
    Passes(on="html", names="escape unescape", params="s", argument="s"),
    Passes(on="os.path posixpath", names="join basename normpath", params="*parts", argument="*"),
    Passes(on="operator", names="or_ concat add", params="a b", argument="*"),
    Passes(on="asyncio", names="gather", params="*aws", argument="*"),
    Passes(on="asyncio", names="wait_for", params="fut timeout", argument="fut", gives="argument:fut"),
    Passes(on="asyncio", names="shield", params="arg", argument="arg", gives="argument:arg"),
)

# partial binds the arguments that follow `func`; what it gives is called later with the rest.
RUNNERS = (
    Invokes(
        on="functools",
        names="partial partialmethod",
        params="func *args **keywords",
        function="func",
        gives="callable",
    ),
    Invokes(on="functools", names="reduce", params="function iterable initial"),
    Invokes(on="builtins", names="map filter", params="function *iterables"),
    Invokes(on="asyncio", names="run", params="main * debug loop_factory", function="main"),
    Invokes(on="asyncio", names="to_thread", params="func *args **kwargs", function="func"),
    Invokes(on="anyio.to_thread", names="run_sync", params="func *args", function="func"),
    Invokes(on="anyio.from_thread", names="run", params="func *args", function="func"),
    Invokes(on="contextvars.Context", names="run", params="callable *args **kwargs", function="callable"),
    Type(name="contextvars.Context"),
    Obtains(on="contextvars", names="copy_context", gives="contextvars.Context"),
    Type(name=LOOP, aliases="asyncio.events.AbstractEventLoop asyncio.BaseEventLoop"),
    Obtains(on="asyncio", names="get_event_loop get_running_loop new_event_loop", gives=LOOP),
    Invokes(on=LOOP, names="run_in_executor", params="executor func *args", function="func"),
    Invokes(on=LOOP, names="run_until_complete", params="future", function="future"),
    Invokes(on=LOOP, names="create_task", params="coro * name context", function="coro", deferred=True),
    Invokes(
        on=LOOP,
        names="call_soon call_soon_threadsafe",
        params="callback *args",
        function="callback",
        deferred=True,
    ),
    Invokes(on=LOOP, names="call_later call_at", params="when callback *args", function="callback", deferred=True),
)

# A task that is awaited in the same function is not deferred; the engine sees the await.
LATER = (
    Invokes(on="asyncio", names="create_task ensure_future", params="coro * name", function="coro", deferred=True),
    Type(name=GROUP, aliases="asyncio.taskgroups.TaskGroup"),
    # A task group waits for its tasks, and their errors leave its `async with`.
    Invokes(on=GROUP, names="create_task", params="coro * name context", function="coro"),
    Invokes(
        on="threading",
        names="Thread",
        params="group target name args kwargs * daemon",
        function="target",
        deferred=True,
    ),
    Invokes(
        on="threading",
        names="Timer",
        params="interval function args kwargs",
        deferred=True,
    ),
    Invokes(
        on="multiprocessing",
        names="Process",
        params="group target name args kwargs * daemon",
        function="target",
        deferred=True,
    ),
    Type(name=EXECUTOR),
    Type(
        name="concurrent.futures.ThreadPoolExecutor",
        aliases="concurrent.futures.thread.ThreadPoolExecutor",
        bases=EXECUTOR,
    ),
    Type(
        name="concurrent.futures.ProcessPoolExecutor",
        aliases="concurrent.futures.process.ProcessPoolExecutor",
        bases=EXECUTOR,
    ),
    Invokes(on=EXECUTOR, names="submit", params="fn *args **kwargs", function="fn", deferred=True),
    Invokes(on=EXECUTOR, names="map", params="fn *iterables", function="fn"),
    Invokes(on="atexit", names="register", params="func *args **kwargs", function="func", deferred=True),
)

STDLIB = Library(
    name="stdlib",
    packages="json pickle copy dataclasses functools itertools asyncio threading concurrent contextlib anyio",
    rows=(
        Dialect(name="none", others="none"),
        *CARRIERS,
        *RUNNERS,
        *LATER,
        Suppresses(on="contextlib", names="suppress"),
        LimitsTime(on="asyncio asyncio.tasks", names="wait_for", params="fut timeout", raises="builtins.TimeoutError"),
        Passes(
            on="contextlib",
            names="closing aclosing",
            params="thing",
            argument="thing",
            gives="argument:thing",
        ),
        Passes(
            on="contextlib",
            names="nullcontext",
            params="enter_result",
            argument="enter_result",
            gives="argument:enter_result",
        ),
        Type(name=PICKLED),
        Type(name="contextlib.ExitStack"),
        Type(name="contextlib.AsyncExitStack", bases="contextlib.ExitStack"),
        Passes(
            on="contextlib.ExitStack",
            names="enter_context enter_async_context",
            params="cm",
            argument="cm",
            gives="argument:cm",
        ),
    ),
)
