"""Changing the tree of units and the people in it, and coming in and going out."""

from dukao.org.actions.doors import (
    SignInRefused,
    TooManyAttempts,
    change_password,
    end_stale_sittings,
    sign_in,
    sign_out,
    touch_sitting,
)
from dukao.org.actions.people import (
    PostsDoNotMix,
    assign_post,
    create_login,
    define_department,
    define_post,
    disable_login,
    enable_login,
    end_holding,
    reset_password,
    set_preferences,
)
from dukao.org.actions.units import AnotherTree, ImportView, import_units

__all__ = [
    "AnotherTree", "ImportView", "PostsDoNotMix", "SignInRefused", "TooManyAttempts", "assign_post",
    "change_password", "create_login", "define_department", "define_post", "disable_login", "enable_login",
    "end_holding", "end_stale_sittings", "import_units", "reset_password", "set_preferences", "sign_in", "sign_out",
    "touch_sitting",
]
