"""Annotation types: what a handler's parameter may still hold once it was validated.

Also pydantic's models, whose dumps carry their fields. A `str` field stays raw even with a maximum length.
"""

from __future__ import annotations

from cachelint.vocabulary import HasFields, Library, Obtains, Parameter, Passes, Type, Validates

MODEL = "pydantic.BaseModel"

# An int or a date has one canonical spelling, but there are many of them.
_SAFE = (
    "builtins.int builtins.float builtins.complex uuid.UUID uuid.SafeUUID decimal.Decimal fractions.Fraction "
    "datetime.date datetime.datetime datetime.time datetime.timedelta "
    "ipaddress.IPv4Address ipaddress.IPv6Address ipaddress.IPv4Network ipaddress.IPv6Network"
)
_SAFE_PYDANTIC = (
    "pydantic.PositiveInt pydantic.NegativeInt pydantic.NonNegativeInt pydantic.NonPositiveInt "
    "pydantic.StrictInt pydantic.PositiveFloat pydantic.NegativeFloat pydantic.NonNegativeFloat "
    "pydantic.NonPositiveFloat pydantic.StrictFloat pydantic.FiniteFloat pydantic.UUID1 pydantic.UUID3 "
    "pydantic.UUID4 pydantic.UUID5 pydantic.PastDate pydantic.FutureDate pydantic.AwareDatetime "
    "pydantic.NaiveDatetime pydantic.PastDatetime pydantic.FutureDatetime pydantic.ByteSize "
    "pydantic.IPvAnyAddress"
)
_BOUNDED = (
    "builtins.bool enum.Enum enum.IntEnum enum.StrEnum enum.IntFlag enum.Flag typing.Literal "
    "typing_extensions.Literal pydantic.StrictBool django.db.models.TextChoices "
    "django.db.models.IntegerChoices"
)
_RAW = (
    "builtins.str builtins.bytes builtins.bytearray builtins.dict typing.Any typing.AnyStr "
    "typing.Text pydantic.EmailStr pydantic.NameEmail pydantic.HttpUrl pydantic.AnyUrl pydantic.AnyHttpUrl "
    "pydantic.StrictStr pydantic.StrictBytes pydantic.SecretStr pydantic.SecretBytes pydantic.Json "
    "pydantic.FilePath pydantic.JsonValue"
)

PYDANTIC = (
    Type(name=MODEL, aliases="pydantic.main.BaseModel pydantic.v1.BaseModel"),
    Type(name="pydantic.RootModel", aliases="pydantic.root_model.RootModel", bases=MODEL),
    Type(name="pydantic_settings.BaseSettings", aliases="pydantic.BaseSettings", bases=MODEL),
    Passes(on=MODEL, names="model_dump model_dump_json dict json copy model_copy", argument="self"),
    Passes(
        on=MODEL,
        names="model_validate parse_obj from_orm model_validate_json parse_raw",
        params="obj",
        argument="obj",
    ),
    Obtains(
        on=MODEL,
        names="model_validate parse_obj from_orm model_validate_json parse_raw model_construct construct",
        gives="instance",
    ),
    # Inside Annotated[...] or as a default: only a pattern says something about the characters.
    Parameter(
        on="pydantic pydantic.fields",
        names="Field",
        kind="",
        params="default * alias min_length max_length pattern|regex",
        pattern="pattern",
    ),
    Parameter(
        on="pydantic pydantic.types",
        names="StringConstraints constr",
        kind="",
        params="* strip_whitespace min_length max_length pattern|regex",
        pattern="pattern",
    ),
)

VALIDATION = Library(
    name="validation",
    packages="pydantic pydantic_settings uuid datetime decimal enum typing",
    rows=(
        Validates(types=f"{_SAFE} {_SAFE_PYDANTIC}", safe=True),
        Validates(types="pydantic.conint pydantic.confloat pydantic.condecimal pydantic.condate", safe=True),
        Validates(types=_BOUNDED, safe=True, bounded=True),
        Validates(types=_RAW, safe=False),
        HasFields(bases=f"{MODEL} msgspec.Struct typing.TypedDict typing.NamedTuple typing_extensions.TypedDict"),
        *PYDANTIC,
    ),
)
