"""Sends each constraint of boto3's model of the IoT jobs within its bounds and beyond them."""

import copy

import regex
from botocore.exceptions import ClientError

from clients import ROLE, client, group, thing

OPERATIONS = {
    "iot": [
        "CreateJob",
        "DescribeJob",
        "GetJobDocument",
        "ListJobs",
        "UpdateJob",
        "CancelJob",
        "DeleteJob",
        "ListJobExecutionsForJob",
        "ListJobExecutionsForThing",
        "DescribeJobExecution",
        "CancelJobExecution",
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
    ],
    "iot-jobs-data": [
        "GetPendingJobExecutions",
        "StartNextPendingJobExecution",
        "DescribeJobExecution",
        "UpdateJobExecution",
    ],
}
ALPHABET = ["x", "X", "arn:x", "ü", "a b", "a/b", "a.b", "a#b", "tab\t", "$next"]
RATE = {"baseRatePerMinute": 5, "incrementFactor": 2.0, "rateIncreaseCriteria": {"numberOfNotifiedThings": 5}}
SETTINGS = {
    "presignedUrlConfig": {"roleArn": ROLE, "expiresInSec": 60},
    "jobExecutionsRolloutConfig": {"maximumPerMinute": 5, "exponentialRate": RATE},
    "abortConfig": {
        "criteriaList": [{"failureType": "ALL", "action": "CANCEL", "thresholdPercentage": 1.0, "minNumberOfExecutedThings": 1}]
    },
    "timeoutConfig": {"inProgressTimeoutInMinutes": 5},
}


def valid(operation, serial):
    """A request that is complete, so that each member can be changed by itself."""
    job, arn = {"jobId": f"c-{serial}"}, {"resourceArn": group("tagged")}
    execution = {**job, "thingName": "conforming"}
    return {
        "CreateJob": {
            **job,
            **SETTINGS,
            "targets": [thing("conforming")],
            "document": "{}",
            "description": "text",
            "targetSelection": "CONTINUOUS",
            "tags": [{"Key": "k", "Value": "v"}],
            "jobExecutionsRetryConfig": {"criteriaList": [{"failureType": "ALL", "numberOfRetries": 1}]},
            "schedulingConfig": {"maintenanceWindows": [{"startTime": "cron(0 2 * * ? *)", "durationInMinutes": 5}]},
            "destinationPackageVersions": ["arn:aws:iot:us-east-1:000000000000:package/fw/version/1.0.0"],
        },
        "UpdateJob": {
            **job,
            **SETTINGS,
            "jobExecutionsRetryConfig": {"criteriaList": [{"failureType": "ALL", "numberOfRetries": 0}]},
        },
        "TagResource": {**arn, "tags": [{"Key": "k", "Value": "v"}]},
        "UntagResource": {**arn, "tagKeys": ["k"]},
        "ListTagsForResource": arn,
        "ListJobs": {},
        "ListJobExecutionsForThing": {"thingName": "conforming"},
        "GetPendingJobExecutions": {"thingName": "conforming"},
        "StartNextPendingJobExecution": {"thingName": "conforming", "statusDetails": {"k": "v"}},
        "DescribeJobExecution": execution,
        "CancelJobExecution": {**execution, "statusDetails": {"k": "v"}},
        "UpdateJobExecution": {**execution, "status": "IN_PROGRESS", "statusDetails": {"k": "v"}},
    }.get(operation, job)


def cases(shape, path=(), seen=()):
    """Each constraint below a shape: where it is, what it is, values that keep it, and values that break it."""
    if shape.name in seen:
        return
    if shape.type_name == "structure":
        for name, inner in shape.members.items():
            at = (*path, name)
            # A member of the path cannot be left out: boto3 has no address without it.
            if name in shape.required_members and inner.serialization.get("location") != "uri":
                yield at, "required", [], [None]
            yield from cases_of(inner, at)
            yield from cases(inner, at, (*seen, shape.name))
    elif shape.type_name == "list":
        yield from cases_of(shape.member, (*path, 0))
        yield from cases(shape.member, (*path, 0), (*seen, shape.name))
    elif shape.type_name == "map":
        keep, broken = texts(shape.key.metadata)
        yield path, "key", [{key: "v"} for key in keep], [{key: "v"} for key in broken]
        keep, broken = texts(shape.value.metadata)
        yield path, "value", [{"k": value} for value in keep], [{"k": value} for value in broken]


