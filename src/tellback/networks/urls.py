from django.urls import path

from tellback.networks.views import connections

app_name = "networks"
urlpatterns = [
    path("", connections.connections, name="connections"),
    path("new/", connections.new, name="new"),
    path("new/<slug:network>/", connections.make, name="make"),
    path("<int:pk>/", connections.connection, name="connection"),
    path("<int:pk>/settings/", connections.settings, name="settings"),
    path("<int:pk>/check/", connections.check, name="check"),
    path("<int:pk>/pause/", connections.pause, name="pause"),
    path("<int:pk>/removal/", connections.removal, name="removal"),
]
