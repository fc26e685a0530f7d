"""PyTorch's side of the bench: the notebook's network on Flowers102, one timed epoch per line read from stdin.

Commands: `notebook` (the notebook's own loop, which decodes every JPEG in every epoch), and `none`, `batch`, `layer`, `group`: the network with
that normalisation before the ReLU (groups of 32 channels), from images in memory; `queued none` and so on: without reading the loss at every step, which
on a GPU waits for it. Each answers with the seconds that it took, on a line of its own. Arguments: the images' folder, threads, device.
"""
import sys, time
import torch, torch.nn as nn, torch.nn.functional as F, torchvision

torch.set_num_threads(int(sys.argv[2]))
device = torch.device(sys.argv[3])
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
    net = nn.Sequential(*layers, nn.Linear(inputs, 102)).to(device)
    return net, torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9)


def epoch(loader, norm="none", queued=False):
    net, optimizer = networks[norm]
    net.train()
    losses = []
    for images, labels in loader:
        loss = F.cross_entropy(net(images.to(device)), labels.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach() if queued else loss.item())
    if queued:
        torch.stack(losses).tolist()


def preloaded_batches(images, labels):
    order = torch.randperm(len(images)).to(device)
    for first in range(0, len(images), 64):
        pick = order[first : first + 64]
        yield images[pick], labels[pick]


networks = {norm: network(norm) for norm in NORMS}
items = [dataset[i] for i in range(len(dataset))]
images, labels = torch.stack([image for image, _ in items]).to(device), torch.tensor([label for _, label in items]).to(device)
loader = torch.utils.data.DataLoader(dataset, batch_size=64, shuffle=True)
print(f"ready torch {torch.__version__}{f', CUDA {torch.version.cuda}' if device.type == 'cuda' else ''}", flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    command = line.strip()
    if command == "notebook":
        epoch(loader)
    else:
        epoch(preloaded_batches(images, labels), command.split()[-1], command.startswith("queued"))
    if device.type == "cuda":
        torch.cuda.synchronize()
    print(time.perf_counter() - started, flush=True)
