"""Takes jobs from their creation to their end with boto3, on the side of the fleet and on that of a device."""

import json
import time
import urllib.request

from botocore.exceptions import ClientError

from clients import ACCOUNT, REGION, ROLE, group, thing

BUCKET = "conformance-firmware"


def judge_journey(clients, tally):
    for part in (creation, conflicts, reads, changes, schedules, end_of_jobs, device):
        check = lambda what, holds, seen=None: tally.check(part.__name__.replace("_", " "), what, holds, seen)
        part(clients, check)


def code_of(call, **request):
    try:
        call(**request)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    return None


def until(read, wanted, seconds=20):
    """Reads again until the answer is the wanted one. Answers what it read last."""
    end = time.monotonic() + seconds
    while True:
        seen = read()
        if seen == wanted or time.monotonic() > end:
            return seen
        time.sleep(0.05)


def creation(clients, check):
    iot = clients["iot"]
    made = iot.create_job(
        jobId="whole",
        targets=[group("ten")],
        document='{"operation":"install"}',
        description="The whole of it",
        presignedUrlConfig={"roleArn": ROLE, "expiresInSec": 600},
        targetSelection="SNAPSHOT",
        jobExecutionsRolloutConfig={"maximumPerMinute": 1000},
        abortConfig={
            "criteriaList": [{"failureType": "ALL", "action": "CANCEL", "thresholdPercentage": 50.0, "minNumberOfExecutedThings": 5}]
        },
        timeoutConfig={"inProgressTimeoutInMinutes": 60},
        jobExecutionsRetryConfig={"criteriaList": [{"failureType": "FAILED", "numberOfRetries": 2}]},
        tags=[{"Key": "team", "Value": "firmware"}],
    )
    arn = f"arn:aws:iot:{REGION}:{ACCOUNT}:job/whole"
    check("the answer names the job", (made["jobArn"], made["jobId"], made["description"]) == (arn, "whole", "The whole of it"), made)
    job = iot.describe_job(jobId="whole")["job"]
    check("the job exists at once", job["status"] in ("IN_PROGRESS", "COMPLETED"), job["status"])
    check("its settings are described", job["jobExecutionsRetryConfig"]["criteriaList"][0]["numberOfRetries"] == 2, job)
    check("tags are not described", "tags" not in job)
    check("tags are listed", iot.list_tags_for_resource(resourceArn=arn)["tags"] == [{"Key": "team", "Value": "firmware"}])
    status = until(lambda: iot.describe_job(jobId="whole")["job"]["status"], "COMPLETED")
    check("it completes", status == "COMPLETED", status)
    counts = iot.describe_job(jobId="whole")["job"]["jobProcessDetails"]
    check("ten things succeeded", counts["numberOfSucceededThings"] == 10, counts)


def conflicts(clients, check):
    iot = clients["iot"]
    request = {"jobId": "taken", "targets": [thing("t")], "document": "{}"}
    iot.create_job(**request)
    try:
        iot.create_job(**request)
        check("the same id again is a conflict", False)
    except iot.exceptions.ResourceAlreadyExistsException as error:
        check("the same id again is a conflict", error.response["ResponseMetadata"]["HTTPStatusCode"] == 409)
        check("it names the job", (error.response["resourceId"], error.response["resourceArn"][-10:]) == ("taken", ":job/taken"))
    many = [thing(f"t{at}") for at in range(101)]
    url = "${aws:iot:s3-presigned-url-v2:https://b.s3.us-east-1.amazonaws.com/k}"
    for what, changes, wanted in [
        ("more than 100 targets", {"targets": many}, ("LimitExceededException", 410)),
        ("a target of another account", {"targets": [thing("t").replace(ACCOUNT, "1" * 12)]}, ("ResourceNotFoundException", 404)),
        ("an open placeholder", {"document": "${aws:iot:s3-presigned-url-v2:"}, ("InvalidJobDocumentException", 400)),
        ("eleven placeholders", {"document": url * 11, "presignedUrlConfig": {"roleArn": ROLE}}, ("InvalidJobDocumentException", 400)),
        ("a placeholder without a role", {"document": url}, ("InvalidRequestException", 400)),
        ("two documents", {"documentSource": "https://b.s3.us-east-1.amazonaws.com/k"}, ("InvalidRequestException", 400)),
        ("a start too soon", {"schedulingConfig": {"startTime": minutes_ahead(29)}}, ("InvalidRequestException", 400)),
    ]:
        seen = code_of(iot.create_job, **{**request, "jobId": "refused", **changes})
        check(f"{what} is {wanted[0]}", seen == wanted, seen)
    check("what was refused does not exist", code_of(iot.describe_job, jobId="refused") == ("ResourceNotFoundException", 404))


