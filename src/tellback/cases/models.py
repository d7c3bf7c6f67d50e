from tellback.cases.case import Assignment, Case, Clock, Closure, Entry, Snooze, Strand, Tag

__all__ = ["Assignment", "Case", "Clock", "Closure", "Entry", "Snooze", "Strand", "Tag"]
