"""Drives a service through the client that openapi-python-client has made; prints what came of it as JSON."""

import json
import sys
import time

from trainyard_client import Client
from trainyard_client.api.experiments import get_experiment, submit_experiment
from trainyard_client.api.probes import submit_probe
from trainyard_client.api.results import list_epochs
from trainyard_client.models import (
    EpochList,
    Experiment,
    ExperimentRequest,
    ExperimentRequestDataset,
    ExperimentState,
    Probe,
    ProbeRequest,
    Problem,
)

client = Client(base_url=sys.argv[1], timeout=90)

request = ExperimentRequest(dataset=ExperimentRequestDataset.SYNTHETIC_FLOWERS, image_size=16, layer_sizes=[32, 16], epochs=3, lr=0.01)
submitted = submit_experiment.sync(client=client, body=request)
assert isinstance(submitted, Experiment), submitted

experiment = submitted
while experiment.state not in (ExperimentState.COMPLETED, ExperimentState.FAILED, ExperimentState.CANCELED):
    time.sleep(0.2)
    experiment = get_experiment.sync(submitted.id, client=client)
    assert isinstance(experiment, Experiment), experiment

epochs = list_epochs.sync(submitted.id, client=client)
assert isinstance(epochs, EpochList), epochs

refused = submit_experiment.sync_detailed(client=client, body=ExperimentRequest(epochs=0))
assert isinstance(refused.parsed, Problem), refused
missing = get_experiment.sync("0000000000000000", client=client)
assert isinstance(missing, Problem), missing

probe = submit_probe.sync(client=client, body=ProbeRequest(depths=[0, 2], width=8, image_size=8), prefer="wait=60")
assert isinstance(probe, Probe), probe

print(
    json.dumps(
        {
            "id": experiment.id,
            "state": experiment.state,
            "layerSizes": experiment.config.layer_sizes,
            "losses": [epoch.loss for epoch in epochs.items],
            "years": sorted({epoch.at.year for epoch in epochs.items}),
            "refused": {"status": refused.status_code, "code": refused.parsed.code, "pointers": [e.pointer for e in refused.parsed.errors]},
            "missing": missing.code,
            "probe": {"state": probe.state, "cells": [[cell.depth, cell.norm] for cell in probe.results]},
        }
    )
)