def cases_of(shape, path):
    rules = shape.metadata
    kind = shape.type_name
    if kind == "string" and getattr(shape, "enum", None):
        yield path, "enum", shape.enum, ["NONE_OF_THEM"]
    elif kind == "string" and rules.keys() & {"min", "max", "pattern"}:
        keep, broken = texts(rules)
        if shape.serialization.get("location") == "uri":
            broken = [value for value in broken if value != ""]
        yield path, "text", keep, broken
    elif kind in ("integer", "long", "double") and rules.keys() & {"min", "max"}:
        step = 0.01 if kind == "double" else 1
        keep = [rules[end] for end in ("min", "max") if end in rules]
        broken = [rules["min"] - step] if "min" in rules else []
        broken += [rules["max"] + step] if "max" in rules else []
        yield path, "range", keep, broken
    elif kind == "list" and rules.keys() & {"min", "max"}:
        yield path, "length", [], [[]] * ("min" in rules) + ["many"] * ("max" in rules)


def texts(rules):
    """Texts that keep the rules of a string, and texts that each break one of them."""
    # Java's classes are those of ASCII.
    pattern = rules.get("pattern", r"(?s:.)*").replace(r"\p{Upper}", "A-Z").replace(r"\p{Digit}", "0-9")
    fits = [text for text in ALPHABET if regex.fullmatch(pattern, text) and len(text) >= rules.get("min", 0)]
    fitting = [text if text.startswith("arn:") else text * max(1, -(-rules.get("min", 0) // len(text))) for text in fits] or [
        text * rules.get("min", 1) for text in ALPHABET if regex.fullmatch(pattern, text * rules.get("min", 1))
    ]
    keep, broken = list(fitting), []
    if "pattern" in rules:
        broken += [text for text in ALPHABET if not regex.fullmatch(pattern, text) and rules.get("min", 0) <= len(text)]
    if "max" in rules:
        for text in fitting[:1]:
            longest = text + text[-1] * (rules["max"] - len(text))
            keep.append(longest)
            broken.append(longest + text[-1])
    if rules.get("min", 0) > 0:
        broken.append(fitting[0][: rules["min"] - 1] if rules["min"] > 1 else "")
    return keep, broken


def put(value, path, to):
    step, *rest = path
    if not rest:
        if to is None:
            value.pop(step, None)
        else:
            value[step] = to
        return
    if isinstance(value, dict):
        value.setdefault(step, [] if rest[0] == 0 else {})
    elif len(value) <= step:
        value.append({})
    put(value[step], rest, to)


def judge_constraints(endpoint, tally):
    serial = 0
    for service, operations in OPERATIONS.items():
        # Without it, boto3 itself refuses what the model does not allow, and nothing would be sent.
        sender = client(service, endpoint, parameter_validation=False)
        methods = {name: method for method, name in sender.meta.method_to_api_mapping.items()}
        for operation in operations:
            model = sender.meta.service_model.operation_model(operation)
            call = getattr(sender, methods[operation])
            for path, what, keep, broken in cases(model.input_shape):
                for value, is_broken in [(one, False) for one in keep] + [(one, True) for one in broken]:
                    serial += 1
                    request = copy.deepcopy(valid(operation, serial))
                    if value == "many":
                        value = [base_item(request, path)] * (model_max(model.input_shape, path) + 1)
                    put_list_item(request, path, value)
                    refused = refusal(call, request)
                    named = "".join(f"[{step}]" if step == 0 else f".{step}" for step in path)[1:]
                    is_invalid = refused is not None and "failed to satisfy constraint" in refused[1]
                    is_named = is_invalid and refused[0] == "InvalidRequestException" and f"'{named}" in refused[1]
                    holds = is_named if is_broken else not is_invalid
                    text = repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:50]}… ({len(value)})"
                    verb = "refuses" if is_broken else "takes"
                    tally.check(f"constraints of {operation} ({service})", f"{named} {verb} {text} ({what})", holds, refused)


def base_item(request, path):
    for step in path:
        request = request[step]
    return request[0]


def model_max(shape, path):
    for step in path:
        shape = shape.member if step == 0 else shape.members[step]
    return shape.metadata["max"]


def put_list_item(request, path, value):
    if path[-1] == 0:
        target = request
        for step in path[:-1]:
            target = target.setdefault(step, [])
        target[:] = [value]
        return
    put(request, path, value)


def refusal(call, request):
    try:
        call(**request)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return None
