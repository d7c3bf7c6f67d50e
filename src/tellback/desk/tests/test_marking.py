import time

from tellback.desk.marking import marked


def test_a_post_full_of_spans_is_drawn_quickly():
    text = "norrtel " * 20_000
    begun = time.perf_counter()
    html = marked(text, match=[(8 * n, 8 * n + 7) for n in range(20_000)])
    assert time.perf_counter() - begun < 1
    assert html.count("<mark") == 300
