import { CLASSES, type ExperimentConfig } from '@trainyard/contracts'

/** The notebook's MyModel for this config, as Python source; its parameters have the names that model.safetensors has. */
export function pytorchModule(config: ExperimentConfig): string {
  const { imageSize, layerSizes } = config
  return `"""The network of a Trainyard experiment, as the class notebook writes it.

${describe(config)}
"""
import torch


class MyModel(torch.nn.Module):
    def __init__(self, layer_size=[${layerSizes.join(', ')}]) -> None:
        super().__init__()
        layers = [torch.nn.Flatten()]
        c = ${imageSize} * ${imageSize} * 3
        for s in layer_size:
${hiddenLayer(config)
  .map((line) => `            ${line}\n`)
  .join('')}            c = s
        layers.append(torch.nn.Linear(c, ${CLASSES}${linearOptions(config)}))

        # we use Sequential to stack the layers in order.
        self.model = torch.nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


if __name__ == "__main__":
    # python module.py model.safetensors photo.jpg
    import sys

    import torchvision
    from PIL import Image, ImageOps
    from safetensors.torch import load_file

    model = MyModel()
    model.load_state_dict(load_file(sys.argv[1]))
    model.eval()
    transform = torchvision.transforms.Compose(
        [torchvision.transforms.Resize((${imageSize}, ${imageSize})), torchvision.transforms.ToTensor()]
    )
    photo = ImageOps.exif_transpose(Image.open(sys.argv[2]))  # upright, as its camera says
    image = transform(photo.convert("RGB"))
    with torch.no_grad():
        probabilities = model(image[None]).softmax(1)[0]
    for probability, label in zip(*probabilities.topk(5)):
        print(f"class {label.item()}: {probability.item():.4f}")
`
}

function describe({ dataset, imageSize, layerSizes, norm, normPosition, lr, momentum, batchSize, epochs, seed }: ExperimentConfig): string {
  const hidden = layerSizes.length === 0 ? 'no hidden layer' : `hidden layers of ${layerSizes.join(', ')} units`
  const normed = normPosition === null ? 'no normalisation' : `${norm} norm ${normPosition} the ReLU`
  return `Trained on ${dataset} at ${imageSize} x ${imageSize}: ${hidden}, ${normed};
SGD with lr ${lr} and momentum ${momentum}, batches of ${batchSize}, ${epochs} epochs, seed ${seed}.`
}

function hiddenLayer(config: ExperimentConfig): string[] {
  const linear = `layers.append(torch.nn.Linear(c, s${linearOptions(config)}))`
  const relu = 'layers.append(torch.nn.ReLU())'
  const norm = normModule(config)
  if (norm === null) return [linear, relu]
  return config.normPosition === 'before' ? [linear, norm, relu] : [linear, relu, norm]
}

const linearOptions = ({ bias }: ExperimentConfig): string => (bias ? '' : ', bias=False')

function normModule({ norm, normPosition, normAffine, groupSize }: ExperimentConfig): string | null {
  if (norm === 'none' || normPosition === null) return null
  const plain = `${norm === 'layer' ? 'elementwise_affine' : 'affine'}=False`
  const units = norm === 'group' ? `s // ${groupSize}, s` : 's'
  return `layers.append(torch.nn.${NORM_MODULES[norm]}(${units}${normAffine ? '' : `, ${plain}`}))`
}

const NORM_MODULES = { batch: 'BatchNorm1d', layer: 'LayerNorm', group: 'GroupNorm' }
