from django.urls import path
from django.views.generic import RedirectView

from tellback.workspace.views import ended, entrance, me

app_name = "workspace"
urlpatterns = [
    path("", entrance.home, name="home"),
    path("start/<str:token>/", entrance.start, name="start"),
    path("join/<str:token>/", entrance.join, name="join"),
    path("ended/<slug:slug>/", ended.ended, name="ended"),
    path("new/", entrance.new, name="new"),
    path("me/", me.me, name="me"),
    path("me/colours/", me.colours, name="colours"),
    # allauth has a page of its own for addresses; ours is on one's own page.
    path("account/email/", RedirectView.as_view(pattern_name="workspace:me"), name="email"),
]
