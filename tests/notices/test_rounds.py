"""Finding by finding: one bad answer does not send eleven good ones back (BY-04)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from notices.rounds import Answer, Answers, Progress, Standing, Verdict, Verdicts

TODAY = date(2026, 11, 21)


def answers(*findings: int, said: str = "已按要求整改") -> list[Answer]:
    return [Answer(finding=n, statement=said, photos=[10 + n], done_on=date(2026, 11, 20)) for n in findings]


def verdicts(accepted: list[int], returned: list[int]) -> list[Verdict]:
    well = [Verdict(finding=n, accepted=True) for n in accepted]
    return well + [Verdict(finding=n, accepted=False, reason="照片看不清") for n in returned]


def test_a_new_notice_owes_everything() -> None:
    progress = Progress(5)
    assert (progress.owed(), progress.headline, progress.done) == ([1, 2, 3, 4, 5], "第1轮，5项中剩5项", False)


def test_two_of_five_come_back_and_only_these_go_round_again() -> None:
    first = Progress(5).replied(answers(1, 2, 3, 4, 5), TODAY)
    assert (first.owed(), first.to_judge(), first.headline) == ([], [1, 2, 3, 4, 5], "第1轮，5项中剩5项")
    judged = first.judged(verdicts([1, 3, 5], [2, 4]))
    assert (judged.owed(), judged.headline, judged.reason(2)) == ([2, 4], "第2轮，5项中剩2项", "照片看不清")
    again = judged.replied(answers(2, 4, said="已重新拍照"), TODAY)
    assert (again.to_judge(), again.standing(1)) == ([2, 4], Standing.ACCEPTED)
    done = again.judged(verdicts([2, 4], []))
    assert (done.done, done.headline) == (True, "5项全部通过")


def test_a_second_round_opens_the_old_answer() -> None:
    judged = Progress(1).replied(answers(1, said="已整改"), TODAY).judged(verdicts([], [1]))
    assert judged.last_answer(1) == answers(1, said="已整改")[0]


def test_what_is_missing_is_named() -> None:
    with pytest.raises(BadInput, match="还有第2、4条没有回复，请补齐后再提交。"):
        Progress(5).replied(answers(1, 3, 5), TODAY)


def test_what_was_accepted_cannot_be_answered_again() -> None:
    judged = Progress(2).replied(answers(1, 2), TODAY).judged(verdicts([1], [2]))
    with pytest.raises(BadInput, match="第1条现在不需要回复，请刷新后再试。"):
        judged.replied(answers(1, 2), TODAY)


def test_a_second_reviewer_comes_too_late() -> None:
    judged = Progress(1).replied(answers(1), TODAY).judged(verdicts([1], []))
    with pytest.raises(BadInput, match="第1条现在不需要审核，请刷新后再试。"):
        judged.judged(verdicts([], [1]))


def test_nothing_is_put_right_tomorrow() -> None:
    ahead = [Answer(finding=1, statement="将整改", done_on=date(2026, 11, 22))]
    with pytest.raises(BadInput, match="第1条的整改完成日期还没有到，请改为实际完成的日期。"):
        Progress(1).replied(ahead, TODAY)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (answers(1, 1), "第1条写了两次，请只保留一次。"),
        (answers(2, said=" "), "请填写第2条的整改说明。"),
        (answers(2, said="改" * 1001), "第2条的整改说明最多1000个字，请精简后重发。"),
    ],
)
def test_an_answer_that_does_not_do(given: list[Answer], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Answers().check(given)


def test_a_return_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="请填写第3条退回的原因。"):
        Verdicts().check([Verdict(finding=3, accepted=False, reason="  ")])


def test_how_they_read_on_a_card() -> None:
    given = [one.model_dump(mode="json") for one in answers(1, 2)]
    judged = [one.model_dump(mode="json") for one in verdicts([1], [2])]
    assert (Answers().show(given, {}), Answers().gist(given)) == ("2条，照片2张", "1.已按要求整改；2.已按要求整改")
    assert (Verdicts().show(judged, {}), Verdicts().gist(judged)) == ("通过1条，退回1条", "2.照片看不清")
    assert list(Answers().attachments(given)) == [11, 12]


@given(st.integers(1, 12), st.lists(st.lists(st.booleans(), min_size=12, max_size=12), min_size=1, max_size=6))
def test_whatever_the_reviewer_decides_each_round_owes_what_the_last_returned(
    count: int, decided: list[list[bool]]
) -> None:
    progress = Progress(count)
    for choices in decided:
        owed = progress.owed()
        if not owed:
            break
        progress = progress.replied(answers(*owed), TODAY)
        kept = [n for n in owed if choices[n - 1]]
        progress = progress.judged(verdicts(kept, [n for n in owed if n not in kept]))
        assert progress.owed() == [n for n in owed if n not in kept]
    assert progress.done == (not progress.owed())
