"""PyTorch's side of runs that begin here with its weights: `torch_begin.py FOLDER EPOCHS LR MOMENTUM BATCH NAME…`.

Each FOLDER/NAME holds module.py, and images and labels of both splits as bytes: train.bin (images, 3 * size * size), train-labels.bin (images), the same of
val, and order.bin (epochs, images) of int32. Writes NAME/begin.safetensors, a module as it comes from PyTorch that has seen a few batches, and
NAME/end.safetensors, the same after SGD. Prints one JSON object, name → { losses, evalLosses } with a number for each epoch."""

import json
import os
import runpy
import sys

import numpy
import torch
from safetensors.torch import save_file
from torch.nn import functional


def images_of(folder: str, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    labels = torch.from_numpy(numpy.fromfile(os.path.join(folder, f"{split}-labels.bin"), dtype=numpy.uint8)).long()
    pixels = torch.from_numpy(numpy.fromfile(os.path.join(folder, f"{split}.bin"), dtype=numpy.uint8)).reshape(len(labels), -1)
    return pixels.float().div(255), labels


def begin(folder: str) -> dict:
    (images, labels), (val_images, val_labels) = images_of(folder, "train"), images_of(folder, "val")
    order = torch.from_numpy(numpy.fromfile(os.path.join(folder, "order.bin"), dtype=numpy.int32).reshape(EPOCHS, -1)).long()
    torch.manual_seed(1)
    model = runpy.run_path(os.path.join(folder, "module.py"))["MyModel"]()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 1:  # norms do not come as ones and zeros
                parameter.add_(torch.empty_like(parameter).uniform_(-0.2, 0.2))
        for first in (0, 300, 600):  # batch norm's averages are none of a fresh module
            model(images[first : first + 200])
    save_file(model.state_dict(), os.path.join(folder, "begin.safetensors"))
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)
    losses, eval_losses = [], []
    for epoch in order:
        model.train()
        steps = []
        for pick in epoch.split(BATCH):
            loss = functional.cross_entropy(model(images[pick]), labels[pick])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            steps.append(loss.item())
        losses.append(sum(steps) / len(steps))
        model.eval()
        with torch.no_grad():
            eval_losses.append(functional.cross_entropy(model(val_images), val_labels).item())
    save_file(model.state_dict(), os.path.join(folder, "end.safetensors"))
    return {"losses": losses, "evalLosses": eval_losses}


folder, epochs, lr, momentum, batch, *names = sys.argv[1:]
EPOCHS, LR, MOMENTUM, BATCH = int(epochs), float(lr), float(momentum), int(batch)
print(json.dumps({name: begin(os.path.join(folder, name)) for name in names}))
