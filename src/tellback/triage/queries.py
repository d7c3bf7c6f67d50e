"""What other rooms and the pages may ask."""

from tellback.triage.asked import Asked, Heap, heap, held_by
from tellback.triage.day import Day, Flow, day_in, flow
from tellback.triage.passed import EdgePage, Passed, passed

__all__ = ["Asked", "Day", "EdgePage", "Flow", "Heap", "Passed", "day_in", "flow", "heap", "held_by", "passed"]
