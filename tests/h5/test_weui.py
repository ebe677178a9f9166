"""What is sent of WeUI's styles."""

from h5.weui import needed


def test_rules_whose_classes_no_page_names_are_left_out() -> None:
    styles = (
        "/*! whose they are */.weui-btn,.weui-cell .weui-btn{color:red}/* more */.weui-picker{top:0}body{--a:1}"
        "@media print{.weui-picker{top:1px}}@media(min-width:9px){.weui-btn:not(.weui-cell){top:2px}.weui-btn{top:3px}}"
        "@keyframes turn{0%{top:0}100%{top:9px}}.weui-icon-info{top:4px}"
    )
    assert needed(styles, ['<i class="weui-icon-{{ icon }}">', 'one.className = "weui-btn";']) == (
        "/*! whose they are */.weui-btn{color:red}body{--a:1}"
        "@media(min-width:9px){.weui-btn{top:3px}}"
        "@keyframes turn{0%{top:0}100%{top:9px}}.weui-icon-info{top:4px}"
    )
