"""Fit the trees of `src/ingest/extract/lines.json`: run by train_lines.py in an environment with numpy and scikit-learn.

    fit_lines.py ROWS.json OUT_FOLDER

ROWS.json names the columns; the rows, labels, weights and folds of each of the two models lie beside it (float32). Written
are both models for each fold, trained on the other folds, and `lines.json`, trained on all.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

SEED = 0
FORM = {"max_iter": 150, "learning_rate": 0.08, "max_leaf_nodes": 16, "min_samples_leaf": 120, "l2_regularization": 5.0}


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


def fitted(
    rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, chosen: np.ndarray
) -> HistGradientBoostingClassifier:
    model = HistGradientBoostingClassifier(random_state=SEED, early_stopping=False, **FORM)
    return model.fit(rows[chosen], labels[chosen] >= 0.5, sample_weight=weights[chosen])


def described(model: HistGradientBoostingClassifier) -> dict:
    trees = [tree(predictors[0].nodes, 0) for predictors in model._predictors]
    return {"start": round(float(model._baseline_prediction[0][0]), 4), "trees": trees}


def tree(nodes: np.ndarray, number: int) -> list | float:
    node = nodes[number]
    if node["is_leaf"]:
        return round(float(node["value"]), 4)
    threshold = float(f"{float(node['num_threshold']):.6g}")
    return [int(node["feature_idx"]), threshold, tree(nodes, int(node["left"])), tree(nodes, int(node["right"]))]


main()
