"""The model card: what a model was made of, how, and how far it can be trusted."""

import json
import platform
import subprocess
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from .bundle import ROOT, Origin
from .evaluate import always_the_commonest, log_loss, scores
from .learners import PATIENCE, Fitted, Learner
from .parity import onnx_name
from .split import Split
from .table import Table


@dataclass(frozen=True)
class Trained:
    learner: Learner
    path: Path
    fitted: Fitted
    weight: float
    validation: np.ndarray
    """Probabilities of the validation rows, [n, classes], before it had learnt from them too."""
    test: np.ndarray
    """Of the test rows."""


def model_card(
    table: Table, split: Split, members: list[Trained], voted: np.ndarray, origin: Origin, most_rounds: int
) -> dict:
    """voted: the vote's probabilities of the test rows, float64 [n, classes]."""
    truth = table.label[split.test]
    return {
        **({"simulated": True} if origin.simulated else {}),
        "trainedOn": origin.trained_on,
        "pixelsRecipe": table.recipe,
        "data": {
            "file": table.file,
            "sha256": table.sha256,
            "classes": rows_and_fields(table),
            "withoutFeatures": table.without_features,
            "columnsLeftOut": table.empty_columns,
        },
        "pixels": {name: int(part.sum()) for name, part in split.parts()},
        "fields": {name: len(set(table.field[part].tolist())) for name, part in split.parts()},
        **scores(voted, truth, table.classes),
        "alwaysTheCommonest": always_the_commonest(table.label[~split.test], truth),
        "members": [member_card(member, table, split) for member in members],
        "training": {
            "seed": origin.seed,
            "rounds": f"until {PATIENCE} more do not lower the log loss of validation fields; at most {most_rounds}. "
            "Then learnt again, with as many, from training and validation fields",
            "weights": "least log loss of the vote on validation fields, a field counting once",
            "code": code_version(),
            "python": platform.python_version(),
            "libraries": {name: version(name) for name in ("numpy", "scipy", "pandas")}
            | {member.learner.library: member.learner.version for member in members},
        },
    }


def rows_and_fields(table: Table) -> dict:
    rows = Counter(table.label.tolist())
    fields = Counter(index for _, index in set(zip(table.field.tolist(), table.label.tolist())))
    return {name: {"pixels": rows[i], "fields": fields[i]} for i, name in enumerate(table.classes)}


def member_card(member: Trained, table: Table, split: Split) -> dict:
    own = scores(member.test, table.label[split.test], table.classes)
    del own["confusionMatrix"]
    return {
        "file": onnx_name(member.learner.file),
        "library": f"{member.learner.library} {member.learner.version}",
        "weight": member.weight,
        "rounds": member.fitted.rounds,
        "trees": member.fitted.trees,
        "parameters": member.fitted.parameters,
        "validationLogLoss": round(log_loss(member.validation, table.label[split.validation]), 4),
        **own,
    }


def code_version() -> dict:
    """GeoCrop's version and, in a clone of it, the commit; `modified` where files differ from that commit."""
    document = json.loads((ROOT / "package.json").read_text("utf-8"))
    found: dict[str, str | bool] = {"geocrop": document["version"]}
    top = git("rev-parse", "--show-toplevel")
    commit = git("rev-parse", "HEAD")
    if top is not None and commit is not None and Path(top).resolve() == ROOT:
        found["commit"] = commit
        if git("status", "--porcelain", "--untracked-files=no", "--", "engine", "tiler", "package.json"):
            found["modified"] = True
    return found


def git(*arguments: str) -> str | None:
    try:
        return subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
