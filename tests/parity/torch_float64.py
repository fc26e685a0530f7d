"""The notebook's network in PyTorch, in double precision: `torch_float64.py PIXELS LABELS EPOCHS`.

PIXELS and LABELS are files of bytes, (images, 3 * 128 * 128) and (images). Weights, biases and the order of the images come from the formulas of the
goldens (formula.ts), hyperparameters are the notebook's. Prints every step's loss as JSON: for each norm one list per epoch.
"""

import json
import math
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional

UNITS, CLASSES, BATCH, GROUP = 512, 102, 64, 16


def fmix32(x):
    x = numpy.asarray(x, dtype=numpy.uint64) & 0xFFFFFFFF
    x ^= x >> 16
    x = (x * 0x85EBCA6B) & 0xFFFFFFFF
    x ^= x >> 13
    x = (x * 0xC2B2AE35) & 0xFFFFFFFF
    return x ^ (x >> 16)


def unit(stream, count):
    places = numpy.arange(count, dtype=numpy.uint64)
    return fmix32((fmix32(stream) + places) & 0xFFFFFFFF).astype(numpy.float64) / 2**32


def linear(k, inputs, units):
    layer = nn.Linear(inputs, units)
    between = lambda stream, count: torch.from_numpy(((2 * unit(stream, count) - 1) / math.sqrt(inputs)).astype(numpy.float32))
    with torch.no_grad():
        layer.weight.copy_(between(2 * k, inputs * units).reshape(units, inputs))
        layer.bias.copy_(between(2 * k + 1, units))
    return layer


NORMS = {
    "none": lambda: [],
    "batch": lambda: [nn.BatchNorm1d(UNITS)],
    "layer": lambda: [nn.LayerNorm(UNITS)],
    "group": lambda: [nn.GroupNorm(UNITS // GROUP, UNITS)],
}


def network(norm, inputs):
    layers = []
    for k in range(3):
        layers += [linear(k, inputs if k == 0 else UNITS, UNITS), *NORMS[norm](), nn.ReLU()]
    return nn.Sequential(*layers, linear(3, UNITS, CLASSES))


def step_losses(norm, images, labels, epochs):
    net = network(norm, images.shape[1])
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9)
    losses = []
    for epoch in range(epochs):
        order = torch.from_numpy(numpy.lexsort((numpy.arange(len(labels)), unit(2000 + epoch, len(labels)))))
        losses.append([])
        for pick in order.split(BATCH):
            loss = functional.cross_entropy(net(images[pick]), labels[pick])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses[-1].append(loss.item())
    return losses


torch.set_default_dtype(torch.float64)
pixels, labels, epochs = sys.argv[1:]
labels = torch.from_numpy(numpy.fromfile(labels, dtype=numpy.uint8)).long()
images = torch.from_numpy(numpy.fromfile(pixels, dtype=numpy.uint8)).reshape(len(labels), -1).double().div(255)
print(json.dumps({norm: step_losses(norm, images, labels, int(epochs)) for norm in NORMS}))
