import pytest

from dukao.base.codes import is_citizen_number, is_credit_code, is_unit_code


@pytest.mark.parametrize(("text", "right"), [("11010519491231002X", True), ("440524188001010014", True),
                                             ("110105194912310021", False), ("1101051949123100", False)])
def test_citizen_numbers(text, right):
    assert is_citizen_number(text) is right


@pytest.mark.parametrize(("text", "right"), [("91350100M000100Y43", True), ("91110000802100433B", True),
                                             ("91350100M000100Y44", False), ("91350100M000100I43", False)])
def test_credit_codes(text, right):
    assert is_credit_code(text) is right


def test_unit_codes():
    assert is_unit_code("230202001001")
    assert not is_unit_code("23020200100１")
