"""The frame in a real browser: parts, sign-in, languages, large type, the administrator's and the auditor's desks."""

import pytest


@pytest.mark.parametrize("phone", [False, True])
def test_every_part_is_sound_at_every_width(person, phone):
    somebody = person(phone=phone)
    somebody.goes_to("/-/parts/")
    somebody.looked_at("parts")
    somebody.page.click("text=大字版")
    somebody.looked_at("parts-large")


@pytest.mark.parametrize("phone", [False, True])
def test_a_stranger_reads_and_signs_in_by_keyboard(person, phone):
    stranger = person(phone=phone)
    page = stranger.goes_to("/")
    stranger.looked_at("landing")
    page.click("main >> text=登录")
    stranger.looked_at("sign-in")
    page.fill("#name", "sam")
    page.fill("#password", "not-the-password")
    page.keyboard.press("Enter")
    page.wait_for_selector(".refusal")
    stranger.looked_at("sign-in-refused")
    assert page.input_value("#name") == "sam"


def test_languages(person):
    somebody = person()
    page = somebody.goes_to("/sign-in/")
    page.click("text=English")
    assert page.get_attribute("html", "lang") == "en"
    somebody.looked_at("sign-in-english")
    page.click("text=繁體中文")
    assert page.get_attribute("html", "lang") == "zh-Hant"


def test_adam_gives_somebody_a_log_in_and_a_post(person):
    adam = person("adam")
    page = adam.page
    page.click(".menu >> text=登录账号")
    page.fill("#name", "san-worker")
    page.fill("#display_name", "三村填报员")
    page.fill("#password", "a-good-long-password")
    page.click("main >> button:has-text('新建账号')")
    page.wait_for_selector("h1:has-text('三村填报员')")
    page.fill("#post", "alice-post")
    page.click("main >> button:has-text('安排岗位')")
    page.wait_for_selector(".lines >> text=一村")
    adam.looked_at("admin-login")
    page.click(".menu >> text=单位")
    page.click("#table-units >> text=东县")
    adam.looked_at("admin-units")
    new = person()
    new.signs_in("san-worker", "a-good-long-password")


def test_otto_reads_the_trail_and_checks_the_chain(person):
    otto = person("otto")
    page = otto.page
    page.wait_for_selector("h1:has-text('操作记录')")
    otto.looked_at("trail")
    page.click(".menu >> text=封存链")
    page.click("text=逐个核验")
    page.wait_for_selector(".notice:has-text('链条完整')")
    otto.looked_at("seals")
