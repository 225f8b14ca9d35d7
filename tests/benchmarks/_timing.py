"""Percentiles of a series of times, in the unit asked for."""

import time

import numpy as np


def cpu_times(action, count, warm_up=200):
    """Thread time of each of `count` calls, s."""
    for _ in range(warm_up):
        action()
    out = np.empty(count)
    for i in range(count):
        before = time.thread_time_ns()
        action()
        out[i] = time.thread_time_ns() - before
    return out * 1e-9


def said(times, unit="µs"):
    """p50 and p99 in words."""
    scale = {"µs": 1e6, "ms": 1e3, "s": 1.0}[unit]
    p50, p99 = np.percentile(times, [50, 99]) * scale
    return f"p50 {p50:.3g} {unit}, p99 {p99:.3g} {unit}"
