"""Pages in Traditional Chinese, down to the names that come from the database."""

from django.conf import settings

from dukao.web.traditional import traditional_page


def test_what_is_read_is_converted_and_what_is_sent_back_is_not():
    page = (
        '<h1 title="东县">东县</h1><option value="东县">东县</option><textarea name="a">东县</textarea>'
        '<input value="东县" placeholder="东县"><p>12 units</p>'
    )
    assert traditional_page(page) == (
        '<h1 title="東縣">東縣</h1><option value="东县">東縣</option><textarea name="a">东县</textarea>'
        '<input value="东县" placeholder="東縣"><p>12 units</p>'
    )


def test_a_unit_page_is_traditional_throughout(as_, city):
    sam = as_("sam")
    sam.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hant"
    page = sam.get(f"/units/{city.code['东县']}/").content.decode()
    assert "東縣" in page
    assert "东县" not in page
    sam.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert "东县" in sam.get(f"/units/{city.code['东县']}/").content.decode()
