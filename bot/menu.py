"""The app's menu at the bottom of the chat, and what its keys mean."""

from bot.buttons import Word
from wecom.menu import KeyButton, Menu, Submenu, ViewButton


def menu(public_url: str) -> Menu:
    return Menu(
        button=[
            Submenu(
                name="上报",
                sub_button=[
                    KeyButton(name="监督检查上报", key=Word("上报").pack()),
                    KeyButton(type="pic_photo_or_album", name="拍照上报", key=Word("拍照").pack()),
                    KeyButton(type="location_select", name="发送位置", key=Word("位置").pack()),
                    KeyButton(name="新建通知", key=Word("新建通知").pack()),
                    KeyButton(name="我上报的", key=Word("我上报的").pack()),
                ],
            ),
            Submenu(
                name="待办",
                sub_button=[
                    KeyButton(name="全部待办", key=Word("待办").pack()),
                    KeyButton(name="需我回复的", key=Word("需我回复的").pack()),
                    KeyButton(name="待我审核", key=Word("待我审核").pack()),
                    KeyButton(name="我回复的", key=Word("我回复的").pack()),
                    KeyButton(name="我审核的", key=Word("我审核的").pack()),
                ],
            ),
            Submenu(
                name="我的",
                sub_button=[
                    KeyButton(name="我发送的", key=Word("我发送的").pack()),
                    KeyButton(name="我接收的", key=Word("我接收的").pack()),
                    KeyButton(name="工程", key=Word("工程").pack()),
                    ViewButton(name="首页", url=f"{public_url}/h5/"),
                    KeyButton(name="帮助", key=Word("帮助").pack()),
                ],
            ),
        ]
    )
