"""A rater on a phone takes two taps and finds the rating in the log; a bad one becomes an order and is rated again."""

import re
from datetime import timedelta

import pytest

from dukao.voice import actions
from tests.ballot_boxes import free_ports, running_boxes
from tests.voice.polled import NOW, opened, paper_of, rated

_NARROW = {"width": 320, "height": 640}


@pytest.fixture
def box_ports(monkeypatch):
    """Where issuer and board will listen: the pages have to know before they are served."""
    ports = free_ports(2)
    for name, port in zip(("ISSUER", "BOARD"), ports, strict=True):
        monkeypatch.setenv(f"DUKAO_{name}_URL", f"http://127.0.0.1:{port}")
    return ports


@pytest.fixture
def site(box_ports, site):
    return site


@pytest.fixture
def boxes(site, box_ports, tmp_path, settings):
    """Issuer and board beside the pages, which are the only ones that may ask them."""
    with running_boxes(tmp_path, origins=site, ports=box_ports) as running:
        settings.ISSUER_URL, settings.BOARD_URL, settings.VAR = running.issuer, running.board, running.var
        settings.BALLOT_MIX_SECONDS = 0
        yield running


@pytest.fixture
def tax(boxes, city):
    """The tax bureau's paper, with four good ratings on the board."""
    paper = paper_of(opened(city), "税务局")
    rated(boxes, city, paper, [1, 1, 2, 2])
    return paper


def test_a_rating_in_two_taps_its_place_in_the_log_and_what_came_of_it(tax, boxes, city, person):
    poll, round_code = tax.round.poll.code, tax.round.code
    actions.gather_ratings(at=NOW)
    tara = person("tara")
    tara.goes_to(f"/polls/{poll}/{round_code}/")
    tara.page.wait_for_selector("td:has-text('税务局')")
    tara.looked_at("poll-of-the-rated")
    assert "非常满意 2" not in tara.page.content()

    sam = person("sam")
    sam.goes_to(f"/polls/{poll}/{round_code}/")
    sam.looked_at("poll-open")
    sam.page.select_option("#cards-paper", tax.short)
    sam.page.fill("#count", "2")
    sam.page.get_by_role("button", name="做好卡片，马上打印").click()
    card = sam.page.inner_text(".rating-card-code >> nth=0")
    sam.looked_at("poll-cards")

    rater = person(phone=True)
    page = rater.page
    rater.goes_to(f"/rate/{tax.short}/#{card.partition('-')[2]}")
    page.wait_for_selector("legend:has-text('这次办事')")
    assert "#" not in page.url
    rater.looked_at("rate-ask")
    page.locator("[data-ask] label.level:has-text('非常不满意')").tap()
    page.get_by_text("还想说几句").tap()
    page.fill("#comment", "我叫张三，跑了三趟")
    rater.looked_at("rate-chosen")
    page.get_by_role("button", name="交给计票箱").tap()
    page.wait_for_selector("h2:has-text('已经投进计票箱')")
    # A rating enters the log when it is mixed with the others, which may be a moment later: one looks again.
    in_the_log = page.locator("[data-log]:has-text('在。公开日志共 5 份')")
    for _look in range(100):
        if in_the_log.count():
            break
        page.locator("[data-check]").tap()
        page.wait_for_timeout(300)
    in_the_log.wait_for()
    rater.looked_at("rate-done")
    secret = page.inner_text("[data-secret]")
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", secret)
    number = page.inner_text("[data-number]")

    # The same card again, on another phone, and one that was never printed.
    other = person(viewport=_NARROW, is_mobile=True, has_touch=True)
    other.goes_to("/rate/")
    other.looked_at("rate-enter")
    for code, told in ((card, "这个码已经用过"), (f"{tax.short}-0000-0000-0000-0000", "没有这个码")):
        other.goes_to("/rate/")
        other.page.fill("#code", code.lower())
        other.page.get_by_role("button", name="去评价").tap()
        other.page.locator("[data-ask] label.level").first.tap()
        if told == "这个码已经用过":
            other.looked_at("rate-narrow")
        other.page.get_by_role("button", name="交给计票箱").tap()
        other.page.wait_for_selector(f"h2:has-text('{told}')")
    other.looked_at("rate-refused")

    actions.gather_ratings(at=NOW)
    actions.gather_ratings(at=NOW + timedelta(days=1))
    tara.goes_to("/orders/")
    tara.looked_at("orders-of-the-rated")
    tara.page.click("td a:has-text('非常不满意')")
    tara.page.wait_for_selector("dd:has-text('我叫〔姓名〕，跑了三趟')")
    tara.looked_at("order-received")
    tara.page.fill("#found", "材料清单不全，属实")
    tara.page.get_by_role("button", name="记下核实结果").click()
    tara.page.fill("#answer", "清单已补全，一次告知")
    tara.looked_at("order-verified")
    tara.page.get_by_role("button", name="答复，请群众再评一次").click()
    tara.page.wait_for_selector(".notice:has-text('答复已送到')")

    page.reload()
    page.wait_for_selector("blockquote:has-text('清单已补全，一次告知')")
    rater.looked_at("rate-answered")
    page.locator("[data-second] label.level").nth(1).tap()
    page.get_by_role("button", name="再评一次").tap()
    page.wait_for_selector("text=您已经再评过一次")

    # With what stands on the receipt alone, on any phone: whether the rating is in the log, and the answer.
    other.goes_to("/rate/")
    other.page.fill("#receipt", number.lower())
    other.page.get_by_role("button", name="查一查").tap()
    other.page.wait_for_selector("[data-looked]:has-text('在。公开日志共 5 份')")
    other.looked_at("rate-looked-up")
    other.goes_to("/rate/")
    other.page.fill("#receipt", secret)
    other.page.get_by_role("button", name="查一查").tap()
    other.page.wait_for_selector("blockquote:has-text('清单已补全')")

    actions.gather_ratings(at=NOW + timedelta(days=1))
    sam.goes_to("/orders/")
    sam.page.wait_for_selector("td:has-text('已办结')")
    sam.looked_at("orders-of-the-office")
    actions.close_round(round=round_code, by=city.actor["sam"], at=NOW)
    stranger = person(phone=True)
    stranger.goes_to("/ratings/")
    stranger.page.click("td a")
    stranger.page.wait_for_selector("pre:has-text('dukao verify-poll')")
    stranger.looked_at("ratings-closed")
    sam.goes_to(f"/ratings/{round_code}/")
    sam.looked_at("ratings-closed")


