"""Every address of the product, room by room."""

from django.urls import URLPattern, URLResolver, include, path

from tellback.web import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("w/<slug:space>/live/", views.stream_elsewhere, name="live"),
    path("", include("tellback.workspace.urls")),
    path("account/", include("allauth.urls")),
    path("kit/", include("tellback.kit.urls")),
    path("", include("tellback.loop.urls")),
    path("w/<slug:space>/", include("tellback.desk.urls")),
    path("w/<slug:space>/chart/", include("tellback.triage.urls")),
    path("w/<slug:space>/settings/", include("tellback.workspace.space_urls")),
    path("w/<slug:space>/connections/", include("tellback.networks.urls")),
]
