"""Drives the IoT jobs of an embedded AWS with boto3: python jobs.py ENDPOINT. See README.md."""

import sys

from answers import judge_answers
from clients import connect
from constraints import judge_constraints
from journey import judge_journey
from tally import Tally

endpoint = sys.argv[1]
tally = Tally()
clients = connect(endpoint)
judge_answers(clients, tally)
judge_journey(clients, tally)
judge_constraints(endpoint, tally)
tally.print()
sys.exit(0 if tally.failed == 0 else 1)
