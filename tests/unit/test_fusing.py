"""Two lists made one by places."""

from chat.domain.fusing import Fused, fuse


def test_what_is_in_both_lists_comes_before_what_is_first_in_one() -> None:
    assert fuse(["a", "b"], ["c", "b"]) == [Fused("b", "both"), Fused("a", "text"), Fused("c", "meaning")]


def test_an_empty_list_changes_nothing() -> None:
    assert [one.id for one in fuse([], ["a", "b"])] == ["a", "b"] == [one.id for one in fuse(["a", "b"], [])]
