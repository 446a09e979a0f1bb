"""What a handler's signature says about its inputs, read once when it is registered.

A parameter named `body`, `query`, `path` or `headers` with a model takes all of that part of the
request. Other parameters are single values: of the path if the template names them, of the query
if it does not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_origin, get_type_hints

from fastapi import Body, Header, Path, Query
from pydantic import AliasChoices, BaseModel, TypeAdapter, ValidationError, create_model
from pydantic.fields import FieldInfo

from emulator.surfaces.cec.body import decode_json, decode_object, decode_query, unwrap
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.request import CecRequest
from emulator.surfaces.coercion import WrittenAs
from emulator.traffic.exchange import Offence

PARTS = ("path", "query", "headers", "body")


class Input:
    """One part of the request: how it is read, validated and handed to the handler."""

    __slots__ = ("annotation", "known", "model", "name", "part", "spread", "validate")

    def __init__(self, part: str, name: str, annotation: Any, *, spread: bool) -> None:
        self.part = part
        self.name = name
        self.annotation = annotation
        self.spread = spread
        """Whether the handler takes the model's fields as parameters of their own."""
        self.model = _model_of(annotation)
        self.known = documented_names(self.model) if self.model else frozenset()
        self.validate = TypeAdapter(annotation).validator.validate_python

    def read(self, request: CecRequest[Any], wrappers: tuple[str, ...]) -> Any:
        """Decode this part of the request."""
        if self.part == "body":
            content_type = request.header(b"content-type") or b""
            if self.model is None:
                return decode_json(request.raw, content_type)
            value = decode_object(request.raw, content_type)
            return unwrap(value, wrappers) if wrappers else value
        if self.part == "path":
            return request.path_values
        if self.part == "query":
            return decode_query(request.scope["query_string"])
        return request.headers()

    def undocumented(self, values: Any) -> list[str]:
        """List the names in `values` that the reference does not have."""
        # The template decides what a path holds, and every request has headers nobody lists.
        if self.model is None or self.part in ("path", "headers"):
            return []
        if self.known.issuperset(values):
            return []
        return [name for name in values if name not in self.known]

    def remark(self, values: Any, valid: Any, request: CecRequest[Any]) -> None:
        """Note for the journal what is accepted though the reference does not have it."""
        for name in self.undocumented(values):
            request.remark(Offence.UNDOCUMENTED_FIELD, f"{self.part}.{name}")
        if self.part == "body" and self.model is not None:
            for place in _respelled(self.part, values, valid):
                request.remark(Offence.OTHER_TYPE, place)

    def bind(self, values: Any, arguments: dict[str, Any]) -> Any:
        """Validate `values`, add them to the handler's arguments and give what they became."""
        try:
            valid = self.validate(values)
        except ValidationError as error:
            raise ParameterError(*_problems(self.part, error)) from None
        if self.spread:
            arguments.update(valid.__dict__)
        else:
            arguments[self.name] = valid
        return valid


def read_signature(handler: Callable[..., Any], template: str) -> tuple[type[Any], list[Input]]:
    """Give the handler's request class and its inputs."""
    hints = get_type_hints(handler, include_extras=True)
    request, *parameters = inspect.signature(handler).parameters.values()
    annotation = hints.get(request.name, CecRequest)
    return get_origin(annotation) or annotation, list(_inputs(handler, template, parameters, hints))


def _inputs(
    handler: Callable[..., Any],
    template: str,
    parameters: list[inspect.Parameter],
    hints: dict[str, Any],
) -> Iterator[Input]:
    singles: dict[str, dict[str, Any]] = {"path": {}, "query": {}}
    for parameter in parameters:
        annotation = hints[parameter.name]
        if parameter.name in PARTS:
            yield Input(parameter.name, parameter.name, annotation, spread=False)
            continue
        part = "path" if f"{{{parameter.name}}}" in template else "query"
        default = ... if parameter.default is parameter.empty else parameter.default
        singles[part][parameter.name] = (annotation, default)
    for part, fields in singles.items():
        if fields:
            model = create_model(f"{handler.__name__}_{part}", **fields)
            yield Input(part, part, model, spread=True)


def documented_names(model: type[BaseModel]) -> frozenset[str]:
    """Give every spelling of every field that the model accepts."""
    return frozenset(
        name for field, info in model.model_fields.items() for name in _spellings(field, info)
    )


def _spellings(field: str, info: FieldInfo) -> list[str]:
    alias = info.validation_alias
    if isinstance(alias, AliasChoices):
        return [choice for choice in alias.choices if isinstance(choice, str)]
    return [alias if isinstance(alias, str) else field]


def _respelled(place: str, values: Any, valid: Any) -> Iterator[str]:
    """The places of fields whose JSON type is another than the documented one."""
    if isinstance(valid, BaseModel) and isinstance(values, dict):
        for field, info in type(valid).model_fields.items():
            for name in _spellings(field, info):
                if name not in values:
                    continue
                if WrittenAs(str) not in info.metadata:
                    yield from _respelled(f"{place}.{name}", values[name], getattr(valid, field))
                elif not isinstance(values[name], str):
                    yield f"{place}.{name}"
    elif isinstance(valid, list) and isinstance(values, list):
        for index, (value, one) in enumerate(zip(values, valid, strict=False)):
            yield from _respelled(f"{place}.{index}", value, one)
    elif isinstance(values, str) is not isinstance(valid, str) and values not in (None, ""):
        yield place


def _model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def _problems(part: str, error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        where = ".".join(map(str, (part, *problem["loc"])))
        yield f"{where}: {problem['type']}"


def contract_signature(template: str, inputs: list[Input], answer: Any) -> inspect.Signature:
    """Describe the inputs as FastAPI knows them, for the OpenAPI document."""
    parameters = {name: _parameter(name, Annotated[str, Path()]) for name in _names(template)}
    for item in inputs:
        for parameter in _contract_parameters(item):
            parameters[parameter.name] = parameter
    return inspect.Signature(list(parameters.values()), return_annotation=answer)


def _contract_parameters(item: Input) -> Iterator[inspect.Parameter]:
    if item.part == "path" and item.model is not None:
        for field, info in item.model.model_fields.items():
            name = _spellings(field, info)[0]
            metadata = tuple(info.metadata)
            yield _parameter(name, Annotated[(info.annotation, *metadata, Path())])
    elif item.part == "body":
        optional = item.model is not None and not any(
            info.is_required() for info in item.model.model_fields.values()
        )
        default = None if optional else inspect.Parameter.empty
        yield _parameter("body", Annotated[item.annotation, Body()], default)
    else:
        source = Query() if item.part == "query" else Header()
        yield _parameter(item.part, Annotated[item.annotation, source])


def _parameter(
    name: str, annotation: Any, default: Any = inspect.Parameter.empty
) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def _names(template: str) -> list[str]:
    return [part.strip("{}") for part in template.split("/") if part.startswith("{")]
