"""Names that the fixed forms of appointments and notices make certain, whatever the lexer takes them for."""

import re

from transforms.name_lexicon import has_surname

_CERTAIN = (
    re.compile("(?:任命|免去|选举|补选|聘任)([\u4e00-\u9fff]{2,4}?)(?:同志)?(?:为(?!为)|的)"),
    re.compile("(?:^|[\\s：:])([\u4e00-\u9fff]{2,4})(?=[，,](?:男|女)(?:[，,（(]|性))"),
    re.compile("(?:^|[\\s：:])([\u4e00-\u9fff]{2,4})(?=[，,]现任)"),
    re.compile(
        "(?:免去|罢免|撤销)((?:(?![的同])[\u4e00-\u9fff]){3})(?=[省市县区镇乡](?:委|人大|政府|政协|人民|[\u4e00-\u9fff]{1,8}[局办院厅]))"
    ),
    re.compile("(?:决定|任命)([\u4e00-\u9fff]{2,4}?)(?:同志)?代理(?=[\u4e00-\u9fff]{2,16}长)"),
    re.compile(
        "(?:^|[\\s：:，；])((?:(?![长书记任委员主席局部厅院年月被将])[\u4e00-\u9fff]){2,4}?)(?<![曾历现原拟已不时先再兼担出调转连会同])(?:同志)?(?:拟|已)?(?:任(?!命)|不再担任|当选为?)"
        "(?=[\u4e00-\u9fff]{2,20}(?:长|主任|书记|主席|委员|常委)(?:[、，。；\\s]|$))"
    ),
)
_CERTAIN_IN_LIST = re.compile(
    "^[\\s0-9、.（）一二三四五六七八九十]*([\u4e00-\u9fff]{2,4}?)(?:同志)?(?:为[\u4e00-\u9fff、]{2,40}(?:长|主任|书记|主席|员|官)|的[^。；]{2,40}职务)"
)
_LONG_IN_LIST = re.compile(
    "^[\\s0-9、.（）一二三四五六七八九十]*((?:(?![的为任免去省市县区旗州局厅部委办院])[\u4e00-\u9fff]){5,8})(?:同志)?(?:为|的)(?=[^。；]{2,40}(?:职务|[长员]|主任|书记)[；;。]?\\s*$)"
)
"""A name written without a surname, of more syllables than two: 宝音德力格尔的水利局局长职务."""


def find_certain_names(text: str, *, in_appointments: bool) -> dict[int, int]:
    """Starts and ends of names that the fixed forms of offices make certain: 任命甲为, 免去甲的, 甲，男，汉族."""
    patterns = (*_CERTAIN, _CERTAIN_IN_LIST) if in_appointments else _CERTAIN
    spans = [m.span(1) for pattern in patterns for m in pattern.finditer(text)]
    found = {start: end for start, end in spans if has_surname(text[start:end]) and end - start <= 4}
    if in_appointments and (listed := _LONG_IN_LIST.search(text)):
        found.setdefault(listed.start(1), listed.end(1))
    return found
