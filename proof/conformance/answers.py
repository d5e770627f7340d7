"""Judges the body of every answer by the output shape of boto3's model: no other members, the right types, known enums."""

import json

from tally import Tally


def judge_answers(clients, tally: Tally):
    """From now on each answer that these clients get is judged."""
    for service in ("iot", "iot-jobs-data"):
        clients[service].meta.events.register(f"before-parse.{service}", lambda **given: judge_answer(tally, **given))


def judge_answer(tally, operation_model, response_dict, **_):
    if response_dict["status_code"] >= 300 or operation_model.output_shape is None:
        return
    found = list(problems(operation_model.output_shape, json.loads(response_dict["body"] or b"{}"), "$"))
    tally.check(operation_model.name, "the answer has the members and types of the model", not found, found)


def problems(shape, value, path):
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{path} is no object"
            return
        names = {inner.serialization.get("name", name): inner for name, inner in shape.members.items()}
        for name, item in value.items():
            if name not in names:
                yield f"{path}.{name} is no member of the model"
            else:
                yield from problems(names[name], item, f"{path}.{name}")
    elif kind == "list":
        for index, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}[{index}]")
    elif kind == "map":
        for name, item in value.items():
            yield from problems(shape.value, item, f"{path}.{name}")
    elif not is_of(kind, value):
        yield f"{path} is no {kind}: {value!r}"
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path} is {value!r}, which the model does not know"


def is_of(kind, value):
    if kind in ("integer", "long"):
        return isinstance(value, int) and not isinstance(value, bool)
    if kind in ("double", "float", "timestamp"):
        # The time stamps of restJson1 are seconds, with or without a fraction.
        return isinstance(value, (int, float)) and not isinstance(value, bool) and (kind != "timestamp" or value < 1e11)
    if kind == "boolean":
        return isinstance(value, bool)
    return isinstance(value, str)
