"""The rooms of this project and what each imports, read from the import statements; drawn for docs/architecture.md."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from proofs.report.files import written_whole
from proofs.store.dependencies import PACKAGES, ROOT, imported_modules

Graph = dict[str, set[str]]
COLOURS = {"theory": "#cfe3f3", "numerics": "#f7dcc4", "proofs": "#cdeadd"}
WIDTH, HEIGHT, GAP = 1.75, 0.5, 0.62  # inches: size of a box, and the gap between two floors


def room_of(module: str) -> str:
    """The folder that a module stands in, as far as the second level: proofs/kernel, theory/data, numerics."""
    parts = module.split(".")
    inside = len(parts) > 1 and (ROOT / parts[0] / parts[1]).is_dir()
    return "/".join(parts[: 2 if inside else 1])


@cache
def imports() -> Graph:
    """For each room the other rooms that it imports from."""
    graph: Graph = {}
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
        found = {room_of(name) for name in imported_modules(path) if name not in PACKAGES}
        graph.setdefault(room, set()).update(found - {room})
    return graph


def needed(graph: Graph) -> Graph:
    """The graph without the imports that follow from others by way of a third room."""
    reach = {room: set().union(*(reached(graph, other) for other in others)) for room, others in graph.items()}
    return {room: others - reach[room] for room, others in graph.items()}


def reached(graph: Graph, room: str) -> set[str]:
    """The rooms that a room imports from, directly or not."""
    found: set[str] = set()
    waiting = [room]
    while waiting:
        for other in graph[waiting.pop()] - found:
            found.add(other)
            waiting.append(other)
    return found


def floors(graph: Graph) -> list[list[str]]:
    """The rooms by floors, the lowest first: each stands above all that it imports from.

    Raises: ValueError where rooms import each other in a circle.
    """
    order: list[list[str]] = []
    placed: set[str] = set()
    while len(placed) < len(graph):
        floor = sorted(room for room in graph.keys() - placed if graph[room] <= placed)
        if not floor:
            raise ValueError(f"{sorted(graph.keys() - placed)} import each other in a circle")
        order.append(floor)
        placed.update(floor)
    return order


def table() -> str:
    """A table of the rooms, the highest first, with the imports of each that do not follow by way of a third room."""
    graph = imports()
    kept = needed(graph)
    rows = [
        f"| `{room}` | {', '.join(f'`{other}`' for other in sorted(kept[room])) or '–'} |"
        for floor in reversed(floors(graph))
        for room in floor
    ]
    return "\n".join(["| room | stands on |", "|---|---|", *rows])


def draw(path: Path) -> None:
    """Draw the rooms and the imports of `table` as a picture: an arrow goes from a room down to what it imports."""
    graph = imports()
    order, kept = floors(graph), needed(graph)
    width = max(map(len, order)) * (WIDTH + 0.35)
    figure = Figure(figsize=(width, len(order) * (HEIGHT + GAP)))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, len(order) * (HEIGHT + GAP)))
    axes.axis("off")
    place = {
        room: ((k + 0.5) * width / len(floor), (level + 0.5) * (HEIGHT + GAP))
        for level, floor in enumerate(order)
        for k, room in enumerate(floor)
    }
    for room, (x, y) in place.items():
        box = FancyBboxPatch(
            (x - WIDTH / 2, y - HEIGHT / 2),
            WIDTH,
            HEIGHT,
            boxstyle="round,pad=0.02",
            facecolor=COLOURS[room.split("/")[0]],
            edgecolor="#555",
            zorder=2,
        )
        axes.add_patch(box)
        axes.text(
            x, y, room.replace("unconstrained_features", "unconstrained\nfeatures"), ha="center", va="center", fontsize=8, color="#111"
        )
        for other in sorted(kept[room]):
            end_x, end_y = place[other]
            axes.annotate(
                "",
                (end_x, end_y + HEIGHT / 2),
                (x, y - HEIGHT / 2),
                arrowprops={"arrowstyle": "->", "color": "#888", "linewidth": 0.8},
                zorder=1,
            )
    with mpl.rc_context({"svg.hashsalt": "rooms", "svg.fonttype": "none"}), written_whole(path) as draft:
        figure.savefig(draft, format="svg", metadata={"Date": None})
