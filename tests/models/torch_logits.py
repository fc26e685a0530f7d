"""Logits of exported models by PyTorch: `torch_logits.py FOLDER NAME…`; each FOLDER/NAME holds module.py, model.safetensors and
images.bin. Prints one JSON object, name → { logits, batchesTracked }."""

import json
import os
import runpy
import sys

import numpy
import torch
from safetensors.torch import load_file

IMAGES = 3


def answer(folder: str) -> dict:
    model = runpy.run_path(os.path.join(folder, "module.py"))["MyModel"]()
    model.load_state_dict(load_file(os.path.join(folder, "model.safetensors")), strict=True)
    model.eval()
    pixels = numpy.fromfile(os.path.join(folder, "images.bin"), dtype="<f4")
    size = round((len(pixels) / IMAGES / 3) ** 0.5)
    with torch.no_grad():
        logits = model(torch.from_numpy(pixels).reshape(IMAGES, 3, size, size))
    tracked = [int(value) for name, value in model.state_dict().items() if name.endswith("num_batches_tracked")]
    return {"logits": logits.flatten().tolist(), "batchesTracked": tracked}


folder, *names = sys.argv[1:]
print(json.dumps({name: answer(os.path.join(folder, name)) for name in names}))
