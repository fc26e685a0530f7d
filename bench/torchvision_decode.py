"""Prints the seconds that torchvision takes to decode and resize Flowers102's train split. Arguments: the dataset's root, pixels per side."""
import sys
import time

import torchvision

root, size = sys.argv[1], int(sys.argv[2])
transform = torchvision.transforms.Compose([torchvision.transforms.Resize((size, size)), torchvision.transforms.ToTensor()])
dataset = torchvision.datasets.Flowers102(root, "train", transform=transform)
start = time.perf_counter()
images = [dataset[i][0] for i in range(len(dataset))]
print(time.perf_counter() - start)
