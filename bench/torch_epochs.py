"""PyTorch's side of the bench: the notebook's network on Flowers102, one timed epoch per line read from stdin.

Commands: `notebook` (the notebook's own loop, which decodes every JPEG in every epoch), and `none`, `batch`, `layer`, `group`: the network with
that normalisation before the ReLU (groups of 32 channels), from images in memory. Each answers with the seconds that it took, on a line of its own.
"""
import sys, time
import torch, torch.nn as nn, torch.nn.functional as F, torchvision

torch.set_num_threads(int(sys.argv[2]))
transform = torchvision.transforms.Compose([torchvision.transforms.Resize((128, 128)), torchvision.transforms.ToTensor()])
dataset = torchvision.datasets.Flowers102(sys.argv[1], "train", transform=transform)


NORMS = {
    "none": lambda: [],
    "batch": lambda: [nn.BatchNorm1d(512)],
    "layer": lambda: [nn.LayerNorm(512)],
    "group": lambda: [nn.GroupNorm(512 // 32, 512)],
}


def network(norm):
    torch.manual_seed(0)
    layers, inputs = [nn.Flatten()], 3 * 128 * 128
    for units in (512, 512, 512):
        layers += [nn.Linear(inputs, units), *NORMS[norm](), nn.ReLU()]
        inputs = units
    net = nn.Sequential(*layers, nn.Linear(inputs, 102))
    return net, torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9)


def epoch(loader, norm="none"):
    net, optimizer = networks[norm]
    net.train()
    for images, labels in loader:
        loss = F.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()


def preloaded_batches(images, labels):
    order = torch.randperm(len(images))
    for first in range(0, len(images), 64):
        pick = order[first : first + 64]
        yield images[pick], labels[pick]


networks = {norm: network(norm) for norm in NORMS}
items = [dataset[i] for i in range(len(dataset))]
images, labels = torch.stack([image for image, _ in items]), torch.tensor([label for _, label in items])
loader = torch.utils.data.DataLoader(dataset, batch_size=64, shuffle=True)
print(f"ready torch {torch.__version__}", flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    command = line.strip()
    if command == "notebook":
        epoch(loader)
    else:
        epoch(preloaded_batches(images, labels), command)
    print(time.perf_counter() - started, flush=True)