def test_a_window_a_paper_card_and_a_network_that_breaks(tax, boxes, city, person):
    poll, round_code = tax.round.poll.code, tax.round.code
    tara = person("tara", phone=True)
    tara.goes_to("/polls/")
    tara.looked_at("polls-of-the-rated")
    tara.page.click(f"a[href='/windows/{tax.short}/']")
    tara.page.fill("#matter", "2026-SW-0001")
    tara.looked_at("window")
    tara.page.get_by_role("button", name="在这台平板上评").tap()
    tara.page.wait_for_selector("h2:has-text('请把平板交给群众')")
    tara.looked_at("window-ready")
    tara.page.get_by_role("link", name="我来评价").tap()
    tara.page.locator("[data-ask] label.level:has-text('基本满意')").tap()
    tara.page.get_by_role("button", name="交给计票箱").tap()
    tara.page.get_by_role("button", name="完成，从这台平板上清除").tap()
    tara.page.wait_for_url("**/windows/**")
    assert tara.page.evaluate("localStorage.length + sessionStorage.length") == 0
    tara.page.fill("#matter", "2026-sw-0001")
    tara.page.get_by_role("button", name="给一张二维码").tap()
    tara.page.wait_for_selector(".refusal:has-text('这件事已经请群众评过')")
    tara.goes_to(f"/windows/{tax.short}/poster/")
    tara.looked_at("window-poster")

    sam = person("sam")
    cards = actions.print_cards(paper=tax.short, count=2, by=city.actor["sam"], at=NOW)
    sam.goes_to(f"/polls/{poll}/{round_code}/entry/?paper={tax.short}")
    sam.page.fill("#code", cards[0].code)
    sam.page.locator(".entry-levels input").nth(3).check()
    sam.page.get_by_role("button", name="投进计票箱，下一张").click()
    sam.page.wait_for_selector("[data-said]:has-text('已投')")
    sam.looked_at("poll-entry")

    rater = person(phone=True)
    page = rater.page
    rater.goes_to(f"/rate/{tax.short}/#{cards[1].code.partition('-')[2]}")
    page.locator("[data-ask] label.level").first.tap()
    page.context.set_offline(True)
    page.get_by_role("button", name="交给计票箱").tap()
    page.wait_for_selector("h2:has-text('没有网络')")
    rater.looked_at("rate-offline")
    rater.faults.clear()  # the request that found no network
    page.context.set_offline(False)
    page.get_by_role("button", name="再试一次").tap()
    page.wait_for_selector("h2:has-text('已经投进计票箱')")
    actions.gather_ratings(at=NOW)
    tax.refresh_from_db()
    assert (tax.counted, tax.issued) == (7, 7)


def test_without_a_script_it_is_told_what_to_do(tax, person):
    rater = person(phone=True, java_script_enabled=False)
    rater.goes_to(f"/rate/{tax.short}/")
    assert "请在纸卡上勾选" in rater.page.locator("noscript .card").inner_text()
    assert rater.page.locator("button:visible").count() == 0
