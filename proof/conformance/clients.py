"""boto3 clients of an endpoint."""

import boto3
from botocore.config import Config

ACCOUNT = "000000000000"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ota-service"


def client(service, endpoint, **config):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **config),
    )


def connect(endpoint):
    return {name: client(name, endpoint) for name in ("iot", "iot-jobs-data", "s3")}


def thing(name):
    return f"arn:aws:iot:{REGION}:{ACCOUNT}:thing/{name}"


def group(name):
    return f"arn:aws:iot:{REGION}:{ACCOUNT}:thinggroup/{name}"
