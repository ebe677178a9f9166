"""Words that mean the same in every question."""

SKIP = frozenset({"跳过", "无", "没有", "不选", "不填", "不用", "略"})
YES = frozenset({"是", "对", "好", "好的", "要", "确认", "yes", "y"})
NO = frozenset({"否", "不", "不要", "不用", "不是", "no", "n"})


def bare(text: str) -> str:
    return text.strip().strip("。.!！").casefold()
