"""What its author takes back is gone, also where it came and went in one batch."""

from tellback.flow.incoming import take_in
from tellback.kit.clock import now
from tellback.listen.models import Mention, Post
from tellback.networks.contract import Parcel
from tellback.networks.keeping import Arrival
from tellback.networks.models import RawItem
from tellback.networks.paper.adapter import payload


def test_a_post_taken_back_in_the_batch_that_brought_it_is_never_read(world):
    said = payload("a", "colm.ferris", "@norrtel my bank number ends in 31 07", url="https://x.example/a")
    gone = payload("a", "colm.ferris", "", deleted=True)
    take_in([Arrival(world.paper, Parcel("a", text), now()) for text in (said, gone)])
    post = Post.objects.get()
    assert (post.text, post.url, bool(post.deleted_at)) == ("", "", True)
    assert not RawItem.objects.filter(payload__contains="31 07").exists()
    assert not Mention.objects.exists()


def test_a_post_that_stays_keeps_its_words(world):
    take_in([Arrival(world.paper, Parcel("a", payload("a", "colm.ferris", "@norrtel hello there")), now())])
    assert Post.objects.get().text == "@norrtel hello there"
