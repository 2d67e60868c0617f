"""How minutes are estimated, and what stands of an entry: the measured minutes where there are any."""

# How an entry's minutes were come by. The words are the formula that is printed beside a figure.
ESTIMATES: dict[str, str] = {
    "cells": "要填的每一项 × 每项分钟，只需确认的按比例折算",
    "visit": "每次到场分钟 × 陪同人数",
    "meeting": "参会人数 ×（会议分钟 + 路途分钟）",
    "pages": "页数 × 每页分钟",
    "platform": "次数 × 每次分钟",
    "spread": "合计分钟按单位平均分摊",
}


def standing_hundredths(estimated: int, measured: int | None) -> int:
    """What is charged, minutes × 100: as measured, else as estimated."""
    return estimated if measured is None else measured
