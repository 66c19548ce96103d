"""One network in a plain torch loop: what runs that are trained together are held against, in results and in time."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from numerics.networks import data, training
from numerics.networks.model import initial_parameters

CPU = torch.device("cpu")


class Net(torch.nn.Module):
    """The same network by torch's own layers."""

    def __init__(self, plan, seed):
        super().__init__()
        self.plan = plan
        if plan.width:
            self.hidden = torch.nn.Linear(plan.pixels**2, plan.width, bias=False)
            self.classifier = torch.nn.Linear(plan.width, 10, bias=False)
            self.load_state_dict(training.start(plan, seed))
            return
        widths = (1, *plan.channels)
        self.convolutions = torch.nn.ModuleList(torch.nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, plan.channels, strict=False))
        start = initial_parameters(plan.channels, plan.pixels, plan.init_scale, seed)
        self.classifier = torch.nn.Linear(start["classifier.weight"].shape[1], 10)
        self.load_state_dict(
            {name.replace("convolution", "convolutions.") if "classifier" not in name else name: value for name, value in start.items()}
        )
        if not plan.classifier_bias:
            torch.nn.init.zeros_(self.classifier.bias).requires_grad_(False)

    def forward(self, images):
        if self.plan.width:
            return self.classifier(self.hidden(images.flatten(1)))
        hidden = images[:, None]
        for convolution in self.convolutions:
            hidden = torch.relu(convolution(hidden))
        hidden = hidden.flatten(1)
        return self.classifier(hidden - hidden.mean(0) if self.plan.centred else hidden)


def trained_alone(plan, images, loss, gamma, seed, device=CPU, dtype=torch.float32):
    """The plain loop: one network, autograd and a step of SGD; its training logits at the end.

    Arguments: `dtype`, the precision of images, parameters and steps.
    """
    labels = torch.tensor(plan.counts.labels, device=device)
    chosen = data.subset(images[0].labels, plan.counts, seed)
    pixels = (
        torch.randn((60_000, plan.pixels, plan.pixels), generator=torch.Generator().manual_seed(0))[chosen]
        if plan.noise
        else training.standardised(plan, images[0].pixels[chosen], 0)
    ).to(device, dtype)
    each = [float(n) ** -float(gamma) for n in plan.counts.per_class]
    mass = sum(n * weight for n, weight in zip(plan.counts.per_class, each, strict=True))
    weights = torch.tensor([weight * plan.counts.n / mass for weight in each], dtype=dtype, device=device)
    net, scale = Net(plan, seed).to(device, dtype), plan.output_scale or 1
    with torch.no_grad():
        at_start = scale * net(pixels) if plan.output_scale else torch.zeros((len(pixels), 10), device=device)
    moving = [value for value in net.parameters() if value.requires_grad]
    optimizer = torch.optim.SGD(moving, lr=plan.step_sizes[plan.losses.index(loss)] / scale**2)
    for step in range(plan.steps):
        places = plan.batch_at(seed, step)
        places = torch.arange(plan.counts.n, device=device) if places is None else torch.tensor(places, device=device)
        output, target = scale * net(pixels[places]) - at_start[places], labels[places]
        if loss == "cross-entropy":
            each = F.cross_entropy(output, target, reduction="none")
        else:
            each = F.mse_loss(output, F.one_hot(target, 10).to(dtype) - 0.1, reduction="none").sum(1) / 2
        optimizer.zero_grad()
        (weights[target] * each).mean().backward()
        optimizer.step()
    with torch.no_grad():
        return scale * net(pixels) - at_start, labels
