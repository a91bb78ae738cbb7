"""Fit the trees of `src/ingest/extract/lines.json`: run by train_lines.py in an environment with numpy and lightgbm.

    fit_lines.py ROWS.json OUT_FOLDER

ROWS.json names the columns; the rows, labels, weights and folds of each of the two models lie beside it (float32). Written
are both models for each fold, trained on the other folds, and `lines.json`, trained on all.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import lightgbm
import numpy as np

ROUNDS = 100  # 60 with a rate of 0.15 read a row in 0.6 of the time, and lose .001 of F1
FORM = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 16,
    "min_data_in_leaf": 60,
    "lambda_l2": 5.0,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text())
    folder, out = Path(sys.argv[1]).parent, Path(sys.argv[2])
    models: dict[str, dict] = defaultdict(lambda: dict(given))
    for name in ("alone", "aided"):
        rows, labels, weights, folds = (
            np.fromfile(folder / f"{name}-{column}.f32", dtype=np.float32)
            for column in ("rows", "labels", "weights", "folds")
        )
        rows = rows.reshape(-1, len(given["names"]))
        for fold in sorted(set(folds.astype(int).tolist())):
            models[f"fold{fold}"][name] = described(fitted(rows, labels, weights, folds != fold))
        models["lines"][name] = described(fitted(rows, labels, weights, folds >= 0))
    for name, model in models.items():
        text = json.dumps(model, separators=(",", ":")).replace("],[", "],\n[")
        (out / f"{name}.json").write_text(text + "\n")


def fitted(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, chosen: np.ndarray) -> lightgbm.Booster:
    known = lightgbm.Dataset(rows[chosen], labels[chosen] >= 0.5, weight=weights[chosen])
    return lightgbm.train(FORM, known, ROUNDS)


def described(model: lightgbm.Booster) -> dict:
    """The first tree holds the score to start from."""
    trees = model.dump_model()["tree_info"]
    return {"start": 0.0, "trees": [branch(tree["tree_structure"]) for tree in trees]}


def branch(node: dict) -> list | float:
    if "leaf_value" in node:
        return round(node["leaf_value"], 4)
    threshold = float(f"{node['threshold']:.6g}")
    return [node["split_feature"], threshold, branch(node["left_child"]), branch(node["right_child"])]


main()
