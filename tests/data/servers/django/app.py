"""django-scim2 as it is installed, over SQLite: `python app.py PORT TOKEN DATABASE`."""

import sys

import django
from django.conf import settings

PORT, TOKEN, DATABASE = sys.argv[1:4]
settings.configure(
    SECRET_KEY="of a test",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="app",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_scim", "account"],
    AUTH_USER_MODEL="account.User",
    MIDDLEWARE=["app.Bearer", "django_scim.middleware.SCIMAuthCheckMiddleware"],
    SCIM_SERVICE_PROVIDER={
        "NETLOC": f"127.0.0.1:{PORT}",
        "SCHEME": "http",
        "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "bearer", "description": "bearer"}],
        "GROUP_MODEL": "account.models.Group",
    },
    MIGRATION_MODULES={"account": None},
)
sys.modules["app"] = sys.modules["__main__"]
django.setup()

from django.contrib.auth.models import AnonymousUser  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("scim/v2/", include("django_scim.urls"))]


class SignedIn:
    is_authenticated = True
    is_anonymous = False


class Bearer:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = request.META.get("HTTP_AUTHORIZATION") == f"Bearer {TOKEN}"
        request.user = SignedIn() if known else AnonymousUser()
        return self.get_response(request)


call_command("migrate", run_syncdb=True, verbosity=0)
call_command("runserver", f"127.0.0.1:{PORT}", use_reloader=False)
