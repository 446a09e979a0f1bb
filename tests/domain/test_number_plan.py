"""Of which province and city a number is."""

from __future__ import annotations

from itertools import pairwise

import pytest

from emulator.domain import number_plan
from emulator.domain.number_plan import Area, area_of

PROVINCES = (
    *("北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江"),
    *("江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南"),
    *("广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "内蒙古"),
    *("广西", "西藏", "宁夏", "新疆"),
)


@pytest.mark.parametrize(
    ("code", "province", "city"),
    [
        ("010", "北京", "北京"),
        ("020", "广东", "广州"),
        ("021", "上海", "上海"),
        ("023", "重庆", "重庆"),
        ("024", "辽宁", "沈阳"),
        ("028", "四川", "成都"),
        ("029", "陕西", "西安"),
        ("0335", "河北", "秦皇岛"),
        ("0349", "山西", "朔州"),
        ("0358", "山西", "吕梁"),
        ("0431", "吉林", "长春"),
        ("0433", "吉林", "延边"),
        ("0471", "内蒙古", "呼和浩特"),
        ("0512", "江苏", "苏州"),
        ("0571", "浙江", "杭州"),
        ("0580", "浙江", "舟山"),
        ("0592", "福建", "厦门"),
        ("0701", "江西", "鹰潭"),
        ("0710", "湖北", "襄阳"),
        ("0731", "湖南", "长沙"),
        ("0755", "广东", "深圳"),
        ("0771", "广西", "南宁"),
        ("0851", "贵州", "贵阳"),
        ("0891", "西藏", "拉萨"),
        ("0898", "海南", "海口"),
        ("0951", "宁夏", "银川"),
        ("0991", "新疆", "乌鲁木齐"),
    ],
)
def test_a_fixed_line_is_where_its_area_code_is(code: str, province: str, city: str) -> None:
    area = Area(province, city)
    assert area_of(f"{code}5120797") == area
    assert area_of(f"{code}65120797") == area
    assert area_of(f"+86 {code.removeprefix('0')} 65120797") == area


@pytest.mark.parametrize(
    "number",
    [
        "02082015268",
        "020-8201 5268",
        "+862082015268",
        "+86 20 8201-5268",
        "+8602082015268",
        "00862082015268",
        "862082015268",
        "8602082015268",
        "020",
        "02095588",
    ],
)
def test_a_number_is_the_same_in_every_spelling(number: str) -> None:
    assert area_of(number) == Area("广东", "广州")


@pytest.mark.parametrize(
    "number", ["13800138000", "+8613800138000", "8613800138000", "013800138000", "138-0013-8000"]
)
def test_a_mobile_number_is_of_a_province(number: str) -> None:
    assert area_of(number) == Area("北京", "北京")


@pytest.mark.parametrize(
    ("number", "province"),
    [("13902210000", "广东"), ("13305710000", "浙江"), ("13980000000", "四川")],
)
def test_of_a_mobile_number_the_city_is_not_known(number: str, province: str) -> None:
    assert area_of(number) == Area(province)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "0",
        "+86",
        "86",
        "95588",
        "82015268",
        "86123456",
        "2082015268",
        "110",
        "12345678901",
        "138001",
        "138001380001",
        "01082015268123",
        "0014155550100",
        "+14155550100",
        "+85221234567",
        "0399",
        "03991234567",
        "abc",
        "020x",
        "sip:02082015268",
        "０２０８２０１５２６８",
        "19000000000",
    ],
)
def test_of_other_numbers_nothing_is_known(number: str) -> None:
    assert area_of(number) is None


def test_every_area_code_is_of_a_province_and_is_found() -> None:
    codes = number_plan._lines("china.csv")
    assert len(codes) == len({code for code, *_ in codes}) == 320
    for code, province, city in codes:
        assert province in PROVINCES
        assert city
        assert not city.endswith(("市", "自治州", "地区", "盟"))
        assert area_of(f"{code}1234567") == Area(province, city)


def test_prefixes_of_mobile_numbers_are_in_order_and_of_provinces() -> None:
    lines = number_plan._lines("china_mobiles.csv")
    firsts = [int(first) for first, _ in lines]
    assert firsts == sorted(set(firsts))
    assert {len(first) for first, _ in lines} == {7}
    assert {province for _, province in lines} == {"", *PROVINCES}
    assert all(one[1] != other[1] for one, other in pairwise(lines))
