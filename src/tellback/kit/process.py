"""What a process that moves many rows does once, at its start."""

import gc


def settle_down() -> None:
    """Tell the garbage collector that what was loaded so far stays, and to look less often.

    A batch makes tens of thousands of small objects that all go by themselves at its end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
