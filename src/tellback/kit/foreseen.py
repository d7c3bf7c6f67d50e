"""Answers that another process has worked out before they are asked for.

A function that needs nothing but its arguments gives the same answer everywhere, so a second core may give it while the
first one writes to the database. Who asks notices nothing: what was not foreseen is worked out where it is asked.
"""

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Generic, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Foreseeable(Generic[Asked, Answer]):
    """Decorates a pure function of hashable arguments, given by place. `known` holds what is foreseen just now."""

    def __init__(self, function: Callable[Asked, Answer]) -> None:
        self.function = function
        self.known: Mapping[tuple[object, ...], Answer] = {}
        update_wrapper(self, function)

    def __call__(self, *args: Asked.args, **more: Asked.kwargs) -> Answer:
        known = self.known
        return known[args] if args in known else self.function(*args, **more)
