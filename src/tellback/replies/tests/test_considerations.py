import time

from tellback.replies.considerations import consider


def considered(text):
    return consider(text, brand="Norrtel", handle_says_brand=False, over_by=0, audience=1, public=True)


def test_a_text_made_to_be_slow_is_not():
    for nasty in ("1" * 200_000, "a" * 200_000, "a," * 100_000, "İ" * 200_000):
        begun = time.perf_counter()
        considered(nasty)
        assert time.perf_counter() - begun < 0.5


def test_the_five_have_something_to_say():
    met = {
        one.name: one.met for one in considered("This is Ines at Norrtel. See https://norrtel.example/bills, 49 back.")
    }
    assert met == dict.fromkeys(["Transparency", "Sourcing", "Timeliness", "Tone", "Influence"], True)
    open_ones = {one.name for one in considered("CALM DOWN!! The refund is 49") if one.met is False}
    assert open_ones == {"Transparency", "Sourcing", "Tone"}
