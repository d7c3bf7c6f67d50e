import random

from tellback.networks.file import fuzz

SEEDS = [
    b'{"id":"1","text":"no signal","time":"2024-01-01T00:00:00Z","turns":[{"id":"2","text":"x"}]}\n{"id":2}\n',
    b'tweet_id,created_at,airline,author,text\n1,2015-02-22 23:54:36 -0800,United,ines,"a ""b"" c"\n2,x,y,z,"d\ne"\n',
    b'{"columns":{"text":"t","id":"i"},"times":["%d.%m.%Y"],"zone":"UTC","own":["x"]}',
    b'"tweet_id":"1","created_at":"soon","text":"\\ud83d &#xd800;","turns":[[]],"author":3e400}',
]


def spoilt(rng):
    raw = bytearray(rng.choice(SEEDS))
    for _ in range(rng.randrange(6)):
        place = rng.randrange(len(raw) + 1)
        raw[place : place + rng.randrange(3)] = rng.choice(
            [b'"', b",", b"\n", b"\0", b"{", b"9" * 30, b"\xff", b"\\u", b""]
        )
    return bytes(raw)


def test_no_target_crashes():
    rng = random.Random(11)
    for name, (target, answers) in fuzz.targets().items():
        for _ in range(300):
            raw = spoilt(rng)
            try:
                target(raw)
            except answers:
                pass
            except Exception as fault:
                raise AssertionError(f"{name} with {raw!r}") from fault
