from django.urls import path

from tellback.loop import views

app_name = "loop"
urlpatterns = [path("asked/<str:token>/", views.asked, name="asked")]
