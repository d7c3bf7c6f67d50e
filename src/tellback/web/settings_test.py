"""Settings of the tests: a home of their own, quick password hashing, the database that TEST_DATABASE_URL names."""

import os
import tempfile

os.environ.setdefault("TELLBACK_KEY", "only-for-tests-" + "x" * 40)
os.environ["TELLBACK_HOME"] = os.environ.get("TELLBACK_TEST_HOME") or tempfile.mkdtemp(prefix="tellback-test-")
os.environ["TELLBACK_ALLOW_HOSTS"] = "127.0.0.1"  # mail servers of the tests stand there
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from tellback.web.settings import *  # noqa: F403
from tellback.web.settings import DATABASES, HOME

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and processes of one test see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
else:
    DATABASES["default"]["OPTIONS"].pop("pool", None)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