def minutes_ahead(minutes):
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + minutes * 60))


def reads(clients, check):
    iot = clients["iot"]
    iot.create_job(jobId="read", targets=[group("thirty"), group("other")], document='{"a":1}', targetSelection="CONTINUOUS")
    for before in (True, False):
        document = iot.get_job_document(jobId="read", beforeSubstitution=before)["document"]
        check("the document is as it was written", document == '{"a":1}', document)
        check("the targets are, too", len(iot.describe_job(jobId="read", beforeSubstitution=before)["job"]["targets"]) == 2)
    pages = list(iot.get_paginator("list_jobs").paginate(PaginationConfig={"PageSize": 1}))
    listed = [job["jobId"] for page in pages for job in page["jobs"]]
    check("a page has one job", len(pages) >= 3 and all(len(page["jobs"]) <= 1 for page in pages), len(pages))
    check("the newest job comes first", listed[0] == "read" and "whole" in listed, listed)
    by_group = iot.list_jobs(thingGroupName="other", targetSelection="CONTINUOUS")["jobs"]
    check("jobs are found by group and selection", [job["jobId"] for job in by_group] == ["read"], by_group)
    of_job = iot.get_paginator("list_job_executions_for_job").paginate(jobId="read", PaginationConfig={"PageSize": 7})
    executions = [one for page in of_job for one in page["executionSummaries"]]
    check("every execution is on one page", len({one["thingArn"] for one in executions}) == 20, len(executions))
    of_thing = iot.get_paginator("list_job_executions_for_thing").paginate(thingName="other-1")
    check("a thing has its execution", [one["jobId"] for page in of_thing for one in page["executionSummaries"]] == ["read"])
    execution = iot.describe_job_execution(jobId="read", thingName="other-1")["execution"]
    check("an execution is described", (execution["executionNumber"], execution["thingArn"]) == (1, thing("other-1")), execution)


