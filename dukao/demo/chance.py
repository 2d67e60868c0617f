"""Chance from a fixed seed: a draw depends only on what it is drawn for, so a part is as it is in the whole."""

import zlib

import numpy as np
import numpy.typing as npt

SEED = 20261012
Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]


def uniform(what: str, *keys: npt.ArrayLike) -> Floats:
    """Numbers in [0, 1), one for each combination of the (broadcast) keys."""
    mixed = _mix(np.asarray(zlib.crc32(what.encode()) ^ SEED, dtype=np.uint64))
    for key in keys:
        mixed = _mix(mixed ^ np.asarray(key).astype(np.uint64))
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(what: str, *keys: npt.ArrayLike) -> Floats:
    """Standard normal numbers, cut off at ±3 so that no invented village is a freak (Box–Muller)."""
    radius = np.sqrt(-2.0 * np.log1p(-uniform(f"{what}/r", *keys)))
    return np.clip(radius * np.cos(2.0 * np.pi * uniform(f"{what}/a", *keys)), -3.0, 3.0)


def _mix(state: Keys) -> Keys:
    """One step of splitmix64: every bit of the input moves every bit of the output."""
    with np.errstate(over="ignore"):
        state = state + np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return state ^ (state >> np.uint64(31))
