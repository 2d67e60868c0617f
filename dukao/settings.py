"""Settings of the house. Everything a site changes is an environment variable read by `env`."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from dukao import env

ROOT = Path(__file__).resolve().parent.parent
# Everything the house writes outside its database lies below this folder.
VAR = env.folder("DUKAO_VAR", ROOT / "var")
# Set by commands that need no house (`cli.main`): they make neither folders nor a key.
IS_HOUSE = not env.flag("DUKAO_NO_HOUSE")
if IS_HOUSE:
    VAR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = env.text("DUKAO_SECRET_KEY", "") or (env.secret(VAR / "secret-key") if IS_HOUSE else "none is needed")
DEBUG = env.flag("DUKAO_DEBUG")
ALLOWED_HOSTS = env.text("DUKAO_HOSTS", "127.0.0.1,localhost").split(",")
DATABASES = {"default": env.database(env.text("DUKAO_DATABASE_URL", f"sqlite:///{VAR}/dukao.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django_htmx",
    "dukao.base",
    "dukao.org",
    "dukao.registers",
    "dukao.gate",
    "dukao.voice",
    "dukao.sheets",
    "dukao.tasks",
    "dukao.indicators",
    "dukao.scores",
    "dukao.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dukao.web.middleware.Head",
    "dukao.web.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dukao.web.middleware.Language",
    "dukao.web.traditional.Traditional",
    "django.middleware.common.CommonMiddleware",
    "dukao.web.middleware.Doorkeeper",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dukao.web.middleware.WrongWays",
]
ROOT_URLCONF = "dukao.urls"
WSGI_APPLICATION = "dukao.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "dukao/web/templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "dukao.web.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "dukao.web.templatetags.parts"],
        },
    }
]

# Log-ins: argon2 first; a sitting ends after half an hour without a click and after ten hours in any case.
AUTH_USER_MODEL = "org.Login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name"]},
    },
]
LOGIN_URL = "/sign-in/"
SESSION_IDLE_SECONDS = env.integer("DUKAO_SESSION_IDLE_SECONDS", 30 * 60)
SESSION_COOKIE_AGE = env.integer("DUKAO_SESSION_SECONDS", 10 * 3600)
SESSIONS_PER_LOGIN = env.integer("DUKAO_SESSIONS_PER_LOGIN", 3)
SIGN_IN_FAILURES_ALLOWED = env.integer("DUKAO_SIGN_IN_FAILURES_ALLOWED", 5)
# Many people share one address in an office, so an address may fail more often than a name.
SIGN_IN_FAILURES_PER_ADDRESS = env.integer("DUKAO_SIGN_IN_FAILURES_PER_ADDRESS", 30)
SIGN_IN_LOCK_SECONDS = env.integer("DUKAO_SIGN_IN_LOCK_SECONDS", 15 * 60)

# Behind TLS (the normal case outside a trial) set DUKAO_TLS=yes.
TLS = env.flag("DUKAO_TLS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
# Whether HSTS also binds sister names of this site is for their owners to say, so neither is set here.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# How many proxies of our own stand before the pages: so many entries of X-Forwarded-For are to be trusted.
PROXIES = env.integer("DUKAO_PROXIES", 0)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "dukao.web.doors.forged"
CSRF_TRUSTED_ORIGINS = [origin for origin in env.text("DUKAO_ORIGINS", "").split(",") if origin]

# Language: the source strings are Simplified Chinese.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("zh-hant", _("繁體中文")), ("en", "English")]
# What `dukao …` speaks unless told otherwise; pages have their own choice.
COMMAND_LANGUAGE = env.choice("DUKAO_LANGUAGE", dict(LANGUAGES), LANGUAGE_CODE)
LOCALE_PATHS = [ROOT / "dukao/locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# The asset build (dukao/web/assets/build.js) bundles, hashes and compresses; nothing is collected a second time.
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "dukao/web/static"
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+-[0-9A-Z]{8}\.\w+$"

# Limits: every upload, file and reading has one.
FILE_UPLOAD_TEMP_DIR = VAR / "uploads"
if IS_HOUSE:
    FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 300
DELIVERY_MAX_BYTES = env.integer("DUKAO_DELIVERY_MAX_BYTES", 4_000_000_000)
# Forms that people fill in, and piles of them.
WORKBOOKS_MAX_BYTES = env.integer("DUKAO_WORKBOOKS_MAX_BYTES", 200_000_000)
# The largest document, attachments and pictures in it too.
DOCUMENTS_MAX_BYTES = env.integer("DUKAO_DOCUMENTS_MAX_BYTES", 20_000_000)
# What takes longer to read shows how far it is.
WORKBOOKS_PATIENCE_SECONDS = env.integer("DUKAO_WORKBOOKS_PATIENCE_MS", 1_500) / 1000
RECORDS_MEMORY_BYTES = env.integer("DUKAO_RECORDS_MEMORY_BYTES", 1_200_000_000)

# Where pages find the live updates: another port in the demo, the same host behind a proxy in production.
LIVE_URL = env.text("DUKAO_LIVE_URL", "http://127.0.0.1:8001/live")
# Where browsers and the platform find who signs ballots, and the board that takes them: processes of their own.
ISSUER_URL = env.text("DUKAO_ISSUER_URL", "http://127.0.0.1:8002")
BOARD_URL = env.text("DUKAO_BOARD_URL", "http://127.0.0.1:8003")
# Where the house itself asks them, if elsewhere: behind a proxy, so that it need not let /admin/ through.
ISSUER_INSIDE_URL = env.text("DUKAO_ISSUER_INSIDE_URL", "")
BOARD_INSIDE_URL = env.text("DUKAO_BOARD_INSIDE_URL", "")
# A rating enters the public log after so many seconds, together with others.
BALLOT_MIX_SECONDS = env.integer("DUKAO_BALLOT_MIX_SECONDS", 60)
# Shown on every page as 模拟数据 where the site holds invented data.
SYNTHETIC = env.flag("DUKAO_SYNTHETIC")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "dukao": {"level": "INFO"}},
}
