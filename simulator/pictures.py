"""The supplied photos of a site that does not exist: most come as a pair, the fault and its repair."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from zlib import crc32

from simulator.painting import concrete, edges, equipment, ground, scaffolds
from simulator.painting.canvas import Canvas


@dataclass(frozen=True, slots=True)
class Picture:
    id: str
    caption: str
    paint: Callable[[Canvas], None]


PICTURES: list[Picture] = [
    Picture("edge-open", "楼层临边没有防护栏杆", partial(edges.floor_edge, guarded=False)),
    Picture("edge-guarded", "临边栏杆已装好（整改后）", partial(edges.floor_edge, guarded=True)),
    Picture("opening-bare", "楼面洞口没有盖板", partial(edges.opening, covered=False)),
    Picture("opening-covered", "洞口已加盖固定（整改后）", partial(edges.opening, covered=True)),
    Picture("scaffold-loose", "外脚手架缺连墙件，架体外倾", partial(scaffolds.scaffold, tied=False)),
    Picture("scaffold-tied", "连墙件已补齐（整改后）", partial(scaffolds.scaffold, tied=True)),
    Picture("box-open", "配电箱敞开，电线裸露，地面积水", partial(equipment.electric_box, locked=False)),
    Picture("box-locked", "配电箱已上锁（整改后）", partial(equipment.electric_box, locked=True)),
    Picture("honeycomb", "柱根蜂窝", partial(concrete.column, repaired=False)),
    Picture("honeycomb-repaired", "柱根已修补找平（整改后）", partial(concrete.column, repaired=True)),
    Picture("exposed-rebar", "梁底露筋锈蚀", concrete.exposed_rebar),
    Picture("rebar-mat", "楼板钢筋绑扎，量间距", concrete.rebar_mat),
    Picture("pit-bare", "深基坑没有支护，坑底积水", partial(ground.pit, supported=False)),
    Picture("pit-supported", "基坑支护与栏杆（整改后）", partial(ground.pit, supported=True)),
    Picture("slab-props", "模板支架缺扫地杆", scaffolds.slab_props),
    Picture("crane-load", "塔吊吊物下方有人", ground.crane_load),
    Picture("no-helmet", "作业人员没戴安全帽", ground.no_helmet),
    Picture("fire-empty", "消防箱里没有灭火器", partial(equipment.fire_point, complete=False)),
    Picture("fire-complete", "灭火器已配齐（整改后）", partial(equipment.fire_point, complete=True)),
]

_BY_ID = {picture.id: picture for picture in PICTURES}


@cache
def draw(picture_id: str) -> bytes:
    """A JPEG of 1600 by 1200 points, always the same. Raises KeyError for an unknown id."""
    canvas = Canvas(seed=crc32(picture_id.encode()))
    _BY_ID[picture_id].paint(canvas)
    return canvas.jpeg()