def changes(clients, check):
    iot = clients["iot"]
    arn = iot.describe_job(jobId="read")["job"]["jobArn"]
    iot.update_job(jobId="read", description="changed", timeoutConfig={"inProgressTimeoutInMinutes": 7})
    job = iot.describe_job(jobId="read")["job"]
    check("a job is changed", (job["description"], job["timeoutConfig"]) == ("changed", {"inProgressTimeoutInMinutes": 7}), job)
    iot.tag_resource(resourceArn=arn, tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iot.untag_resource(resourceArn=arn, tagKeys=["a"])
    tags = iot.list_tags_for_resource(resourceArn=arn)["tags"]
    check("tags are put and taken away", tags == [{"Key": "b", "Value": "2"}], tags)


def schedules(clients, check):
    iot = clients["iot"]
    window = {"startTime": "cron(0/1 * * * ? *)", "durationInMinutes": 1}
    request = {"targets": [group("ten")], "document": "{}"}
    iot.create_job(**request, jobId="later", schedulingConfig={"startTime": minutes_ahead(32), "endTime": minutes_ahead(90)})
    job = iot.describe_job(jobId="later")["job"]
    check("a job waits for its start", (job["status"], job["schedulingConfig"]["startTime"][:2]) == ("SCHEDULED", "20"), job)
    check("a list by group hides it", code_of(iot.list_jobs, thingGroupName="ten") is None)
    hidden = [one["jobId"] for one in iot.list_jobs(thingGroupName="ten")["jobs"]]
    check("a list by group leaves it out", "later" not in hidden, hidden)
    check("it starts", until(lambda: iot.describe_job(jobId="later")["job"]["status"], "COMPLETED") == "COMPLETED")
    schedule = {"endTime": minutes_ahead(40), "maintenanceWindows": [window]}
    iot.create_job(**request, jobId="windows", targetSelection="CONTINUOUS", schedulingConfig=schedule)
    rollouts = iot.describe_job(jobId="windows")["job"]["scheduledJobRollouts"]
    check("the next windows are announced", len(rollouts) == 7, rollouts)
    status = until(lambda: iot.describe_job(jobId="windows")["job"]["status"], "COMPLETED")
    check("a continuous job completes at its end", status == "COMPLETED", status)


def end_of_jobs(clients, check):
    iot = clients["iot"]
    iot.create_job(jobId="stopped", targets=[group("slow")], document="{}", jobExecutionsRolloutConfig={"maximumPerMinute": 1})
    iot.cancel_job(jobId="stopped", reasonCode="WITHDRAWN", comment="not wanted", force=True)
    job = iot.describe_job(jobId="stopped")["job"]
    seen = (job["status"], job["reasonCode"], job["comment"], job["forceCanceled"])
    check("a job is canceled with its reason", seen == ("CANCELED", "WITHDRAWN", "not wanted", True), seen)
    counts = job["jobProcessDetails"]
    check("nothing of it is left", counts["numberOfQueuedThings"] + counts["numberOfInProgressThings"] == 0, counts)
    check("a job that is over is not canceled", code_of(iot.cancel_job, jobId="whole") == ("InvalidRequestException", 400))
    check("a running job is not deleted", code_of(iot.delete_job, jobId="read") == ("InvalidStateTransitionException", 409))
    iot.delete_job(jobId="read", force=True)
    gone = until(lambda: code_of(iot.describe_job, jobId="read"), ("ResourceNotFoundException", 404))
    check("a job is deleted by force", gone == ("ResourceNotFoundException", 404), gone)
    iot.create_job(jobId="read", targets=[thing("t")], document="{}")


def device(clients, check):
    iot, data, s3 = clients["iot"], clients["iot-jobs-data"], clients["s3"]
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=BUCKET, Key="a b.bin", Body=b"first")["VersionId"]
    s3.put_object(Bucket=BUCKET, Key="a b.bin", Body=b"second")
    data.get_pending_job_executions(thingName="real")
    url = f"${{aws:iot:s3-presigned-url-v2:https://{BUCKET}.s3.{REGION}.amazonaws.com/a%20b.bin%3FversionId%3D{version}}}"
    document = json.dumps({"url": url})
    iot.create_job(jobId="for-real", targets=[thing("real")], document=document, presignedUrlConfig={"roleArn": ROLE})
    for before in (True, False):
        check("the control plane never has URLs", iot.get_job_document(jobId="for-real", beforeSubstitution=before)["document"] == document)
    queued = data.get_pending_job_executions(thingName="real")["queuedJobs"]
    check("the device sees the job", [one["jobId"] for one in queued] == ["for-real"], queued)
    execution = data.start_next_pending_job_execution(thingName="real")["execution"]
    with urllib.request.urlopen(json.loads(execution["jobDocument"])["url"]) as answer:
        body = answer.read()
    check("it downloads the version that the document pins", body == b"first", body)
    details = {"reason": "installed"}
    update = {"jobId": "for-real", "thingName": "real", "status": "SUCCEEDED", "statusDetails": details}
    wrong = code_of(data.update_job_execution, **update, expectedVersion=99)
    check("an unexpected version is a conflict", wrong is not None and wrong[1] == 409, wrong)
    data.update_job_execution(**update, expectedVersion=execution["versionNumber"])
    seen = iot.describe_job_execution(jobId="for-real", thingName="real")["execution"]
    check("the fleet sees what it reported", (seen["status"], seen["statusDetails"]["detailsMap"]) == ("SUCCEEDED", details), seen)
    check("the job is complete", iot.describe_job(jobId="for-real")["job"]["status"] == "COMPLETED")
